"""Due instants: how far a row's budget reaches from its start, with the pauses that hold it."""

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.domain.budget import BudgetKind
from contracts.domain.promise_set import Row
from core.worktime import WorkCalendar, local_instant

WALL = WorkCalendar.always()


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which clocks are held."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of time that runs out: `seconds` of a calendar's open time from `start`.

    A row that fits and is armed makes one, an agreed date another (`row` None). Month budgets, "today" and agreed dates
    are measured in wall time; `held` says whether pauses hold it.
    """

    row: Row | None
    start: datetime
    calendar: WorkCalendar
    seconds: float
    held: bool

    def due(self, pauses: Sequence[Pause]) -> datetime:
        """The instant at which all of it is used up; `pauses` are in order and have ended."""
        return self.reach(self.seconds, pauses)

    def step(self, percent: int, due: datetime, pauses: Sequence[Pause]) -> datetime:
        """The instant of an escalation step; beyond 100 % it counts from the due instant and no pause holds it."""
        if percent < 100:
            return self.reach(self.seconds * percent / 100, pauses)
        return self.calendar.add(due, self.seconds * (percent - 100) / 100)

    def reach(self, seconds: float, pauses: Sequence[Pause]) -> datetime:
        """The instant at which `seconds` are used up (rule 4).

        A pause that starts before that instant, as moved so far, puts the rest off to its own end; what came before
        the run's start does not count.
        """
        instant = self.calendar.add(self.start, seconds)
        if not self.held:
            return instant
        for pause in pauses:
            begin = max(pause.start, self.start)
            if begin >= instant:
                break
            if pause.end > begin:
                instant = self.calendar.add(pause.end, self.calendar.elapsed(begin, instant))
        return instant

    def used(self, end: datetime, pauses: Sequence[Pause]) -> float:
        """Seconds used between the start and `end`, time in pauses left out."""
        used = self.calendar.elapsed(self.start, end)
        if self.held:
            for pause in pauses:
                used -= self.calendar.elapsed(max(pause.start, self.start), min(pause.end, end))
        return used


def run_of(row: Row, start: datetime) -> Run:
    """The run of a row from the time of its `from` event."""
    work = row.calendar.work
    if row.budget.kind is BudgetKind.OPEN:
        return Run(row, start, work, row.budget.seconds, held=True)
    if row.budget.kind is BudgetKind.MONTHS:
        return Run(row, start, WALL, (months_later(start, row.budget.months, work) - start).total_seconds(), held=True)
    return Run(row, start, WALL, (end_of_day(start, work) - start).total_seconds(), held=False)


def agreed_run(start: datetime, due: datetime) -> Run:
    """The run of an agreed date (rule 10): wall time from the clock's start, held by nothing."""
    return Run(None, start, WALL, (due - start).total_seconds(), held=False)


def months_later(start: datetime, count: int, work: WorkCalendar) -> datetime:
    """The same local wall time `count` calendar months later, clamped to the month's end."""
    local = start.astimezone(work.zone).replace(tzinfo=None)
    year, month = divmod(local.year * 12 + local.month - 1 + count, 12)
    day = min(local.day, months.monthrange(year, month + 1)[1])
    return local_instant(work.zone, local.replace(year=year, month=month + 1, day=day, fold=0))


def end_of_day(start: datetime, work: WorkCalendar) -> datetime:
    """24:00 of the local day of `start`."""
    day = start.astimezone(work.zone).date() + timedelta(days=1)
    return local_instant(work.zone, datetime(day.year, day.month, day.day)).astimezone(UTC)
