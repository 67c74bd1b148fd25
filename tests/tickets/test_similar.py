"""Similar tickets beside the page, and colleagues whom a note mentions."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from core.models import Notification
from tests.factories import logged_in, make_user
from tests.tickets.desk import HTMX, Person, text_of
from tests.world import World
from tickets.domain import assignment, cancellation, link, message, resolution
from tickets.domain.mention import mentioned
from tickets.models import Participant, Ticket
from tickets.queries.similar import likeness, similar_to


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.report()


def names(user: Any, ticket: Ticket) -> list[str]:
    return [one.ticket.subject for one in similar_to(ticket, user)]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("打印头走纸异常，票据模糊", "打印头走纸异常，票据模糊", 1.0),
        ("打印头走纸异常", "打印头 走纸-异常！", 1.0),
        ("打印头走纸异常", "网络不通", 0.0),
        ("", "网络", 0.0),
        ("网", "网", 0.0),
        ("ABC", "abc", 1.0),
        ("打印模糊", "打印机", 0.4),
    ],
)
def test_how_alike_two_subjects_are(one: str, other: str, alike: float) -> None:
    assert likeness(one, other) == pytest.approx(alike)


def test_same_device_first_then_alike_of_the_product_or_the_customer(world: World, ticket: Ticket) -> None:
    world.report(subject="触摸屏定位不准")
    world.report(world.b, subject="打印头走纸异常")
    world.report(subject="打印头走纸不畅", asset=None)
    world.report(world.b, subject="服务器告警")
    world.report(world.b, subject="打印头走纸异常", asset=None)
    gone = world.report(subject="打印头误报")
    cancellation.cancel(ticket=gone, reason="mistake", note="", actor=world.agent, now=world.now)
    assert names(world.agent, ticket) == ["触摸屏定位不准", "打印头走纸不畅", "打印头走纸异常"]


def test_at_most_five_the_latest(world: World, ticket: Ticket) -> None:
    for number in range(7):
        world.report(subject=f"故障{number}")
    assert names(world.agent, ticket) == [f"故障{number}" for number in (6, 5, 4, 3, 2)]


def test_the_solution_is_one_click_away(world: World, ticket: Ticket) -> None:
    other = world.report()
    resolution.resolve(ticket=other, solution="更换打印头", cause="hardware", actor=world.agent, now=world.now)
    card = Person(world.agent, ticket).get("similar/", headers=HTMX)
    html = card.content.decode()
    assert ("<html" in html, html.count("<details"), "更换打印头" in html) == (False, 1, True)
    assert f'href="/tickets/{other.number}/"' in html
    page = Person(world.agent, ticket).get("similar/").content.decode()
    assert ("<html" in page, "更换打印头" in page) == (True, True)


def test_nothing_similar_says_so(world: World, ticket: Ticket) -> None:
    assert "暂无相似工单。" in text_of(Person(world.agent, ticket).get("similar/", headers=HTMX))


def test_a1_only_visible_ones(world: World, ticket: Ticket) -> None:
    assert Person(world.engineer, ticket).get("similar/").status_code == 404
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    world.report(subject="CANARY 打印头走纸异常")
    mine = world.report(subject="打印头走纸异常", assignee=world.engineer)
    text = text_of(Person(world.engineer, ticket).get("similar/", headers=HTMX))
    assert ("CANARY" in text, mine.number in text) == (False, True)


def test_linked_ones_stand_beside_them(world: World, ticket: Ticket) -> None:
    other = world.report(subject="网络不通", asset=None)
    link.link(ticket=ticket, other=other, kind="related", actor=world.agent, now=world.now)
    for here, there in ((ticket, other), (other, ticket)):
        text = text_of(Person(world.agent, here).get("similar/", headers=HTMX))
        assert there.number in text[text.index("关联工单") :]


def test_a_new_link_has_the_card_asked_for_again(world: World, ticket: Ticket) -> None:
    agent, other = Person(world.agent, ticket), world.report()
    mark = agent.get().context["page"].story.mark
    sent = {"other": other.number, "kind": "related", "after": str(mark)}
    answer = agent.post("link/", HTMX | {"HX-Target": "wb-dialog-body"}, **sent)
    assert "wb:linked" in answer.headers["HX-Trigger"]


def test_the_card_needs_few_statements_however_many_there_are(world: World, ticket: Ticket) -> None:
    agent, counts = Person(world.agent, ticket), []
    agent.get("similar/", headers=HTMX)
    for _ in range(2):
        for _ in range(5):
            world.report()
        with CaptureQueriesContext(connection) as told:
            agent.get("similar/", headers=HTMX)
        counts.append(len(told))
    assert counts[0] == counts[1]
    assert counts[1] - 3 <= 4  # beside session, user and roles


# --- Mentions ---------------------------------------------------------------------------------------------------------


def note(world: World, ticket: Ticket, body: str) -> list[str]:
    message.note(ticket=ticket, body=body, actor=world.agent, now=world.now)
    return [line.user.name for line in Notification.objects.filter(kind="mentioned").order_by("user__name")]


def test_a_colleague_is_told(world: World, ticket: Ticket) -> None:
    assert note(world, ticket, "@李主任 请看，@赵敏也看") == ["李主任", "赵敏"]
    line = Notification.objects.get(user=world.duty_manager)
    assert (line.text, line.url) == (
        f"王芳 在 {ticket.number} 中提到了您：打印头走纸异常，票据模糊",
        f"/tickets/{ticket.number}/",
    )
    assert not Participant.objects.filter(user=world.duty_manager).exists()


def test_an_engineer_who_is_mentioned_follows_and_so_sees_it(world: World, ticket: Ticket) -> None:
    engineer = Person(world.engineer, ticket)
    assert engineer.get().status_code == 404
    assert note(world, ticket, "@王工，请带上打印头") == ["王工"]
    assert Participant.objects.get(user=world.engineer).why == "follower"
    assert engineer.get().status_code == 200


@pytest.mark.parametrize("role", [Role.TRAINER, Role.FINANCE, Role.PARTNER])
def test_who_does_not_see_it_is_not_told(world: World, ticket: Ticket, role: Role) -> None:
    stranger = make_user(role, name="外人")
    assert note(world, ticket, "@外人 请看") == []
    assert not Participant.objects.filter(user=stranger).exists()


def test_nobody_is_told_of_what_is_none(world: World, ticket: Ticket) -> None:
    world.other_agent.is_active = False
    world.other_agent.save()
    assert note(world, ticket, "@赵敏 @王芳 @没有这人 a@b @ @@ 赵敏") == []


def test_a_reply_mentions_nobody(world: World, ticket: Ticket) -> None:
    message.reply(ticket=ticket, body="@李主任 您好", actor=world.agent, now=world.now)
    assert not Notification.objects.filter(kind="mentioned").exists()


def test_the_longest_name_counts(world: World) -> None:
    longer = make_user(Role.AGENT, name="王工程")
    assert mentioned("@王工程师") == [longer]
    assert mentioned("＠王工 在") == [world.engineer]


def test_whom_one_may_mention(world: World, ticket: Ticket) -> None:
    agent = Person(world.agent, ticket)
    html = agent.get("colleagues/?q=王", headers=HTMX).content.decode()
    assert ('data-label="王工"' in html, 'data-label="王芳"' in html) == (True, False)
    assert "陈敏" not in agent.get("colleagues/?q=陈敏").content.decode()
    for junk in ("%00", "%25", "x" * 5000):
        assert agent.get(f"colleagues/?q={junk}").status_code == 200
    assert Person(world.engineer, ticket).get("colleagues/").status_code == 404
    assert logged_in(world.a.user).get(agent.path("colleagues/")).status_code == 403
