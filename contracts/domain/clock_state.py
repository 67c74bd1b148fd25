"""What a clock shows at an instant: the answer of the fold for one target in one round."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from contracts.domain.budget import BudgetKind
from contracts.domain.due import Run
from contracts.domain.promise_set import PromiseSet, Row
from contracts.domain.rounds import Clock, Round

State = Literal["running", "paused", "met", "met_late", "breached", "not_needed"]


@dataclass(frozen=True, slots=True)
class Step:
    """An escalation step of the ladder and its instant."""

    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fit:
    """A row that fits and is armed, with the due instant that it alone would give."""

    row: Row
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock as it stands; all times in UTC.

    `due_at` is final unless the clock is running or paused. `computed_due_at` is what the rows give, also where an
    agreed date replaces it (`agreed`), None where no row fits. `row` is the winning row's index, `fits` all rows that
    fit and are armed, the winner first. `budget_seconds` is None for months, "today" and agreed dates, which count wall
    time. `closed_at` is the meeting, the resolution that made the clock needless or the reopening that ended its round.
    `used_seconds` is time used up to then or `until`. `steps` is the whole ladder; a step at or after `closed_at` is
    never taken. `promise_set` is the wording that the clock stands under.
    """

    promise_set: PromiseSet = field(compare=False)
    target: str
    round: int
    state: State
    due_at: datetime
    computed_due_at: datetime | None
    agreed: bool
    started_at: datetime
    met_at: datetime | None
    breached_at: datetime | None
    closed_at: datetime | None
    row: int | None
    calendar: str
    budget: str
    budget_seconds: int | None
    used_seconds: int
    paused_since: datetime | None
    pause_reason: str
    reason: str
    steps: tuple[Step, ...]
    fits: tuple[Fit, ...]

    def next_step(self, after: datetime) -> Step | None:
        """The first step later than `after`; none while paused or closed."""
        if self.closed_at is not None or self.state == "paused":
            return None
        return next((step for step in self.steps if step.at > after), None)


def clock_states(stage: Round, reopened_at: datetime | None, until: datetime) -> Iterator[ClockState]:
    """The clocks of a round as they stand at `until`, or at the reopening that ended the round (rule 9)."""
    return (_clock_state(stage, clock, reopened_at, until) for clock in stage.clocks.values())


def _clock_state(stage: Round, clock: Clock, reopened_at: datetime | None, until: datetime) -> ClockState:
    closed_at = clock.met_at or clock.not_needed_at or reopened_at
    end = closed_at or until
    pauses = stage.pauses_until(end)
    dues = sorted(((run.due(pauses), run) for run in clock.runs), key=_due_at)
    fits = tuple(Fit(run.row, run.start, due) for due, run in dues if run.row)
    due_at, run = dues[0] if clock.agreement is None else (clock.agreement.due(pauses), clock.agreement)
    state = _state(stage, clock, run, due_at)
    winner = fits[0].row if fits else None
    budget = winner.budget if winner and not clock.agreement else None
    return ClockState(
        promise_set=clock.promise_set,
        target=clock.target.name,
        round=stage.number,
        state=state,
        due_at=due_at,
        computed_due_at=fits[0].due_at if fits else None,
        agreed=clock.agreement is not None,
        started_at=run.start,
        met_at=clock.met_at,
        breached_at=clock.breached_at,
        closed_at=closed_at,
        row=winner.index if winner else None,
        calendar=winner.calendar.code if winner else "",
        budget=winner.budget.text if winner else "",
        budget_seconds=budget.seconds if budget and budget.kind is BudgetKind.OPEN else None,
        used_seconds=int(run.used(end, pauses)),
        paused_since=stage.paused_at if state == "paused" else None,
        pause_reason=stage.pause_reason if state == "paused" else "",
        reason=_reason(clock, fits),
        steps=tuple(Step(rung.step, run.step(rung.percent, due_at, pauses)) for rung in clock.promise_set.ladder),
        fits=fits,
    )


def _state(stage: Round, clock: Clock, run: Run, due_at: datetime) -> State:
    if clock.not_needed_at is not None:
        return "not_needed"
    if clock.met_at is not None:
        return "met" if clock.met_at <= due_at else "met_late"
    if clock.breached_at is not None:
        return "breached"
    return "paused" if stage.holds(run, due_at) else "running"


def _reason(clock: Clock, fits: Sequence[Fit]) -> str:
    """Why it is due when it is, in one line."""
    if not fits:
        return "agreed date; no row fits"
    winner, *others = fits
    text = f"row {winner.row.index}: {winner.row.text}"
    if others:
        text += f"; earliest of rows {', '.join(str(fit.row.index) for fit in fits)}"
    if clock.agreement is None:
        return text
    computed = winner.due_at.astimezone(clock.promise_set.vocabulary.zone).isoformat()
    return f"agreed date; computed {computed} by {text}"


def _due_at(due: tuple[datetime, Run]) -> datetime:
    return due[0]
