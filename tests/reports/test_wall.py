"""S35: wallboards: their addresses, what they show and what never."""

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from core import clock
from core.models import Audit
from reports.domain import wall as walls
from reports.models import WallBoard
from reports.views.wall import _short
from tests.factories import logged_in, make_user
from tests.reports.kinds import Story, make_kinds
from tests.world import World


def made(world: World, **given: Any) -> tuple[WallBoard, str]:
    facts = {"name": "值班室", "filters": {}, "actor": world.manager, "now": world.now}
    return walls.create(**facts | given)


def test_c1_the_address_is_shown_once_and_kept_as_a_hash(world: World) -> None:
    manager = logged_in(world.manager)
    answer = manager.post("/reports/deadlines/walls/", {"name": "值班室", "severity": "1"})
    address = re.search(r'id="wall-address"[^>]*href="http://testserver(/wall/[^"]+/)"', answer.content.decode())
    assert address is not None
    token = address[1].split("/")[2]
    board = WallBoard.objects.get()
    assert len(token) == 43
    assert board.token_hash == sha256(token.encode()).hexdigest()
    assert (board.name, board.filters, board.created_by) == ("值班室", {"severity": 1}, world.manager)
    assert token not in str(WallBoard.objects.values()) + str(Audit.objects.values("changes", "subject"))
    assert token not in manager.get("/reports/deadlines/walls/").content.decode()
    assert Client().get(address[1]).status_code == 200


@pytest.mark.parametrize("role", [Role.AGENT, Role.DUTY_MANAGER, Role.ENGINEER, Role.QUALITY, Role.CONTACT_ADMIN])
def test_a2_only_managers_and_administrators_make_and_revoke(world: World, role: Role) -> None:
    board, token = made(world)
    client = logged_in(make_user(role))
    assert client.get("/reports/deadlines/walls/").status_code == 403
    assert client.post("/reports/deadlines/walls/", {"name": "x"}).status_code == 403
    assert client.post(f"/reports/deadlines/walls/{board.pk}/revoke/").status_code == 403
    assert WallBoard.objects.filter(revoked_at=None).count() == 1
    assert Client().get(f"/wall/{token}/").status_code == 200


def test_a_revoked_an_ended_a_wrong_and_a_malformed_address_are_the_same_404(world: World) -> None:
    """E6, C1: nothing tells an address that was from one that never was."""
    board, revoked = made(world)
    logged_in(world.admin).post(f"/reports/deadlines/walls/{board.pk}/revoke/")
    _ended, ended = made(world, now=world.now - timedelta(days=366))
    fired = make_user(Role.MANAGER)
    _orphan, orphan = made(world, actor=fired)
    fired.is_active = False
    fired.save(update_fields=["is_active"])
    _good, good = made(world)
    wrong = [
        revoked,
        ended,
        orphan,
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "x",
        "%00",
        "WB-2611-00001",
        "啊" * 50,
    ]
    answers = [Client().get(f"/wall/{token}/") for token in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert (
        len({re.sub(r'name="csrf-token" content="[^"]*"|data-now="[^"]*"', "", a.content.decode()) for a in answers})
        == 1
    )
    assert Client().get(f"/wall/{good}/").status_code == 200


def test_revoking_twice_is_one_entry(world: World) -> None:
    board, _token = made(world)
    for _again in range(2):
        walls.revoke(board=board, actor=world.manager, now=world.now)
    assert Audit.objects.filter(action="reports.revoke_wall").count() == 1


def test_a12_the_board_shows_numbers_and_surnames_only(world: World) -> None:
    """No phone, no subject, no given name, no full name of a customer."""
    make_kinds(world)
    held = Story(world, world.now - timedelta(minutes=1), subject="CANARY-SUBJECT", caller_phone="13800138000")
    from tickets.domain import assignment

    engineer = make_user(Role.ENGINEER, name="欧阳小明")
    held.after(0.5, assignment.assign, assignee=engineer)
    _board, token = made(world)
    with clock.frozen(world.now + timedelta(minutes=2)):
        page = Client().get(f"/wall/{token}/").content.decode()
    for hidden in ("CANARY", "13800138000", "138 0013 8000", "小明", "55550101", "example.com", "赵敏", "王芳"):
        assert hidden not in page
    assert "欧阳工" in page
    assert held.ticket.number in page
    assert page.count('class="digits"') == 4


def test_names_on_the_wall() -> None:
    assert [_short(name) for name in ("王小明", "王工", "欧阳锋", "Bob Smith")] == ["王工", "王工", "欧阳工", "B工"]


def test_the_board_narrows_by_its_severity(world: World) -> None:
    Story(world, world.now - timedelta(days=1), severity=1)
    Story(world, world.now - timedelta(days=1), severity=3)
    _board, token = made(world, filters={"severity": 1})
    digits = re.findall(r'class="digits">([^<]+)<', Client().get(f"/wall/{token}/").content.decode())
    assert digits[2] == "1"


def test_the_board_is_small_and_its_statements_do_not_grow(world: World, django_assert_max_num_queries: Any) -> None:
    _board, token = made(world)
    for n in range(40):
        Story(world, world.now - timedelta(seconds=n * 3), assignee=world.engineer)
    with clock.frozen(world.now + timedelta(minutes=2)), django_assert_max_num_queries(10):
        page = Client().get(f"/wall/{token}/")
    body = page.content.decode()
    assert body.count("<tr>") < 40
    assert len(page.content) < 25_000
    assert "<script src=" in body
    assert body.count("<script") == 1
    assert page["Cache-Control"] == "private, no-store"


def test_nothing_at_risk_is_said_calmly(world: World) -> None:
    _board, token = made(world)
    assert "目前没有时限风险。" in Client().get(f"/wall/{token}/").content.decode()


def test_a_board_needs_a_name(world: World) -> None:
    answer = logged_in(world.manager).post("/reports/deadlines/walls/", {"name": " ", "severity": "7"})
    assert answer.status_code == 422
    assert not WallBoard.objects.exists()
