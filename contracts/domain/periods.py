"""The stretches of a term in which something is owed anew, and by when each piece of it is due. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.enums import Per

MONTHS = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days `first` to `last`, both included, in which `owed` pieces are due."""

    first: date
    last: date
    owed: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def due(self, piece: int) -> date:
        """By when the piece (1, 2, …) is done if all of them are spread evenly; the last one on the last day."""
        return self.first + timedelta(days=-(-self.days * piece // self.owed) - 1)


def periods(first: date, last: date, times: int, per: str) -> Iterator[Period]:
    """The periods of a term, counted in calendar months from its first day.

    One that the end of the term cuts short owes its share by days, rounded down (ours: the sources leave it open).
    """
    if per == Per.TERM:
        yield Period(first, last, times)
        return
    number, start, length = 0, first, MONTHS[Per(per)]
    while start <= last:
        number += 1
        following = months_later(first, number * length)
        end = following - ONE_DAY
        if end <= last:
            yield Period(start, end, times)
        else:
            whole, there = (following - start).days, (last - start).days + 1
            yield Period(start, last, times * there // whole)
        start = following


def months_later(day: date, months: int) -> date:
    """The corresponding day so many calendar months later, at most the last one of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
