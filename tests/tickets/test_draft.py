"""What one has begun to write is kept, comes back, and goes when it is sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from core import clock
from core.errors import InputError, RuleError
from tests.factories import logged_in
from tests.tickets.desk import COMPOSER, HTMX, Person, text_of
from tests.world import World
from tickets.domain import cancellation, resolution
from tickets.domain.draft import Writing, keep
from tickets.models import Draft, Macro, Message, Participant, Ticket
from tickets.queries.draft import draft_of, stamp_of


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.report()


@pytest.fixture
def agent(world: World, ticket: Ticket) -> Person:
    return Person(world.agent, ticket)


def save(person: Person, body: str, **more: Any) -> HttpResponse:
    sent = {"mode": "reply", "body": body} | more
    return person.client.post(person.path("draft/"), sent, headers=HTMX)


def stamp(person: Person) -> str:
    return stamp_of(draft_of(person.ticket, person.user))


def test_it_is_kept_and_comes_back(agent: Person) -> None:
    answer = save(agent, "  您好，已安排  ", mode="note")
    assert (answer.status_code, "草稿 10:00" in text_of(answer)) == (200, True)
    kept = Draft.objects.get()
    assert (kept.user, kept.ticket, kept.mode, kept.body) == (agent.user, agent.ticket, "note", "您好，已安排")
    page = agent.get()
    html = page.content.decode()
    assert ("您好，已安排</textarea>" in html, "草稿 10:00" in text_of(page)) == (True, True)
    assert 'data-mode="note"' in html
    assert f'data-stamp="{stamp(agent)}"' in html


def test_what_was_a_note_never_comes_back_as_a_reply(agent: Person) -> None:
    save(agent, "只给同事", mode="note")
    assert 'data-mode="note"' in agent.get("?mode=reply").content.decode()


def test_one_a_person_and_ticket(agent: Person, world: World) -> None:
    save(agent, "一")
    save(agent, "二", known=stamp(agent))
    assert [draft.body for draft in Draft.objects.all()] == ["二"]
    save(Person(world.other_agent, agent.ticket), "三")
    assert Draft.objects.count() == 2


@pytest.mark.parametrize("body", ["", "   "])
def test_nothing_written_is_no_draft(agent: Person, body: str) -> None:
    save(agent, "一")
    assert save(agent, body, known=stamp(agent)).status_code == 200
    assert Draft.objects.count() == 0
    assert save(agent, body).status_code == 200


def test_the_newer_draft_of_another_window_is_not_overwritten_in_silence(agent: Person, world: World) -> None:
    save(agent, "第一窗")
    seen = stamp(agent)
    with clock.frozen(world.later(minutes=1)):
        save(agent, "第二窗", known=seen)
        answer = save(agent, "第一窗接着写", known=seen)
        assert (answer.status_code, "第二窗</textarea>" in answer.content.decode()) == (409, True)
        assert Draft.objects.get().body == "第二窗"
        assert save(agent, "第一窗接着写", known=seen, force="1").status_code == 200
    assert Draft.objects.get().body == "第一窗接着写"


def test_the_same_text_in_two_windows_is_no_conflict(agent: Person) -> None:
    save(agent, "一样")
    before = stamp(agent)
    assert save(agent, "一样").status_code == 200
    assert stamp(agent) == before


@pytest.mark.parametrize(("body", "status"), [("长" * 20_000, 200), ("长" * 20_001, 422), ("a\x00b", 422)])
def test_the_length_is_bounded(agent: Person, body: str, status: int) -> None:
    assert save(agent, body).status_code == status
    assert Draft.objects.count() == (status == 200)


def test_a_mode_that_is_none(agent: Person, world: World) -> None:
    assert save(agent, "x", mode="shout").status_code == 422
    with pytest.raises(InputError):
        keep(ticket=agent.ticket, user=world.agent, writing=Writing("", "x"), now=world.now)


@pytest.mark.parametrize("mode", ["reply", "note", "hear"])
def test_what_is_sent_is_no_draft_any_more(agent: Person, world: World, mode: str) -> None:
    save(agent, "您好", mode=mode)
    save(Person(world.other_agent, agent.ticket), "别人的")
    agent.done("reply/", mode=mode, body="您好")
    assert [draft.user for draft in Draft.objects.all()] == [world.other_agent]
    assert Message.objects.count() == 1


def test_what_is_refused_stays_a_draft(agent: Person) -> None:
    save(agent, "您好")
    assert agent.post("reply/", COMPOSER, mode="reply", body="您好", next_state="closed").status_code == 422
    assert Draft.objects.get().body == "您好"


def test_without_script_the_button_keeps_it(agent: Person) -> None:
    answer = agent.client.post(agent.path("draft/"), {"mode": "reply", "body": "手工保存"})
    assert (answer.status_code, answer.headers["Location"]) == (302, agent.path(""))
    page = text_of(agent.get())
    assert ("草稿已保存" in page, "手工保存" in page) == (True, True)
    answer = agent.client.post(agent.path("draft/"), {"mode": "reply", "body": "长" * 20_001})
    assert (answer.status_code, Draft.objects.get().body) == (302, "手工保存")


def test_a4_only_ones_own_draft_is_shown(agent: Person, world: World) -> None:
    save(agent, "CANARY 只有我看")
    others = (world.other_agent, world.duty_manager, world.manager, world.admin)
    assert all("CANARY 只有我看" not in text_of(Person(user, agent.ticket).get()) for user in others)


def test_a1_who_does_not_see_the_ticket_keeps_nothing(agent: Person, world: World) -> None:
    assert save(Person(world.engineer, agent.ticket), "x").status_code == 404
    contact = logged_in(world.a.user).post(agent.path("draft/"), {"mode": "reply", "body": "x"})
    assert (contact.status_code, agent.get("draft/").status_code) == (403, 405)
    assert Draft.objects.count() == 0


def test_who_may_only_note_gets_a_reply_back_as_a_note(world: World, ticket: Ticket) -> None:
    Participant.objects.create(ticket=ticket, user=world.engineer, why="follower", since=world.now)
    engineer = Person(world.engineer, ticket)
    save(engineer, "原来是回复")
    assert 'data-mode="note"' in engineer.get().content.decode()


def test_drafts_go_with_the_end_of_the_ticket(world: World, ticket: Ticket) -> None:
    other = world.report()
    for one in (ticket, other):
        save(Person(world.agent, one), "没写完")
    resolution.resolve(ticket=ticket, solution="重启", cause="software", actor=world.agent, now=world.now)
    assert Draft.objects.count() == 2
    resolution.close(ticket=ticket, actor=world.agent, now=world.now)
    assert [draft.ticket for draft in Draft.objects.all()] == [other]
    cancellation.cancel(ticket=other, reason="withdrawn", note="", actor=world.agent, now=world.now)
    assert Draft.objects.count() == 0


def test_a_macro_that_one_does_not_know_of_is_not_kept_with_it(agent: Person, world: World) -> None:
    theirs = Macro.objects.create(name="别人的", body="x", owner=world.other_agent, updated_at=world.now)
    for given in (theirs.pk, "x", "9" * 40):
        save(agent, f"正文 {given}", macro=given, force="1")
        assert Draft.objects.get().macro is None


def test_the_rule_names_itself(world: World, ticket: Ticket) -> None:
    keep(ticket=ticket, user=world.agent, writing=Writing("reply", "一"), now=world.now)
    with pytest.raises(RuleError) as refused:
        keep(ticket=ticket, user=world.agent, writing=Writing("reply", "二"), now=world.now + timedelta(seconds=1))
    assert refused.value.code == "newer_draft"
