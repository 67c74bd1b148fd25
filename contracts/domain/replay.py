"""The fold: a promise set and the events of one subject give its clocks.

`replay` is a pure function; the rules that it follows are numbered in contracts/presets/promises.yaml.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.domain.clock_state import ClockState, clock_states
from contracts.domain.document import read_instant
from contracts.domain.facts import Facts
from contracts.domain.promise_set import PromiseSet, Row
from contracts.domain.rounds import Round
from contracts.domain.timeline import Entry, PromiseEvent, SetChange, timeline


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that changed nothing, and why."""

    at: datetime
    event: str
    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row that fits the facts but is not armed yet; `starts_at` is the event that is missing first."""

    row: Row
    starts_at: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What a subject owes at `until`: clocks by target and round, events without effect, rows that wait for an event.

    `round` and `facts` are the present ones.
    """

    clocks: tuple[ClockState, ...]
    ignored: tuple[Ignored, ...]
    waiting: tuple[WaitingRow, ...]
    round: int
    facts: Facts


def replay(
    promise_set: PromiseSet,
    facts: Facts,
    events: Iterable[PromiseEvent],
    until: datetime,
    changes: Sequence[SetChange] = (),
) -> Replay:
    """Fold the events up to `until` into the clocks of a promise set.

    `facts` are the ticket's first facts. Events may come in any order. `changes`, in order, put other wordings in force
    from an instant on: open clocks are computed anew from their own start, closed ones keep their record (rules 5, 7
    and 12); all wordings know rounds, or none. Raises DocumentError for an event that cannot be folded, also for one
    after `until`.
    """
    until = read_instant(until, "until")
    fold = _Fold(promise_set, facts)
    for entry in timeline(events, promise_set, changes):
        if entry.at > until:
            break
        fold.enter(entry)
    fold.rounds[-1].pass_to(until)
    ended = zip(fold.rounds, [*fold.reopenings, None], strict=True)
    states = [state for stage, reopened_at in ended for state in clock_states(stage, reopened_at, until)]
    states.sort(key=lambda state: (promise_set.vocabulary.targets[state.target].order, state.round))
    return Replay(tuple(states), tuple(fold.ignored), _waiting(fold.rounds[-1]), len(fold.rounds), fold.facts)


def waiting_rows(
    promise_set: PromiseSet, facts: Facts, events: Iterable[PromiseEvent], until: datetime
) -> tuple[WaitingRow, ...]:
    """The rows that would start a clock if one more event came."""
    return replay(promise_set, facts, events, until).waiting


def unannounced_years(promise_set: PromiseSet, clocks: Iterable[ClockState]) -> tuple[int, ...]:
    """Years that clocks reach into and whose public holidays are not announced: plain weekdays count (rule 12)."""
    years: set[int] = set()
    for clock in clocks:
        for fit in clock.fits:
            years.update(fit.row.calendar.work.unannounced_years(fit.started_at, max(fit.started_at, fit.due_at)))
    return tuple(sorted(years))


class _Fold:
    """The rounds so far, and the reopenings between them."""

    def __init__(self, promise_set: PromiseSet, facts: Facts) -> None:
        self.promise_set = promise_set
        self.facts = facts
        self.rounds = [Round(1, promise_set, facts)]
        self.reopenings: list[datetime] = []
        self.ignored: list[Ignored] = []

    def enter(self, entry: Entry) -> None:
        """One event, in order of time."""
        self.rounds[-1].pass_to(entry.at)
        if reason := self._apply(entry, self.rounds[-1]):
            self.ignored.append(Ignored(entry.at, entry.event, entry.seq, reason))

    def _apply(self, entry: Entry, current: Round) -> str:
        match entry.event:
            case "paused":
                return current.pause(entry.reason, entry.at)
            case "resumed":
                return current.resume(entry.at)
            case "date_agreed" if entry.due is not None:
                return current.agree(self.promise_set.vocabulary.targets[entry.target], entry.due, entry.at)
            case "facts_changed":
                return self._change(entry, current)
            case "reopened":
                return self._reopen(entry, current)
        current.happen(entry.event, entry.at)
        return ""

    def _change(self, entry: Entry, current: Round) -> str:
        self.facts = self.facts.changed(entry.facts)
        self.promise_set = entry.promise_set or self.promise_set
        if current.resolved_at is not None:  # they count from the next round (rule 6)
            return ""
        if entry.promise_set is None:
            current.change_facts(self.facts)
        else:
            current.change_set(self.promise_set, self.facts, entry.at)
        return ""

    def _reopen(self, entry: Entry, current: Round) -> str:
        if not self.promise_set.rounds:
            return ""
        if current.resolved_at is None:
            return "not resolved"
        self.reopenings.append(entry.at)
        self.rounds.append(Round(current.number + 1, self.promise_set, self.facts))
        self.rounds[-1].happen(entry.event, entry.at)
        return ""


def _waiting(current: Round) -> tuple[WaitingRow, ...]:
    if current.resolved_at is not None:
        return ()
    return tuple(
        WaitingRow(row, missing)
        for row in current.promise_set.rows
        if (missing := _missing_event(row, current)) and row.fits(current.facts) and not _is_settled(row, current)
    )


def _missing_event(row: Row, current: Round) -> str:
    return next((event for event in (row.armed_by, row.from_event) if event not in current.seen), "")


def _is_settled(row: Row, current: Round) -> bool:
    clock = current.clocks.get(row.target.name)
    return row.target.met_by in current.seen if clock is None else not clock.is_open
