"""Public holidays of mainland China, as far as they are announced (rule 12)."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from chinese_calendar.constants import Holiday as Festival
from chinese_calendar.constants import holidays, workdays
from django.utils.translation import gettext_lazy


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


_NAMES = {
    Festival.new_years_day: gettext_lazy("New Year"),
    Festival.spring_festival: gettext_lazy("Spring Festival"),
    Festival.tomb_sweeping_day: gettext_lazy("Tomb-Sweeping Day"),
    Festival.labour_day: gettext_lazy("Labour Day"),
    Festival.dragon_boat_festival: gettext_lazy("Dragon Boat Festival"),
    Festival.national_day: gettext_lazy("National Day"),
    Festival.mid_autumn_festival: gettext_lazy("Mid-Autumn Festival"),
}


def festival_of(day: date) -> str:
    """The festival that a day off belongs to, or a workday makes up for, as announced; "" where that is not known."""
    value = holidays.get(day) or workdays.get(day)
    return str(next((name for festival, name in _NAMES.items() if festival.value == value), "")) if value else ""


def _of_year(days: frozenset[date], year: int) -> frozenset[date]:
    return frozenset(day for day in days if day.year == year)
