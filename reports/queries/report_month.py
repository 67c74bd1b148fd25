"""Calendar months of our office (Asia/Shanghai), the span of a customer's report."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")
DRAFTED_FROM = time(6)
"""At this hour of a month's first day the month before is reported on."""


@dataclass(frozen=True, order=True)
class Month:
    """One month; `first` is its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.replace(day=1))

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month of "2026-11". ValueError for anything else."""
        year, month = text.split("-")
        if len(text) != 7 or not (year + month).isdecimal() or not text.isascii():
            raise ValueError(text)
        return cls(date(int(year), int(month), 1))

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month.of(self.first + timedelta(days=31))

    @property
    def previous(self) -> "Month":
        return Month.of(self.first - timedelta(days=1))

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return datetime.combine(self.first, time(), OFFICE)

    @property
    def end(self) -> datetime:
        """The first instant that is no longer in it."""
        return self.next.start

    def back(self, months: int) -> "Month":
        return self if months == 0 else self.previous.back(months - 1)

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def last_to_report(now: datetime) -> Month:
    """The last month that is over; on a first day before six in the morning the one before that."""
    local = now.astimezone(OFFICE)
    over = Month.of(local.date()).previous
    early = local.day == 1 and local.time() < DRAFTED_FROM
    return over.previous if early else over
