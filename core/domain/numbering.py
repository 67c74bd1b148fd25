"""Gapless numbers per prefix and Asia/Shanghai month: WB-2611-00001 (decisions 17)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

_OFFICE = ZoneInfo("Asia/Shanghai")
_NEXT = """
insert into core_counter (prefix, period, last) values (%s, %s, 1)
on conflict (prefix, period) do update set last = core_counter.last + 1 returning last
"""


def next_number(prefix: str, now: datetime) -> str:
    """The next number of the month of `now`.

    Takes the counter's row lock until the caller's transaction ends: call it after every other lock is held.
    A rollback gives the number back, so there are no gaps.
    """
    period = f"{now.astimezone(_OFFICE):%y%m}"
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [prefix, period])
        (last,) = cursor.fetchone()
    return f"{prefix}-{period}-{last:05d}"
