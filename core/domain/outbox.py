"""Messages as rows: written with the business, delivered by ticks, at least once and with a stable key."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from core.enums import OutboxState
from core.models import Outbox

logger = logging.getLogger(__name__)
Deliverer = Callable[[Outbox, datetime], None]
_deliverers: dict[str, Deliverer] = {}

LEASE = timedelta(minutes=2)
ROUNDS = 20
BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15, 60, 120, 240, 480, 600)]


def deliverer(kind: str) -> Callable[[Deliverer], Deliverer]:
    """Declare the function that delivers a kind. It runs in the transaction that marks the row sent."""

    def register(function: Deliverer) -> Deliverer:
        _deliverers[kind] = function
        return function

    return register


def post(*, kind: str, key: str, payload: dict[str, Any], now: datetime, not_before: datetime | None = None) -> None:
    """Add a message in the caller's transaction; a key that exists already adds nothing."""
    row = Outbox(kind=kind, key=key, payload=payload, created_at=now, not_before=not_before or now)
    Outbox.objects.bulk_create([row], ignore_conflicts=True)


def withdraw(key: str) -> bool:
    """Take back a message that has not left yet (undo). True if it was still here."""
    return Outbox.objects.filter(key=key, state=OutboxState.NEW).update(state=OutboxState.VOID) == 1


def drain(now: datetime, limit: int = 200) -> int:
    """Deliver what is due, also what delivering adds. Any number of workers may run this side by side.

    Claims `limit` rows at a time, at most ROUNDS times. Returns how many were delivered.
    """
    delivered = 0
    for _ in range(ROUNDS):
        claimed = _claim(now, limit)
        delivered += sum(_deliver(pk, now) for pk in claimed)
        if not claimed:
            break
    return delivered


def _claim(now: datetime, limit: int) -> list[int]:
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    with transaction.atomic():
        due = Outbox.objects.filter(free, state=OutboxState.NEW, not_before__lte=now).order_by("not_before")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        Outbox.objects.filter(pk__in=ids).update(lease_until=now + LEASE, attempts=F("attempts") + 1)
    return ids


def _deliver(pk: int, now: datetime) -> int:
    try:
        with transaction.atomic():
            row = Outbox.objects.select_for_update().get(pk=pk)
            if row.state != OutboxState.NEW:
                return 0
            _deliverers[row.kind](row, now)
            Outbox.objects.filter(pk=pk).update(state=OutboxState.SENT, sent_at=now, lease_until=None, error="")
    except Exception as error:
        logger.exception("outbox row %s was not delivered", pk)
        _put_back(pk, error, now)
        return 0
    return 1


def _put_back(pk: int, error: Exception, now: datetime) -> None:
    row = Outbox.objects.get(pk=pk)
    exhausted = row.attempts >= len(BACKOFF)
    Outbox.objects.filter(pk=pk, state=OutboxState.NEW).update(
        state=OutboxState.DEAD if exhausted else OutboxState.NEW,
        not_before=now + BACKOFF[min(row.attempts, len(BACKOFF)) - 1],
        lease_until=None,
        error=f"{type(error).__name__}: {error}"[:500],
    )
