"""The fold of a ticket's events into its clocks, and what is to be stored of each. Reads nothing and writes nothing."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from contracts.domain.clock_state import ClockState as FoldedClock
from contracts.domain.facts import Facts
from contracts.domain.promise_set import PromiseSet, agreement_owner
from contracts.domain.replay import Replay, replay
from contracts.domain.timeline import PromiseEvent, SetChange, set_at
from tickets.domain import caches, ladder
from tickets.domain.critical import calendar_of, critical_at
from tickets.domain.promises import Bound, reported_data
from tickets.enums import ENDED, ClockRank, ClockState, EventKind, State
from tickets.models import Event

Key = tuple[str, str, str, int]
OPEN_STATES = frozenset({ClockState.RUNNING, ClockState.PAUSED})
UNMET_STATES = OPEN_STATES | {ClockState.BREACHED}
_MICRO = timedelta(microseconds=1)


@dataclass(frozen=True)
class Folded:
    """One clock of the fold. `live`: it still counts and escalates, for it belongs to the present round of a ticket
    that is not over, or to papers and complaints that know no rounds."""

    key: Key
    promise_set: PromiseSet
    clock: FoldedClock
    state: str
    live: bool


@dataclass(frozen=True)
class Ladder:
    """What was recorded and still waits of a clock's escalation steps."""

    fired: frozenset[str]
    known: tuple[ladder.PendingStep, ...]


NO_LADDER = Ladder(frozenset(), ())


def fold_clocks(
    bound: Bound,
    events: list[Event],
    columns: Mapping[str, Any],
    until: datetime,
    codes: Container[str] | None = None,
) -> dict[Key, Folded]:
    """All clocks of a ticket at `until`, or those of the sets with these first `codes`. Of `columns` state, round and
    closed_at count.

    A cancelled ticket is judged at its cancellation, and its open clocks are withdrawn.
    """
    cancelled = columns.get("state") == State.CANCELLED
    end = min(until, columns["closed_at"]) if cancelled else until
    found = (
        _folded(about, clock, columns, cancelled)
        for _set, about, answer in replays(bound, events, end, codes)
        for clock in answer.clocks
    )
    return {one.key: one for one in found if one.state != ClockState.WITHDRAWN}


def replays(
    bound: Bound, events: list[Event], until: datetime, codes: Container[str] | None = None
) -> Iterator[tuple[PromiseSet, str, Replay]]:
    """The fold of each promise set over each subject: the ticket itself ("") and every key that events are about.

    A set that others replaced is folded with them as one; it is named by the last.
    """
    facts = Facts(**reported_data(events)["facts"])
    counted = sorted(caches.standing(events), key=lambda event: (event.about, event.seq))
    for about, group in groupby(counted, key=lambda event: event.about):
        subject = list(group)
        for first, changes in bound.lines:
            if codes is not None and first.code not in codes:
                continue
            known = [change for change in changes if change.at <= until]
            answer = replay(first, facts, _inputs(subject, first, known, bound), until, known)
            yield (known[-1].promise_set if known else first), about, answer


def values_of(one: Folded, bound: Bound, steps: Ladder, now: datetime) -> dict[str, Any]:
    """The columns of the stored clock."""
    clock = one.clock
    promise_version, calendar_version = bound.ids_of(one.promise_set, clock.calendar)
    pending = _pending(one, steps, now)
    held = one.state == ClockState.PAUSED
    return {
        "promise_version_id": promise_version,
        "calendar_version_id": calendar_version,
        "state": one.state,
        "row": clock.row,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "computed_due_at": clock.computed_due_at,
        "agreed": clock.agreed,
        "met_at": clock.met_at,
        "breached_at": clock.breached_at,
        "budget_seconds": clock.budget_seconds,
        "used_seconds": 0 if one.state in (ClockState.RUNNING, ClockState.BREACHED) else clock.used_seconds,
        "paused_since": clock.paused_since if held else None,
        "pause_reason": clock.pause_reason if held else "",
        "pending": [step.as_json() for step in pending],
        "next_step_at": _next_look(one, pending),
    }


def nearest(folded: Mapping[Key, Folded], state: str) -> dict[str, Any]:
    """The ticket's place in the queue: overdue first, then the nearest due instant; paused last (decisions 8)."""
    unmet = [one for one in folded.values() if one.live and one.state in UNMET_STATES]
    if state in (State.RESOLVED, State.CLOSED, State.CANCELLED) or not unmet:
        return {"next_due_at": None, "next_target": "", "critical_at": None, "clock_rank": ClockRank.NONE}
    first = min(unmet, key=lambda one: (rank_of(one.state), one.clock.due_at, one.clock.target))
    return {
        "next_due_at": first.clock.due_at,
        "next_target": first.clock.target,
        "critical_at": _critical_at(first) if first.state == ClockState.RUNNING else None,
        "clock_rank": rank_of(first.state),
    }


def _critical_at(one: Folded) -> datetime:
    clock = one.clock
    row = next((row for row in one.promise_set.rows if row.index == clock.row), None)
    return critical_at(calendar_of(row, clock.agreed), clock.started_at, clock.due_at, clock.budget_seconds)


def rank_of(state: str) -> int:
    ranks = {ClockState.BREACHED: ClockRank.BREACHED, ClockState.RUNNING: ClockRank.RUNNING}
    return int(ranks.get(ClockState(state), ClockRank.PAUSED))


def _inputs(
    events: Iterable[Event], first: PromiseSet, changes: Sequence[SetChange], bound: Bound
) -> list[PromiseEvent]:
    """The events in the engine's words. An agreed date goes to the set that owned the target then."""
    worded = ((event, set_at(first, changes, event.at, event.seq)) for event in events)
    return [
        PromiseEvent(event.at, event.kind, event.seq, _event_data(event))
        for event, wording in worded
        if event.kind in wording.vocabulary.events
        and (event.kind != EventKind.DATE_AGREED or _owns(wording, event, bound))
    ]


def _owns(promise_set: PromiseSet, agreement: Event, bound: Bound) -> bool:
    stage = bound.stage_at(agreement.at, agreement.seq)
    owner = agreement_owner(agreement.data["target"], stage.contract, stage.house)
    return owner is not None and owner.code == promise_set.code


def _event_data(event: Event) -> dict[str, Any]:
    if event.kind == EventKind.FACTS_CHANGED:
        return dict(event.data["facts"])
    return dict(event.data)


def _folded(about: str, clock: FoldedClock, columns: Mapping[str, Any], cancelled: bool) -> Folded:
    promise_set = clock.promise_set
    live = not promise_set.rounds or (clock.round == columns["round"] and columns["state"] not in ENDED)
    withdrawn = cancelled and clock.state in OPEN_STATES
    state = str(ClockState.WITHDRAWN) if withdrawn else clock.state
    return Folded(
        (promise_set.code, about, clock.target, clock.round), promise_set, clock, state, live and not cancelled
    )


def _pending(one: Folded, steps: Ladder, now: datetime) -> list[ladder.PendingStep]:
    """Steps to come. A clock that takes no more steps keeps those that were due before it stopped and are only late:
    before its pause began, which an undone act may have moved back, or before it was closed.
    """
    if one.live and one.state in (ClockState.RUNNING, ClockState.BREACHED):
        times = [(step.step, step.at) for step in one.clock.steps]
        return ladder.plan(times, fired=steps.fired, known=steps.known, now=now)
    ended = one.clock.paused_since if one.state == ClockState.PAUSED else one.clock.closed_at
    stopped = min(now, ended or now)
    return [step for step in steps.known if step.at <= stopped and step.step not in steps.fired]


def _next_look(one: Folded, pending: list[ladder.PendingStep]) -> datetime | None:
    looks = [step.at for step in pending]
    if one.live and one.state == ClockState.RUNNING:
        looks.append(one.clock.due_at + _MICRO)
    return min(looks, default=None)
