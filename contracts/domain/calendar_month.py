"""A month of a calendar, day by day: what is open, and why it is or is not. Pure."""

from calendar import Calendar as Weeks
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from contracts.domain.calendar_plan import shown
from contracts.domain.calendars import Calendar


@dataclass(frozen=True)
class Day:
    """One day. `kind` says why its hours are not those of its weekday: "holiday", "work", "closure", or ""."""

    day: date
    in_month: bool
    windows: tuple[str, ...]
    kind: str
    name: str
    known: bool

    @property
    def is_open(self) -> bool:
        return bool(self.windows)


def month_of(calendar: Calendar, year: int, month: int, names: Mapping[date, str]) -> list[list[Day]]:
    """The weeks of a month, Monday first, with the days around it. `names` are names of special days."""
    weeks = Weeks().monthdatescalendar(year, month)
    return [[_day(calendar, day, month, names.get(day, "")) for day in week] for week in weeks]


def _day(calendar: Calendar, day: date, month: int, name: str) -> Day:
    work = calendar.work
    kind = _kind(calendar, day)
    return Day(
        day=day,
        in_month=day.month == month,
        windows=tuple(shown(window) for window in work.windows(day)),
        kind=kind,
        name=name if kind in ("holiday", "work") else "",
        known=work.announced is None or day.year in work.announced,
    )


def _kind(calendar: Calendar, day: date) -> str:
    work = calendar.work
    if day in work.closures:
        return "closure"
    if day in work.workdays:
        return "work"
    return "holiday" if day in work.holidays else ""
