"""One round of a ticket under one promise set: which clocks it has and what happens to them, event by event.

A round is told what happens in order of time. Before each event the caller lets the time up to it pass, so that due
instants that lie before it break first, and those at the same instant do not (rule 3).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from contracts.domain.due import Pause, Run, agreed_run, run_of
from contracts.domain.facts import Facts
from contracts.domain.promise_set import PromiseSet
from contracts.domain.vocabulary import DERIVED_EVENT, RESOLUTION, Target


@dataclass(slots=True)
class Clock:
    """The clock of a target in a round, under the wording of `promise_set`.

    `runs` belong to the rows that fit and are armed, `agreement` replaces them while there is one. `breaks_at` is the
    instant at which the clock is breached if nothing else happens, None while a pause holds it.
    """

    target: Target
    runs: list[Run]
    promise_set: PromiseSet
    agreement: Run | None = None
    started_by_agreement: bool = False
    breaks_at: datetime | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None
    not_needed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether its due instant can still move (rule 5)."""
        return self.breached_at is None and self.met_at is None and self.not_needed_at is None

    @property
    def owed(self) -> list[Run]:
        """What it is due by: the agreed date, else the earliest of the rows."""
        return self.runs if self.agreement is None else [self.agreement]


@dataclass(slots=True)
class Round:
    """The state of a round; `seen` has the first time of each event, `pauses` the pauses that have ended.

    `log` has every event with its time and `asked` the reasons of the pauses since the last end of one, allowed or not:
    what another wording would make of them is known only when it comes.
    """

    number: int
    promise_set: PromiseSet
    facts: Facts
    seen: dict[str, datetime] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    paused_at: datetime | None = None
    pause_reason: str = ""
    resolved_at: datetime | None = None
    log: list[tuple[str, datetime]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def pass_to(self, at: datetime) -> None:
        """Let time pass: due instants before `at` break, the earliest first (rules 3 and 8)."""
        while broken := min(self._broken_before(at), key=_breaking_time, default=None):
            self._breach(broken, _breaking_time(broken))

    def happen(self, event: str, at: datetime) -> None:
        """An event and all it implies: the first of a name counts, for an agreement's clock any (rule 2)."""
        names = self.promise_set.counts_as[event]
        self.log.append((event, at))
        fresh = [name for name in names if name not in self.seen]
        self.seen.update(dict.fromkeys(fresh, at))
        self._start(fresh)
        self.pass_to(at)  # a row that is armed late may be overdue already
        for clock in self.clocks.values():
            counting = names if clock.started_by_agreement else fresh
            if clock.target.met_by in counting and clock.met_at is None and clock.not_needed_at is None:
                clock.met_at = at
        if "resolved" in fresh:
            self._resolve(at)

    def change_facts(self, facts: Facts) -> None:
        """Judge all open clocks anew, and targets that the facts fit now (rule 7)."""
        self.facts = facts
        for target in self.promise_set.rows_by_target:
            self._renew(target)

    def change_set(self, promise_set: PromiseSet, facts: Facts, at: datetime) -> None:
        """From `at` on another wording counts: open clocks are judged anew by it, closed ones keep theirs.

        What has happened, earlier pauses and agreed dates stay. A pause that goes on at `at` is held by the reasons of
        the new wording from then on.
        """
        self.promise_set, self.facts = promise_set, facts
        for event, happened_at in self.log:
            for name in promise_set.counts_as.get(event, ()):
                self.seen.setdefault(name, happened_at)
        self._pause_anew(at)
        for target in dict.fromkeys((*promise_set.rows_by_target, *self.clocks)):
            self._adopt(target)

    def pause(self, reason: str, at: datetime) -> str:
        """Hold the clocks (rule 4); gives why not, if it changes nothing."""
        if self.resolved_at is not None:
            return "already resolved"
        self.asked.append(reason)
        if reason not in self.promise_set.pause_reasons:
            return "reason not allowed"
        if self.paused_at is not None:
            return "already paused"
        self.paused_at, self.pause_reason = at, reason
        self._aim_all()
        return ""

    def resume(self, at: datetime) -> str:
        """End the pause; gives why not, if there is none."""
        self.asked.clear()
        if self.paused_at is None:
            return "not paused"
        self.pauses.append(Pause(self.paused_at, at))
        self.paused_at = None
        self._aim_all()
        return ""

    def agree(self, target: Target, due: datetime, at: datetime) -> str:
        """The customer agreed to a date for a target (rule 10); gives why not, if it changes nothing."""
        clock = self.clocks.get(target.name)
        if clock is None:
            if self.resolved_at is not None:
                return "already resolved"
            run = agreed_run(at, due)
            clock = Clock(target, [], self.promise_set, agreement=run, started_by_agreement=True)
            self.clocks[target.name] = clock
        elif not clock.is_open:
            return "clock is closed"
        start = clock.agreement.start if clock.agreement else self.earliest(clock, at).start
        clock.agreement = agreed_run(start, due)
        self._aim(clock)
        return ""

    def earliest(self, clock: Clock, end: datetime) -> Run:
        """The run that a clock is due by at `end`; of equal ones the row that stands first."""
        pauses = self.pauses_until(end)
        return min(clock.owed, key=lambda run: run.due(pauses))

    def pauses_until(self, end: datetime) -> list[Pause]:
        """The pauses as if the last one ended at `end` (rules 4 and 5)."""
        pauses = [Pause(pause.start, min(pause.end, end)) for pause in self.pauses if pause.start < end]
        if self.paused_at is not None and self.paused_at < end:
            pauses.append(Pause(self.paused_at, end))
        return pauses

    def holds(self, run: Run, due: datetime) -> bool:
        """Whether the present pause holds a run that is due at `due` without it; at the due instant it is too late."""
        return self.paused_at is not None and run.held and self.paused_at < due

    def fitting_runs(self, target: str) -> list[Run]:
        """Runs of the rows for a target that fit the facts and are armed."""
        return [
            run_of(row, self.seen[row.from_event])
            for row in self.promise_set.rows_by_target.get(target, ())
            if row.armed_by in self.seen and row.from_event in self.seen and row.fits(self.facts)
        ]

    def _start(self, events: Iterable[str]) -> None:
        started_by = self.promise_set.started_by
        for target in dict.fromkeys(target for event in events for target in started_by.get(event, ())):
            self._renew(target)

    def _renew(self, target: str) -> None:
        """Bring a target's clock up to the rows that fit and are armed; a closed clock stays (rules 5 to 7)."""
        clock = self.clocks.get(target)
        if clock is not None and not clock.is_open:
            return
        runs = self.fitting_runs(target)
        if clock is None:
            if runs and self.resolved_at is None:
                self._open(Clock(self.promise_set.vocabulary.targets[target], runs, self.promise_set))
        elif runs or clock.agreement:
            clock.runs = runs
            self._aim(clock)
        else:
            del self.clocks[target]

    def _adopt(self, target: str) -> None:
        """Bring a target's clock under the present wording; one without an agreed date begins anew."""
        clock = self.clocks.get(target)
        if clock is not None and clock.is_open and clock.agreement is None:
            del self.clocks[target]
        elif clock is not None and clock.is_open and target in self.promise_set.vocabulary.targets:
            clock.promise_set, clock.target = self.promise_set, self.promise_set.vocabulary.targets[target]
        self._renew(target)

    def _pause_anew(self, at: datetime) -> None:
        allowed = next((reason for reason in self.asked if reason in self.promise_set.pause_reasons), "")
        if self.paused_at is not None and not allowed:
            self.pauses.append(Pause(self.paused_at, at))
            self.paused_at = None
        elif self.paused_at is None and allowed:
            self.paused_at, self.pause_reason = at, allowed
        self._aim_all()

    def _open(self, clock: Clock) -> None:
        """Start a clock; what is already done is not owed again, only judged (rule 2)."""
        self.clocks[clock.target.name] = clock
        clock.met_at = self.seen.get(clock.target.met_by)
        if clock.met_at is None:
            self._aim(clock)
            return
        due = self.earliest(clock, clock.met_at).due(self.pauses_until(clock.met_at))
        if due < clock.met_at:
            self._breach(clock, due)

    def _breach(self, clock: Clock, at: datetime) -> None:
        clock.breached_at = at
        if clock.target.name == RESOLUTION and DERIVED_EVENT not in self.seen:
            self.happen(DERIVED_EVENT, at)

    def _resolve(self, at: datetime) -> None:
        """The repair ends the pause, and what it makes needless (rule 6)."""
        needless = self.promise_set.vocabulary.not_needed_when_resolved
        for clock in self.clocks.values():
            if clock.is_open and clock.target.name in needless:
                clock.not_needed_at = at
        self.resume(at)
        self.resolved_at = at

    def _broken_before(self, at: datetime) -> list[Clock]:
        return [clock for clock in self.clocks.values() if clock.is_open and clock.breaks_at and clock.breaks_at < at]

    def _aim_all(self) -> None:
        for clock in self.clocks.values():
            if clock.is_open:
                self._aim(clock)

    def _aim(self, clock: Clock) -> None:
        dues = [(run, run.due(self.pauses)) for run in clock.owed]
        clock.breaks_at = min((due for run, due in dues if not self.holds(run, due)), default=None)


def _breaking_time(clock: Clock) -> datetime:
    assert clock.breaks_at is not None
    return clock.breaks_at
