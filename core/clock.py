"""The one clock of the product. `now()` is read at the edge (view, task, command) and passed down as `now=`.

Tests move it with `frozen` or `shifted`; nothing else in the code base reads the time of day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

_frozen: datetime | None = None
_shift = timedelta()


def now() -> datetime:
    """The present instant, in UTC, with microseconds."""
    return _frozen if _frozen is not None else datetime.now(UTC) + _shift


def office_day(at: datetime) -> date:
    """The day in the office at an instant: days of contracts, terms and periods count in its zone."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at one instant (tests)."""
    global _frozen
    before, _frozen = _frozen, at.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Let the clock run, moved by a span (tests of clock jumps)."""
    global _shift
    before, _shift = _shift, by
    try:
        yield
    finally:
        _shift = before
