"""Working time: which instants are open, how much open time lies between two of them, when a budget of it is used up.

Pure arithmetic without a clock of its own. A calendar is local (weekly windows in a zone, days off, make-up workdays);
its answers are instants in UTC. Windows become UTC intervals once per year of the calendar, with a running sum of open
time beside them, so that each question is two binary searches.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Self
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_YEAR, LAST_YEAR = 1900, 2500
"""Local years in which a calendar can be asked; a bound on the work that an absurd date can cause."""

Window = tuple[int, int]
"""Minutes of the local day, opening and closing; a window through midnight closes after minute 1440."""

_DAY = 24 * 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_MARGIN = timedelta(days=3)
_WHOLE_WEEK: tuple[tuple[Window, ...], ...] = (((0, _DAY),),) * 7


@dataclass(frozen=True)
class WorkCalendar:
    """Open time of one calendar. Immutable; equal calendars answer equally.

    `week` has the windows of Monday to Sunday. Days in `workdays` have the hours of mon-fri, days in `holidays` none
    (a make-up workday wins over a holiday), days in `closures` none whatever else is said.
    `announced` names the years whose public holidays are known; None: the calendar does not follow them.
    `standard_day` is the length of "one working day" in seconds, None where the calendar has none.
    Raises ValueError if no window is open in any week.
    """

    zone: ZoneInfo
    week: tuple[tuple[Window, ...], ...] = _WHOLE_WEEK
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    closures: frozenset[date] = frozenset()
    standard_day: int | None = None
    announced: frozenset[int] | None = None
    is_always_open: bool = field(init=False, repr=False, compare=False)
    _memory: "_Memory" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not any(self.week):
            raise ValueError("a calendar needs open hours")
        object.__setattr__(self, "is_always_open", self.week == _WHOLE_WEEK and not (self.holidays or self.closures))
        object.__setattr__(self, "_memory", _Memory())

    @classmethod
    def from_hours(
        cls,
        zone: str | ZoneInfo,
        hours: Mapping[str, Sequence[str]],
        *,
        holidays: Iterable[date] = (),
        workdays: Iterable[date] = (),
        closures: Iterable[date] = (),
        standard_day: int | None = None,
        announced: Iterable[int] | None = None,
    ) -> Self:
        """A calendar from text: {"mon-fri": ["09:00-12:00", "13:00-18:00"], "sat,sun": [...], "daily": [...]}.

        A window that closes at or before its opening runs through midnight. Raises ValueError with the text at fault.
        """
        return cls(
            zone=ZoneInfo(zone) if isinstance(zone, str) else zone,
            week=parse_hours(hours),
            holidays=frozenset(holidays),
            workdays=frozenset(workdays),
            closures=frozenset(closures),
            standard_day=standard_day,
            announced=None if announced is None else frozenset(announced),
        )

    @classmethod
    def always(cls, zone: str | ZoneInfo = "UTC") -> Self:
        """The calendar that is never closed."""
        return cls(zone=ZoneInfo(zone) if isinstance(zone, str) else zone)

    def with_closures(self, dates: Iterable[date]) -> Self:
        """This calendar with more days off on top, also on make-up workdays."""
        return replace(self, closures=self.closures | frozenset(dates))

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first instant at which `seconds` of open time have passed since `start`, in UTC.

        One that falls on a closing time stays there; a start outside open time counts from the next opening.
        Nothing to add gives `start` itself. Raises ValueError for negative time and outside FIRST_YEAR..LAST_YEAR.
        """
        if seconds < 0:
            raise ValueError("time can only be added")
        if not seconds or self.is_always_open:
            return start.astimezone(UTC) + timedelta(seconds=seconds)
        at, wanted = _micros(start), round(seconds * 1_000_000)
        table = self._table(at, at)
        while (goal := table.open_before(at) + wanted) > table.total:
            table = self._memory.build(self, table.first_year, table.last_year + 1)
        return _instant(table.reached(goal))

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Seconds of open time between two instants, exact to the microsecond; 0 where `end` is not after `start`."""
        start, end = (
            start.astimezone(UTC),
            end.astimezone(UTC),
        )  # two times of one zone would compare by their wall time
        if end <= start:
            return 0.0
        if self.is_always_open:
            return (end - start).total_seconds()
        low, high = _micros(start), _micros(end)
        table = self._table(low, high)
        return (table.open_before(high) - table.open_before(low)) / 1_000_000

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in open time; an opening belongs to it, a closing does not."""
        moment = _micros(at)
        return self.is_always_open or self._table(moment, moment).is_open(moment)

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself while open, else the next instant at which the calendar opens, in UTC."""
        if self.is_open(at):
            return at.astimezone(UTC)
        moment = _micros(at)
        table = self._table(moment, moment)
        while (opening := table.opening_after(moment)) is None:
            table = self._memory.build(self, table.first_year, table.last_year + 1)
        return _instant(opening)

    def unannounced_years(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """Local years from `start` to `end` whose public holidays the calendar should know and does not (rule 12)."""
        if self.announced is None:
            return ()
        years = range(start.astimezone(self.zone).year, end.astimezone(self.zone).year + 1)
        return tuple(year for year in years if year not in self.announced)

    def windows(self, day: date) -> tuple[Window, ...]:
        """The windows that open on a local date."""
        if day in self.closures:
            return ()
        if day in self.workdays:
            return next((windows for windows in self.week[:5] if windows), self.week[day.weekday()])
        return () if day in self.holidays else self.week[day.weekday()]

    def _table(self, low: int, high: int) -> "_Table":
        table = self._memory.table
        if table is None or low < table.low or high > table.high:
            table = self._memory.build(self, (_instant(low) - _MARGIN).year, (_instant(high) + _MARGIN).year)
        return table


def parse_hours(hours: Mapping[str, Sequence[str]]) -> tuple[tuple[Window, ...], ...]:
    """Windows of Monday to Sunday from text. Keys: daily, a day, a span (mon-fri) or a list (sat,sun) of days."""
    week: dict[int, tuple[Window, ...]] = {}
    for days, texts in hours.items():
        windows = tuple(sorted(_window(text) for text in texts))
        for weekday in _weekdays(days):
            if weekday in week:
                raise ValueError(f"{WEEKDAYS[weekday]} has hours twice")
            week[weekday] = windows
    return tuple(week.get(weekday, ()) for weekday in range(7))


def local_instant(zone: ZoneInfo, local: datetime) -> datetime:
    """The instant of a naive local time, in UTC.

    A time that occurs twice (clocks set back) means its first occurrence, one that is skipped the moment of the jump.
    """
    early = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    # The two differ around a change of the offset; only in a gap does the later fold give the earlier instant.
    return early if late >= early else _jump(zone, late, early)


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while after - before > _MICRO:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def _weekdays(key: str) -> list[int]:
    if key == "daily":
        return list(range(7))
    days: list[int] = []
    for part in key.split(","):
        first, _, last = part.strip().partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise ValueError(f"unknown weekday {part.strip()!r}")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        if end < start:
            raise ValueError(f"weekdays run backwards: {part.strip()!r}")
        days.extend(range(start, end + 1))
    return days


def _window(text: str) -> Window:
    opening, dash, closing = text.partition("-")
    start, end = _minute(opening, text), _minute(closing, text)
    if not dash or start in (end, _DAY):
        raise ValueError(f"not a window of time: {text!r}")
    return (start, end) if end > start else (start, end + _DAY)


def _minute(clock: str, text: str) -> int:
    hours, _, minutes = clock.strip().partition(":")
    if not (len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit()):
        raise ValueError(f"not a window of time: {text!r}")
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or minute > _DAY:
        raise ValueError(f"not a window of time: {text!r}")
    return minute


def _micros(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


@dataclass(frozen=True, slots=True)
class _Table:
    """Open intervals of some years in microseconds since the epoch, and the open time before and after each of them."""

    first_year: int
    last_year: int
    starts: list[int]
    ends: list[int]
    sums: list[int]
    low: int
    high: int

    @property
    def total(self) -> int:
        return self.sums[-1] if self.sums else 0

    def open_before(self, at: int) -> int:
        """Open microseconds from the table's first instant to `at`."""
        index = bisect_right(self.starts, at) - 1
        return self.sums[index] - max(self.ends[index] - at, 0) if index >= 0 else 0

    def reached(self, goal: int) -> int:
        """The first instant with `goal` open microseconds before it."""
        index = bisect_left(self.sums, goal)
        return self.ends[index] - (self.sums[index] - goal)

    def is_open(self, at: int) -> bool:
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and at < self.ends[index]

    def opening_after(self, at: int) -> int | None:
        index = bisect_right(self.starts, at)
        return self.starts[index] if index < len(self.starts) else None


class _Memory:
    """What a calendar has worked out so far: intervals by year and the table over the years asked for."""

    __slots__ = ("table", "years")

    def __init__(self) -> None:
        self.years: dict[int, list[tuple[int, int]]] = {}
        self.table: _Table | None = None

    def build(self, calendar: WorkCalendar, first: int, last: int) -> _Table:
        """A table over the years `first` to `last` and those that the present one has."""
        if self.table is not None:
            first, last = min(first, self.table.first_year), max(last, self.table.last_year)
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise ValueError(f"a calendar covers the years {FIRST_YEAR} to {LAST_YEAR}")
        for year in range(first, last + 1):
            if year not in self.years:
                self.years[year] = _intervals(calendar, year)
        starts, ends = _merge(pair for year in range(first, last + 1) for pair in self.years[year])
        sums = list(accumulate(end - start for start, end in zip(starts, ends, strict=True)))
        low = _micros(datetime(first, 1, 3, tzinfo=UTC))
        high = _micros(datetime(last, 12, 29, tzinfo=UTC))
        self.table = table = _Table(first, last, starts, ends, sums, low, high)
        return table


def _intervals(calendar: WorkCalendar, year: int) -> list[tuple[int, int]]:
    """The intervals of the windows that open on a day of the local year, in order."""
    found: list[tuple[int, int]] = []
    day = date(year, 1, 1)
    while day.year == year:
        midnight = datetime.combine(day, time())
        for window in calendar.windows(day):
            opening, closing = (local_instant(calendar.zone, midnight + timedelta(minutes=at)) for at in window)
            found.append((_micros(opening), _micros(closing)))
        day += timedelta(days=1)
    return found


def _merge(pairs: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Starts and ends of the intervals, those that touch or overlap made one, empty ones left out."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in pairs:
        if end <= start:
            continue
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends
