"""S31: the dashboard's page, its panels, its drill-down, its file."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse

from accounts.enums import Role
from core import clock
from customers.models import Customer
from reports.views import panels
from tests.factories import logged_in, make_user
from tests.reports.kinds import Story, make_kinds
from tests.reports.test_figures import length
from tests.world import World

BOARD = "/reports/deadlines/"
READERS = {Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR, Role.DUTY_MANAGER, Role.QUALITY, Role.ADMIN}
LISTS = re.compile(r'<a href="(/tickets/\?[^"]+)"[^>]*>([^<]*?)\s*([\d,]+)</a>')
# Session, user, roles: what every page asks first.
FIRST = 3


def panel(client: Any, name: str, **query: Any) -> str:
    answer = client.get(reverse("reports:dashboard-panel", args=[name]), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("role", list(Role))
def test_a2_who_sees_the_figures(world: World, role: Role) -> None:
    client = logged_in(make_user(role))
    paths = (BOARD, f"{BOARD}trend/", f"{BOARD}export/")
    assert {client.get(path).status_code for path in paths} == ({200} if role in READERS else {403})


def test_the_numbers_of_the_page_are_as_long_as_their_lists(world: World) -> None:
    """Every link with a number in it opens a list of that many rows."""
    make_kinds(world)
    manager = logged_in(world.manager)
    parts = [panel(manager, name, by=by) for name in panels.PANELS for by in ("severity", "engineer")]
    found = {(unescape(url), words.strip(), number) for part in parts for url, words, number in LISTS.findall(part)}
    assert len(found) > 30
    for url, words, number in found:
        if "unassigned" not in url:
            assert length(manager, url) == int(number.replace(",", "")), (url, words)


def test_without_script_every_panel_is_in_the_page(world: World) -> None:
    make_kinds(world)
    manager = logged_in(world.manager)
    lazy, full = (manager.get(BOARD, query).content.decode() for query in ({}, {"full": "1"}))
    assert '<noscript><p class="wb-notice"><a href="?&amp;full=1">' in lazy
    assert lazy.count('aria-busy="true"') == len(panels.LAZY)
    assert 'aria-busy="true"' not in full
    assert full.count('<svg class="chart"') == 4
    for name in panels.PANELS:
        assert f'hx-get="{BOARD}{name}/' in full


def test_a_failed_panel_fails_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("reports.queries.figures.backlog", broken)
    manager = logged_in(world.manager, raise_request_exception=False)
    assert manager.get(f"{BOARD}backlog/").status_code == 500
    assert manager.get(BOARD).status_code == 200
    assert manager.get(f"{BOARD}risk/").status_code == 200
    page = manager.get(BOARD).content.decode()
    assert re.search(r'id="panel-backlog"[^>]*data-region data-poll="120"', page)


def test_empty_figures_say_so_and_offer_something(world: World) -> None:
    manager = logged_in(world.manager)
    for name in ("trend", "backlog", "risk", "matrix", "reasons", "satisfaction"):
        part = panel(manager, name)
        assert part.count('class="wb-empty"') == 1
        assert part.count("btn btn-outline-secondary") == 1


def test_a_small_sample_shows_no_percentage_but_its_number(world: World) -> None:
    for n in range(4):
        Story(world, world.now - timedelta(hours=n + 1), answered=True)
    manager = logged_in(world.manager)
    assert "样本不足" in panel(manager, "key")
    assert "100.0%" not in panel(manager, "matrix")
    assert "n=4" in panel(manager, "matrix")
    Story(world, world.now - timedelta(hours=5), answered=True)
    assert "100.0%" in panel(manager, "key")


def test_the_definition_stands_beside_each_figure(world: World) -> None:
    Story(world, world.now, answered=True)
    page = logged_in(world.manager).get(BOARD).content.decode()
    described = set(re.findall(r'aria-describedby="(says-[a-z_]+)"', page))
    assert described == set(re.findall(r'role="tooltip" id="(says-[a-z_]+)"', page))
    assert len(described) >= 9
    assert "达成率 = 已达成 ÷（已达成 + 未达成）" in page


def test_the_risk_list_is_the_queue_s(world: World) -> None:
    story = Story(world, world.now)
    Story(world, world.now - timedelta(days=1), answered=True)
    with clock.frozen(world.now + timedelta(minutes=3)):
        manager = logged_in(world.manager)
        part = panel(manager, "risk")
        assert re.findall(r'<tr id="row-(\d+)"', part) == [str(story.ticket.pk)]
        assert f'hx-get="/tickets/{story.ticket.number}/assign/?from=queue"' in part
        assert length(manager, "/tickets/?view=critical") == 1
    with clock.frozen(world.now + timedelta(minutes=6)):
        assert "row-" not in panel(logged_in(world.manager), "risk")


def test_assigning_changes_the_figures(world: World) -> None:
    story = Story(world, world.now)
    with clock.frozen(world.now + timedelta(minutes=3)):
        manager = logged_in(world.manager)
        assert "今日预计超时 1（未分派共 1）" in panel(manager, "key")
        given = {"assignee": world.engineer.pk, "version": story.ticket.version, "from": "queue"}
        answer = manager.post(
            f"/tickets/{story.ticket.number}/assign/",
            given,
            headers={"HX-Request": "true", "HX-Target": "wb-dialog-body"},
        )
        assert answer.status_code == 200
        assert f'id="row-{story.ticket.pk}"' in answer.content.decode()
        assert "今日预计超时 0（未分派共 0）" in panel(manager, "key")
        assert "王工" in panel(manager, "risk")


def test_the_filters_stand_in_every_address_of_the_page(world: World) -> None:
    Story(world, world.now - timedelta(days=1), answered=True)
    asked = f"period=4w&customer={world.a.customer.pk}&severity=2&kind=fault"
    page = logged_in(world.manager).get(f"{BOARD}?{asked}").content.decode()
    assert "CANARY-A 集团" in page
    shown = {unescape(url) for url in re.findall(r'hx-get="(/reports/deadlines/[^"]+)"', page)}
    assert len(shown) == len(panels.PANELS)
    assert all(asked in url for url in shown)
    lists = {unescape(url) for url in re.findall(r'href="(/tickets/\?[^"]+)"', page)}
    assert all(f"customer={world.a.customer.pk}&severity=2&kind=fault" in url for url in lists)


@pytest.mark.parametrize(
    "asked",
    [
        "period=own&first=2026-13-01",
        "period=own&first=0001-01-01&last=9999-12-31",
        "severity=99",
        "assignee=' or 1=1--",
        f"customer={2**63}",
        "customer=%00",
        "by=password",
        "kind=training",
        "full=%F0%9F%98%80",
    ],
)
def test_a14_nonsense_in_the_address_never_fails(world: World, asked: str) -> None:
    manager = logged_in(world.manager)
    for path in (BOARD, f"{BOARD}matrix/", f"{BOARD}export/"):
        assert manager.get(f"{path}?{asked}").status_code == 200
    assert manager.get(f"{BOARD}nothing/").status_code == 404


def test_the_comparison_as_a_file(world: World) -> None:
    make_kinds(world)
    manager = logged_in(world.manager)
    answer = manager.get(f"{BOARD}export/?by=customer")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    assert answer["Content-Disposition"] == 'attachment; filename="deadlines-customer-20260929-20261123.csv"'
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:2] == ["客户", "工单"]
    assert {row[0] for row in rows[1:]} == {"A", "B", "C"}
    assert sum(int(row[1]) for row in rows[1:]) == length(
        manager, "/tickets/?view=every&reported_from=2026-09-29&reported_to=2026-11-23"
    )


def test_a13_a_hostile_name_is_no_formula_and_no_markup(world: World) -> None:
    Customer.objects.filter(pk=world.a.customer.pk).update(short_name="=1+1<b>")
    Story(world, world.now - timedelta(days=1), answered=True)
    manager = logged_in(world.manager)
    assert "=1+1&lt;b&gt;" in panel(manager, "matrix", by="customer")
    text = b"".join(manager.get(f"{BOARD}export/?by=customer").streaming_content).decode()
    assert "'=1+1<b>" in text


@pytest.mark.parametrize("name", panels.PANELS)
def test_four_statements_a_panel_at_any_size(world: World, name: str, django_assert_max_num_queries: Any) -> None:
    make_kinds(world)
    manager = logged_in(world.manager)
    panel(manager, name)
    with clock.frozen(world.now + timedelta(minutes=2)), django_assert_max_num_queries(FIRST + 4):
        panel(manager, name)
    for n in range(30):
        Story(world, world.now - timedelta(seconds=n), severity=n % 4 + 1)
    with clock.frozen(world.now + timedelta(minutes=2)), django_assert_max_num_queries(FIRST + 4):
        panel(manager, name)


def test_the_page_keeps_its_budgets(world: World, django_assert_max_num_queries: Any) -> None:
    make_kinds(world)
    manager = logged_in(world.manager)
    manager.get(BOARD)
    with django_assert_max_num_queries(12):
        page = manager.get(BOARD)
    assert len(page.content) < 60_000
    full = manager.get(f"{BOARD}?full=1").content.decode()
    assert full.count("<") / 2 < 1500
