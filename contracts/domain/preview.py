"""What we would owe if a ticket were reported now: the promise that is shown before it is saved."""

from dataclasses import dataclass
from datetime import datetime

from contracts.domain.clock_state import ClockState
from contracts.domain.facts import Facts
from contracts.domain.forecast import forecast
from contracts.domain.promise_set import PromiseSet, Row
from contracts.domain.promise_version import SetsInForce, compiled_sets
from contracts.domain.replay import unannounced_years
from contracts.domain.vocabulary import Target
from contracts.queries.entitlement import Entitlement
from contracts.queries.promise_version import versions_for


@dataclass(frozen=True)
class Due:
    """A clock that would run: what, until when, by which row of which set and why."""

    target: Target
    due_at: datetime
    row: Row
    reason: str
    promise_set: PromiseSet


@dataclass(frozen=True)
class Waiting:
    """A row that would start with one more event (`starts_at`)."""

    target: Target
    starts_at: str
    row: Row
    promise_set: PromiseSet


@dataclass(frozen=True)
class Preview:
    """Both lists in the order of targets; `unannounced` are years within reach whose holidays are not known."""

    due: tuple[Due, ...]
    waiting: tuple[Waiting, ...]
    unannounced: tuple[int, ...]


def due_if_reported(*, entitlement: Entitlement, facts: Facts, now: datetime) -> Preview:
    """The promises of the entitlement's set and the house's for a ticket reported now; writes nothing.

    Two statements, four where versions are used for the first time in this process.
    """
    versions = versions_for(entitlement.promise_set, now)
    return preview(compiled_sets(versions.promises.values(), versions.calendars.values()), facts, now)


def preview(sets: SetsInForce, facts: Facts, now: datetime) -> Preview:
    """The same for compiled sets. Sets without rounds (papers, complaints) are about other subjects and left out."""
    due: list[Due] = []
    waiting: list[Waiting] = []
    years: set[int] = set()
    for promise_set in sets.every:
        if promise_set.rounds:
            answer = forecast(promise_set, facts, now)
            due += [_due(promise_set, clock) for clock in answer.clocks]
            waiting += [Waiting(one.row.target, one.starts_at, one.row, promise_set) for one in answer.waiting]
            years.update(unannounced_years(promise_set, answer.clocks))
    due.sort(key=lambda one: one.target.order)
    waiting.sort(key=lambda one: (one.target.order, one.row.index))
    return Preview(tuple(due), tuple(waiting), tuple(sorted(years)))


def _due(promise_set: PromiseSet, clock: ClockState) -> Due:
    row = clock.fits[0].row
    return Due(row.target, clock.due_at, row, clock.reason, promise_set)
