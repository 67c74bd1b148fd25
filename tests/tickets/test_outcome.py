"""What has become of promises: the one definition behind figures and lists."""

from typing import Any

import pytest
from django.db.models import Count

from core import clock
from tests.factories import logged_in
from tests.world import World
from tickets.domain import cancellation, message, resolution, waiting
from tickets.enums import Outcome
from tickets.filters import TicketFilter
from tickets.models import Clock, Ticket
from tickets.queries.outcome import clocks_of_tickets, every_ticket_for, with_outcome


def numbers(tickets: Any) -> list[str]:
    return sorted(tickets.values_list("subject", flat=True))


def late_reply(world: World, subject: str) -> Ticket:
    """Answered ten minutes after the five that HW12 promises, and resolved with the reason."""
    ticket = world.report(subject=subject)
    at = world.later(minutes=15)
    with clock.frozen(at):
        message.reply(ticket=ticket, body="您好", actor=world.agent, now=at)
        resolution.resolve(
            ticket=ticket,
            solution="换线",
            cause="hardware",
            actor=world.agent,
            now=world.later(minutes=16),
            breach_reasons={"first_contact": "workload"},
        )
    return ticket


def test_met_late_and_open_are_told_by_the_clock_of_the_target(world: World) -> None:
    world.report(subject="met", answered=True)
    late_reply(world, "late")
    world.report(subject="open")
    every = every_ticket_for(world.agent)
    found = {str(one): numbers(with_outcome(every, target="first_contact", outcome=one)) for one in Outcome}
    assert found == {"met": ["met"], "late": ["late"], "open": ["open"]}
    assert numbers(with_outcome(every, target="first_contact")) == ["late", "met", "open"]
    assert numbers(with_outcome(every)) == ["late", "met", "open"]
    assert numbers(with_outcome(every, target="no_such_target")) == []


def test_a_figure_is_as_long_as_its_list(world: World) -> None:
    for n in range(3):
        world.report(subject=f"met {n}", answered=True)
    late_reply(world, "late")
    every = every_ticket_for(world.agent)
    counted = clocks_of_tickets(every).values("target", "outcome").annotate(n=Count("ticket", distinct=True))
    figures = {(row["target"], row["outcome"]): row["n"] for row in counted}
    assert figures["first_contact", "met"] == 3
    assert figures["first_contact", "late"] == 1
    assert all(
        n == with_outcome(every, target=target, outcome=outcome).count() for (target, outcome), n in figures.items()
    )


def test_only_the_present_round_counts(world: World) -> None:
    ticket = late_reply(world, "again")
    with clock.frozen(world.later(minutes=20)):
        resolution.reopen(ticket=ticket, reason="仍有异响", actor=world.agent, now=world.later(minutes=20))
    assert Clock.objects.filter(ticket=ticket, target="resolution", round=1, state="met").exists()
    every = every_ticket_for(world.agent)
    assert numbers(with_outcome(every, target="resolution", outcome="met")) == []
    assert numbers(with_outcome(every, target="resolution", outcome="open")) == ["again"]


def test_withdrawn_promises_have_no_outcome_and_held_ones_are_open(world: World) -> None:
    gone, held = world.report(subject="gone", answered=True), world.report(subject="held", answered=True)
    cancellation.cancel(ticket=gone, reason="mistake", note="", actor=world.agent, now=world.later(minutes=1))
    waiting.set_state(ticket=held, state="waiting_customer", actor=world.agent, now=world.later(minutes=1))
    every = every_ticket_for(world.agent)
    assert numbers(with_outcome(every, target="resolution", outcome="open")) == ["held"]
    assert numbers(with_outcome(every, target="first_contact", outcome="met")) == ["gone", "held"]


def test_one_clock_must_have_both_outcome_and_reason(world: World) -> None:
    late_reply(world, "late")
    every = every_ticket_for(world.agent)
    assert numbers(with_outcome(every, target="first_contact", breach_reason="workload")) == ["late"]
    assert numbers(with_outcome(every, target="resolution", breach_reason="workload")) == []
    assert numbers(TicketFilter({"target": "first_contact", "outcome": "late"}, every).qs) == ["late"]


@pytest.mark.parametrize("asked", [{"target": "x" * 33}, {"target": "a b"}, {"outcome": "password"}])
def test_nonsense_is_refused_by_the_filter(world: World, asked: dict[str, str]) -> None:
    assert list(TicketFilter(asked, every_ticket_for(world.agent)).errors) == list(asked)


def test_the_list_behind_a_figure(world: World) -> None:
    late_reply(world, "late")
    world.report(subject="open")
    agent = logged_in(world.agent)
    asked = {"view": "every", "target": "first_contact", "outcome": "late", "reported_from": "2026-11-23"}
    page = agent.get("/tickets/", asked).content.decode()
    assert page.count("data-row-link") == 1
    assert agent.get("/tickets/", asked | {"reported_to": "2026-11-22"}).content.decode().count("data-row-link") == 0
    with clock.frozen(world.later(minutes=30)):
        listed = agent.get("/tickets/", {"view": "every"}).content.decode()
    assert listed.count("data-row-link") == 2
