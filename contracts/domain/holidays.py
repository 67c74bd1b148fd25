"""Public holidays of mainland China, as far as they are announced (rule 12)."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from chinese_calendar.constants import holidays, workdays


@dataclass(frozen=True, slots=True)
class PublicDays:
    """Days off and make-up workdays of the years that are announced."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]


def announced_days(year: int) -> tuple[frozenset[date], frozenset[date]] | None:
    """Days off and make-up workdays of a year; None while the year is not announced: its plain weekdays count."""
    days = announced_china()
    if year not in days.years:
        return None
    return _of_year(days.off, year), _of_year(days.work, year)


@cache
def announced_china() -> PublicDays:
    """All announced years of the installed `chinesecalendar`."""
    return PublicDays(
        off=frozenset(holidays),
        work=frozenset(day for day in workdays if day not in holidays),
        years=frozenset(day.year for day in holidays if (day.month, day.day) == (1, 1)),
    )


def _of_year(days: frozenset[date], year: int) -> frozenset[date]:
    return frozenset(day for day in days if day.year == year)
