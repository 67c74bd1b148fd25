"""Proof that what is stored is what the events say: fold every ticket again and compare."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tickets.domain import caches, ladder
from tickets.domain.fold import key_of
from tickets.domain.folded import Folded, Key, Ladder, fold_clocks, nearest, values_of
from tickets.domain.promises import Bound, bound_of
from tickets.enums import ClockRank, ClockState
from tickets.models import Clock, Escalation, Event, Ticket

CHUNK = 200


def differences(now: datetime) -> Iterator[str]:
    """Every difference between stored and folded, one line each. Reads only; a moment's lag of the sweep is no
    difference.
    """
    ids = Ticket.objects.order_by("pk").values_list("pk", flat=True)
    for pk in ids.iterator(CHUNK):
        yield from of_ticket(Ticket.objects.get(pk=pk), now)


def of_ticket(ticket: Ticket, now: datetime) -> Iterator[str]:
    """The differences of one ticket, judged at the instant of its last fold plus what the sweep has done since."""
    events = list(Event.objects.filter(ticket=ticket).order_by("seq"))
    bound = bound_of(events)
    columns = caches.folded(events)
    folded = fold_clocks(bound, events, columns, ticket.folded_at)
    clocks = list(Clock.objects.filter(ticket=ticket))
    yield from _compare(f"{ticket.number}", columns, ticket)
    yield from _queue_place(ticket, folded)
    if [event.seq for event in events] != list(range(1, len(events) + 1)):
        yield f"{ticket.number}: event numbers have gaps"
    stored = {key_of(clock): clock for clock in clocks if clock.state != ClockState.WITHDRAWN}
    for key in sorted(folded.keys() ^ stored.keys()):
        yield f"{ticket.number} {_name(key)}: {'missing' if key in folded else 'not in the events'}"
    for key in sorted(folded.keys() & stored.keys()):
        yield from _clock(f"{ticket.number} {_name(key)}", folded[key], bound, stored[key], ticket.folded_at)


def _clock(name: str, one: Folded, bound: Bound, clock: Clock, folded_at: datetime) -> Iterator[str]:
    fired = dict(Escalation.objects.filter(clock=clock).values_list("step", "recorded_at"))
    before = frozenset(step for step, at in fired.items() if at <= folded_at)
    known = tuple(ladder.from_json(clock.pending))
    expected = values_of(one, bound, Ladder(before, known), folded_at)
    expected |= _swept(one, clock, folded_at)
    steps = [step for step in expected.pop("pending") if step["step"] not in fired]
    expected.pop("next_step_at")
    yield from _compare(name, expected, clock)
    if [step["step"] for step in steps] != [step.step for step in known]:
        yield f"{name} pending: stored {[step.step for step in known]}, folded {[step['step'] for step in steps]}"


def _swept(one: Folded, clock: Clock, folded_at: datetime) -> dict[str, Any]:
    """The sweep may have found a running clock overdue since the last fold."""
    passed = one.state == ClockState.RUNNING and clock.state == ClockState.BREACHED and clock.due_at >= folded_at
    return {"state": str(ClockState.BREACHED), "breached_at": one.clock.due_at} if passed else {}


def _queue_place(ticket: Ticket, folded: dict[Key, Folded]) -> Iterator[str]:
    expected = nearest(folded, ticket.state)
    if ticket.clock_rank == ClockRank.BREACHED and expected["clock_rank"] == ClockRank.RUNNING:
        expected["clock_rank"] = ClockRank.BREACHED
    yield from _compare(ticket.number, expected, ticket)


def _compare(name: str, expected: dict[str, Any], stored: Any) -> Iterator[str]:
    for column, value in expected.items():
        if getattr(stored, column) != value:
            yield f"{name} {column}: stored {getattr(stored, column)!r}, folded {value!r}"


def _name(key: Key) -> str:
    set_code, about, target, round_number = key
    return f"{set_code}/{target}#{round_number}" + (f" ({about})" if about else "")
