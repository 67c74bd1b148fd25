"""Storing what the fold says: cached columns, clocks, the next due instant. The only writer of all three."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.domain import outbox
from tickets.domain import caches, ladder
from tickets.domain.folded import (
    NO_LADDER,
    OPEN_STATES,
    UNMET_STATES,
    Folded,
    Key,
    Ladder,
    fold_clocks,
    nearest,
    values_of,
)
from tickets.domain.promises import Bound, bound_of
from tickets.enums import ClockState
from tickets.models import Clock, Escalation, Event, Ticket

OWN = (
    "next_due_at",
    "next_target",
    "critical_at",
    "clock_rank",
    "folded_at",
    "needs_review",
    "version",
    "updated_at",
)


def refold(ticket: Ticket, *, now: datetime) -> None:
    """Fold all events of a locked ticket anew; store columns and clocks, and version and time of change as the
    caller set them. Idempotent; locks the ticket's clocks.
    """
    events = list(Event.objects.filter(ticket=ticket).order_by("seq"))
    bound = bound_of(events)
    columns = caches.folded(events)
    for column, value in columns.items():
        setattr(ticket, column, value)
    folded = fold_clocks(bound, events, columns, now)
    stored = {key_of(clock): clock for clock in Clock.objects.select_for_update().filter(ticket=ticket).order_by("pk")}
    ladders = _ladders(stored.values())
    ticket.needs_review = ticket.needs_review or _turned_good(folded, stored)
    _store_clocks(ticket, bound, folded, stored, ladders, now)
    for column, value in nearest(folded, ticket.state).items():
        setattr(ticket, column, value)
    ticket.folded_at = now
    ticket.save(update_fields=[*columns, *OWN])


def key_of(clock: Clock) -> Key:
    return (clock.set_code, clock.about, clock.target, clock.round)


def _ladders(clocks: Iterable[Clock]) -> dict[Key, Ladder]:
    by_id = {clock.pk: clock for clock in clocks}
    fired: dict[int, set[str]] = {pk: set() for pk in by_id}
    for clock_id, step in Escalation.objects.filter(clock__in=by_id).values_list("clock_id", "step"):
        fired[clock_id].add(step)
    return {
        key_of(clock): Ladder(frozenset(fired[pk]), tuple(ladder.from_json(clock.pending)))
        for pk, clock in by_id.items()
    }


def _store_clocks(
    ticket: Ticket,
    bound: Bound,
    folded: Mapping[Key, Folded],
    stored: Mapping[Key, Clock],
    ladders: Mapping[Key, Ladder],
    now: datetime,
) -> None:
    new, changed = [], []
    left = {key[1:]: one.due_at for key, one in stored.items() if key not in folded and one.state in OPEN_STATES}
    for key, one in folded.items():
        values = values_of(one, bound, ladders.get(key, NO_LADDER), now)
        values["refold_at"] = None
        if key not in stored:
            new.append(_new_clock(ticket, one, values))
        elif _is_earlier(stored[key], values):
            _post_moved(stored[key], now)
        if key in stored and _update(stored[key], values):
            changed.append(stored[key])
    for key in stored.keys() - folded.keys():
        if _update(stored[key], {"state": str(ClockState.WITHDRAWN), "pending": [], "next_step_at": None}):
            changed.append(stored[key])
    Clock.objects.bulk_create(new)
    _tell_earlier(new, left, now)
    Clock.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=STORED)


STORED = [
    "promise_version",
    "calendar_version",
    "state",
    "row",
    "started_at",
    "due_at",
    "computed_due_at",
    "agreed",
    "met_at",
    "breached_at",
    "budget_seconds",
    "used_seconds",
    "paused_since",
    "pause_reason",
    "pending",
    "next_step_at",
    "refold_at",
]


def _is_earlier(clock: Clock, values: Mapping[str, Any]) -> bool:
    was_open = clock.state in OPEN_STATES
    return was_open and values["state"] in UNMET_STATES and values["due_at"] < clock.due_at


def _tell_earlier(new: Iterable[Clock], left: Mapping[tuple[str, str, int], datetime], now: datetime) -> None:
    """A promise that goes on under another set may be due earlier than it was under the one that it `left`."""
    for clock in new:
        due = left.get(key_of(clock)[1:])
        if due and clock.state in UNMET_STATES and clock.due_at < due:
            _post_moved(clock, now)


def _post_moved(clock: Clock, now: datetime) -> None:
    """A due instant that moves earlier is told to the assignee at once (decisions 5)."""
    key = f"moved:{clock.pk}:{now:%Y%m%d%H%M%S%f}"
    outbox.post(kind="ticket.moved", key=key, payload={"clock": clock.pk}, now=now)


def _new_clock(ticket: Ticket, one: Folded, values: dict[str, Any]) -> Clock:
    set_code, about, target, round_number = one.key
    return Clock(
        ticket=ticket,
        customer_id=ticket.customer_id,
        set_code=set_code,
        about=about,
        target=target,
        round=round_number,
        **values,
    )


def _update(clock: Clock, values: Mapping[str, Any]) -> bool:
    changed = {name: value for name, value in values.items() if getattr(clock, name) != value}
    for name, value in changed.items():
        setattr(clock, name, value)
    return bool(changed)


def _turned_good(folded: Mapping[Key, Folded], stored: Mapping[Key, Clock]) -> bool:
    """A late entry turned an overdue clock into a met one: somebody should look (decisions 9)."""
    return any(
        one.state == ClockState.MET and key in stored and stored[key].state == ClockState.BREACHED
        for key, one in folded.items()
    )
