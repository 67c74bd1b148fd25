from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from core.enums import OutboxState
from core.models import Heartbeat, Outbox

LATE = timedelta(seconds=60)
PARTS = ("beat", "worker", "clock", "outbox")


@dataclass(frozen=True)
class Pulse:
    """A part of the installation and the age of its last sign of life (None: never seen)."""

    name: str
    at: datetime | None
    age: timedelta | None

    @property
    def late(self) -> bool:
        return self.age is None or self.age > LATE


def pulses(now: datetime) -> list[Pulse]:
    seen = dict(Heartbeat.objects.values_list("name", "at"))
    return [Pulse(name, seen.get(name), now - seen[name] if name in seen else None) for name in PARTS]


@dataclass(frozen=True)
class Backlog:
    """Messages that wait beyond their time, and messages given up."""

    waiting: int
    oldest: datetime | None
    dead: int


def backlog(now: datetime) -> Backlog:
    due = Outbox.objects.filter(state=OutboxState.NEW, not_before__lte=now).order_by("not_before")
    oldest = due.values_list("not_before", flat=True).first()
    return Backlog(due.count(), oldest, Outbox.objects.filter(state=OutboxState.DEAD).count())


def clock_drift(now: datetime) -> float:
    """Seconds by which the clock of the database is ahead of ours."""
    with connection.cursor() as cursor:
        cursor.execute("select extract(epoch from clock_timestamp())::float8")
        (theirs,) = cursor.fetchone()
    return float(theirs) - now.timestamp()
