"""When a running clock turns critical (即将超时, decisions 6): one rule for chip, view, wallboard and figures."""

from datetime import datetime

from contracts.domain.budget import BudgetKind
from contracts.domain.due import WALL
from contracts.domain.promise_set import Row
from core.worktime import WorkCalendar

CRITICAL_SHARE = 0.10
CRITICAL_SECONDS = 15 * 60


def margin_of(budget: float) -> float:
    """How many seconds before it is due a clock of this budget turns critical: a tenth or 15 minutes, whichever is
    longer, but never above half.
    """
    return min(max(CRITICAL_SHARE * budget, CRITICAL_SECONDS), 0.5 * budget)


def calendar_of(row: Row | None, agreed: bool) -> WorkCalendar:
    """The calendar in which the seconds of a clock count; an agreed date counts by the wall."""
    wall = row is None or agreed or row.budget.kind is not BudgetKind.OPEN
    return WALL if wall or row is None else row.calendar.work


def critical_at(calendar: WorkCalendar, started_at: datetime, due_at: datetime, budget: int | None) -> datetime:
    """The instant from which at most the margin is left of the calendar's open time before `due_at`."""
    whole = calendar.elapsed(started_at, due_at)
    margin = margin_of(budget or (due_at - started_at).total_seconds())
    return calendar.add(started_at, max(0.0, whole - margin))
