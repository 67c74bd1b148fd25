"""What the customer said aloud, written down by us: a word of theirs, not an answer of ours."""

from typing import Any

import pytest

from core.models import Notification, Outbox
from tests import invariants
from tests.api.caller import Caller, error
from tests.tickets.desk import COMPOSER, Person, text_of
from tests.world import World
from tickets.domain import assignment, message, waiting
from tickets.domain.undo import undo
from tickets.models import Clock, Event, Message, Participant, Ticket


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.report()


@pytest.fixture
def agent(world: World, ticket: Ticket) -> Person:
    return Person(world.agent, ticket)


def paused(world: World, ticket: Ticket) -> None:
    waiting.pause(ticket=ticket, reason="waiting_customer", note="", actor=world.duty_manager, now=world.now)


def test_it_is_the_customers_word_and_answers_nobody(world: World, agent: Person) -> None:
    ticket = agent.done("reply/", mode="hear", body="周三上午可以停机", to_contact=world.a.contact.pk)
    said = Message.objects.get()
    assert (said.internal, said.from_contact, said.author, said.to_contact) == (
        False,
        world.a.contact,
        world.agent,
        None,
    )
    assert (ticket.customer_waits, ticket.state) == (True, "new")
    assert set(Event.objects.values_list("kind", flat=True)) == {"reported", "message"}
    assert not Outbox.objects.filter(kind="ticket.reply").exists()
    page = agent.get()
    assert "客户来话已记录" in text_of(page)
    entry = next(one for one in page.context["page"].entries if one.body == "周三上午可以停机")
    assert (entry.author, entry.outgoing, entry.meta) == ("A 陈敏", False, "王芳 记录")


def test_a_call_while_paused_resumes_and_says_so(world: World, agent: Person) -> None:
    paused(world, agent.ticket)
    ticket = agent.done("hear/", body="可以停机了", to_contact=world.a.contact.pk)
    assert (ticket.state, ticket.customer_waits) == ("in_progress", True)
    assert set(Clock.objects.filter(ticket=ticket).values_list("state", flat=True)) == {"running"}
    assert text_of(agent.get()).count("客户已回，计时已恢复") == 2


def test_by_script_the_toast_says_it(world: World, agent: Person) -> None:
    paused(world, agent.ticket)
    answer = agent.post("reply/", COMPOSER, mode="hear", body="可以停机了")
    html = answer.content.decode()
    assert (answer.status_code, html.count("客户已回，计时已恢复")) == (200, 2)
    assert f'<form class="wb-undo" method="post" action="/tickets/{agent.ticket.number}/undo/' in html


def test_taken_back_the_pause_stands_again(world: World, agent: Person) -> None:
    paused(world, agent.ticket)
    agent.done("hear/", body="可以停机了")
    undo(ticket=agent.ticket, event=Event.objects.get(kind="message"), actor=world.agent, now=world.now)
    assert (agent.ticket.state, agent.ticket.customer_waits) == ("waiting_customer", False)


def test_answered_in_the_same_talk_it_counts_as_an_answer(world: World, agent: Person) -> None:
    ticket = agent.done("hear/", body="问了用法，已说明", answered="on")
    assert Event.objects.filter(kind="responded", at=world.now).count() == 1
    assert (ticket.state, ticket.customer_waits) == ("in_progress", False)


@pytest.mark.parametrize(
    ("said_by", "caller", "author"), [("门卫老李", "", "门卫老李"), ("", "前台", "前台"), ("", "", "A")]
)
def test_somebody_who_is_no_contact(world: World, said_by: str, caller: str, author: str) -> None:
    ticket = world.report(contact=None, caller_name=caller)
    agent = Person(world.agent, ticket)
    agent.done("hear/", body="又坏了", said_by=said_by)
    entry = next(one for one in agent.get().context["page"].entries if one.body == "又坏了")
    assert (entry.author, entry.outgoing) == (author, False)


def test_a_contact_of_another_customer_is_refused(world: World, agent: Person) -> None:
    assert agent.refused("hear/", body="x", to_contact=world.b.contact.pk)[0] == 422
    with pytest.raises(Exception, match="does_not_exist"):
        message.hear(ticket=agent.ticket, body="x", contact=world.b.contact, actor=world.agent, now=world.now)


def test_the_assignee_is_told_unless_they_wrote_it_down(world: World, agent: Person) -> None:
    assignment.claim(ticket=agent.ticket, actor=world.agent, now=world.now)
    agent.done("hear/", body="一")
    assert Notification.objects.filter(kind="heard").count() == 0
    Person(world.other_agent, agent.ticket).done("hear/", body="二")
    assert [line.user for line in Notification.objects.filter(kind="heard")] == [world.agent]


def test_only_who_may_answer(world: World, ticket: Ticket) -> None:
    engineer = Person(world.engineer, ticket)
    assert engineer.post("hear/", body="x").status_code == 404
    Participant.objects.create(ticket=ticket, user=world.engineer, why="follower", since=world.now)
    assert engineer.refused("hear/", body="x")[0] == 403
    assert 'value="hear"' not in engineer.get().content.decode()
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    engineer.done("hear/", body="x")


def test_sent_twice_is_recorded_once_and_a_stale_form_keeps_its_text(world: World, agent: Person) -> None:
    sent = {"body": "一次", "idempotency_key": "k-1", "version": agent.ticket.version}
    for _ in range(2):
        assert agent.post("hear/", **sent).status_code == 302
    assert Message.objects.count() == 1
    answer = agent.post("hear/", mode="hear", body="第二次", version=1)
    assert (answer.status_code, "第二次</textarea>" in answer.content.decode()) == (409, True)
    assert 'data-mode="hear"' in answer.content.decode()


def test_by_the_interface(world: World, ticket: Ticket) -> None:
    caller = Caller(world.agent)
    paused(world, ticket)
    answer = caller.post(f"/tickets/{ticket.number}/hear/", {"body": "周三可以", "said_by": "李工"})
    assert (answer.status_code, answer.json()["state"]) == (200, "in_progress")
    assert Event.objects.get(kind="message").data == {
        "internal": False,
        "said_by": "李工",
        "set": {"customer_waits": True},
    }
    wrong = caller.post(f"/tickets/{ticket.number}/hear/", {"body": "x", "contact": world.b.contact.pk})
    assert error(wrong)[0] == 400


def test_i3_no_mail_is_missed(world: World, agent: Person) -> None:
    agent.done("hear/", body="没有联系人的话", said_by="门卫")
    agent.done("hear/", body="联系人的话", to_contact=world.a.contact.pk)
    rows: Any = invariants.i3_cause_and_intent(world.now, world.later(seconds=1) - world.now)
    assert [row for row in rows if row[0] == "reply"] == []
