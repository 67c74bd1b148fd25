"""What a simulation folds, as plain rows: tickets, their events, their judged clocks. Three statements a batch."""

from datetime import datetime
from typing import Any, NamedTuple

from contracts.enums import SetScope
from reports.queries.simulation import Span
from tickets.enums import Outcome
from tickets.models import Event
from tickets.queries.outcome import judged_clocks


class TicketRow(NamedTuple):
    pk: int
    number: str
    severity: int
    customer_id: int
    state: str
    round: int
    closed_at: datetime | None


class EventRow(NamedTuple):
    """An event: what the fold asks of it."""

    ticket_id: int
    pk: int
    seq: int
    kind: str
    about: str
    at: datetime
    data: dict[str, Any]
    voids_id: int | None


class Promise(NamedTuple):
    """A judged clock of a ticket; `house`: it comes from a set of the house."""

    target: str
    house: bool
    outcome: Outcome
    state: str
    round: int
    due_at: datetime
    met_at: datetime | None


class StoredClock(NamedTuple):
    set_code: str
    promise: Promise


class Case(NamedTuple):
    """A ticket with all that counts of it; events in the order of entry."""

    ticket: TicketRow
    events: list[EventRow]
    clocks: list[StoredClock]


def read_cases(span: Span, first: int, until: int | None, size: int) -> list[Case]:
    """The first `size` tickets of a span with an id from `first` to before `until`."""
    tickets = span.tickets.filter(pk__gte=first)
    if until is not None:
        tickets = tickets.filter(pk__lt=until)
    rows = tickets.order_by("pk").values_list(*TicketRow._fields)[:size]
    cases = {row[0]: Case(TicketRow._make(row), [], []) for row in rows}
    _add_events(cases)
    _add_clocks(cases)
    return list(cases.values())


def _add_events(cases: dict[int, Case]) -> None:
    events = Event.objects.filter(ticket__in=list(cases)).order_by("ticket", "seq")
    for row in events.values_list(*EventRow._fields):
        cases[row[0]].events.append(EventRow._make(row))


def _add_clocks(cases: dict[int, Case]) -> None:
    columns = ("target", "promise_version__promise_set__scope", "outcome", "state", "round", "due_at", "met_at")
    clocks = judged_clocks().filter(ticket__in=list(cases)).order_by("pk")
    for ticket, set_code, target, scope, outcome, *rest in clocks.values_list("ticket_id", "set_code", *columns):
        promise = Promise(target, scope == SetScope.HOUSE, Outcome(outcome), *rest)
        cases[ticket].clocks.append(StoredClock(set_code, promise))
