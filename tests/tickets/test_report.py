"""Recording a ticket: number, clocks, acknowledgement, refusals that change nothing."""

from datetime import timedelta

import pytest

from core.errors import InputError
from core.models import Audit, Counter, Outbox
from tests.world import World
from tickets.models import Clock, Event, Participant, Ticket


def due(ticket: Ticket) -> dict[str, timedelta]:
    return {clock.target: clock.due_at - ticket.reported_at for clock in ticket.clocks.all()}


def test_a_fault_gets_the_clocks_of_its_contract(world: World) -> None:
    ticket = world.report()
    assert due(ticket) == {
        "first_contact": timedelta(minutes=5),
        "plan": timedelta(hours=1),
        "remote": timedelta(hours=1),
        "on_site": timedelta(hours=12),
        "resolution": timedelta(hours=24),
        "loaner": timedelta(hours=24),
    }
    assert (ticket.number, ticket.state, ticket.version) == ("WB-2611-00001", "new", 1)
    assert (ticket.next_target, ticket.next_due_at) == ("first_contact", world.later(minutes=5))
    assert (ticket.site, ticket.line, ticket.coverage) == (world.a.site, world.a.line, "contract")
    assert (ticket.locality, ticket.distance_km) == ("local", 8)


def test_it_leaves_event_audit_receipt_and_participant(world: World) -> None:
    ticket = world.report()
    assert list(Event.objects.values_list("seq", "kind")) == [(1, "reported")]
    assert Audit.objects.get(action="ticket.report").subject == f"tickets.ticket:{ticket.number}"
    assert Outbox.objects.get(kind="ticket.receipt").key == f"receipt:{ticket.pk}"
    assert Participant.objects.get(ticket=ticket).user == world.agent


def test_answered_at_once_meets_the_first_contact(world: World) -> None:
    ticket = world.report(answered=True)
    assert Clock.objects.get(ticket=ticket, target="first_contact").state == "met"
    assert ticket.state == "in_progress"


def test_an_earlier_occurrence_starts_the_clocks_that_count_from_it(world: World) -> None:
    ticket = world.report(occurred_at=world.later(hours=-3))
    assert list(ticket.events.values_list("kind", "at")) == [
        ("reported", world.now),
        ("occurred", world.later(hours=-3)),
    ]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"subject": "  "}, "subject", "required"),
        ({"subject": "字" * 161}, "subject", "too_long"),
        ({"subject": "a\x00b"}, "subject", "characters"),
        ({"description": "字" * 20001}, "description", "too_long"),
        ({"kind": "nonsense"}, "kind", "choice"),
        ({"channel": "smoke"}, "channel", "choice"),
        ({"severity": 5}, "severity", "choice"),
        ({"occurred_at": "ahead"}, "occurred_at", "future"),
        ({"contact": "foreign"}, "contact", "does_not_exist"),
        ({"asset": "foreign"}, "asset", "does_not_exist"),
        ({"site": "foreign", "asset": None}, "site", "does_not_exist"),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(world: World, given: dict, field: str, code: str) -> None:
    strange = {name: getattr(world.b, name) for name, value in given.items() if value == "foreign"}
    ahead = {"occurred_at": world.later(minutes=2)} if given.get("occurred_at") == "ahead" else {}
    with pytest.raises(InputError) as refused:
        world.report(**given | strange | ahead)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert (Ticket.objects.count(), Event.objects.count(), Clock.objects.count()) == (0, 0, 0)
    assert (Counter.objects.count(), Outbox.objects.count()) == (0, 0)
