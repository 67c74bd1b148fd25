"""One effect per Idempotency-Key, with the same answer for every repetition."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InputError, RuleError
from core.models import IdempotencyKey

KEY_MAX = 80
AT_WORK = {"at_work": True}


@dataclass(frozen=True)
class Answer:
    """What a request was answered: an HTTP status and a JSON-able body."""

    status: int
    body: Any
    repeated: bool = False


def once(*, actor: Any, key: str, request: bytes, now: datetime, act: Callable[[], Answer]) -> Answer:
    """Run `act` in one transaction with the key's row; a repetition gets the stored answer and runs nothing.

    Two requests at the same time: the second waits for the first's commit. A refusal (exception) rolls the key back,
    so that it can be used again. The same key with another request is refused with `key_reused`.
    """
    _check_key(key)
    fingerprint = sha256(request).hexdigest()
    with transaction.atomic():
        row = IdempotencyKey(actor=actor, key=key, fingerprint=fingerprint, created_at=now)
        IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
        stored = IdempotencyKey.objects.select_for_update().get(actor=actor, key=key)
        _check_same(stored, fingerprint)
        if stored.status is not None:
            return Answer(stored.status, stored.answer, repeated=True)
        answer = act()
        IdempotencyKey.objects.filter(pk=stored.pk).update(status=answer.status, answer=answer.body)
    return answer


def each_once(*, actor: Any, key: str, request: bytes, now: datetime, act: Callable[[], Answer]) -> Answer:
    """Like `once` for an act of many transactions of its own, which `act` opens: call it outside of any.

    A repetition while the first is still at work is refused with `in_progress`. If `act` raises, the key can be used
    again; what it had done until then stays.
    """
    _check_key(key)
    fingerprint = sha256(request).hexdigest()
    row = IdempotencyKey(actor=actor, key=key, fingerprint=fingerprint, created_at=now)
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    stored = IdempotencyKey.objects.get(actor=actor, key=key)
    _check_same(stored, fingerprint)
    if stored.status is not None:
        return Answer(stored.status, stored.answer, repeated=True)
    if not IdempotencyKey.objects.filter(pk=stored.pk, status=None, answer__isnull=True).update(answer=AT_WORK):
        raise RuleError("in_progress", _("This is still being done. Please look at the list in a moment."))
    try:
        answer = act()
    except BaseException:
        IdempotencyKey.objects.filter(pk=stored.pk).delete()
        raise
    IdempotencyKey.objects.filter(pk=stored.pk).update(status=answer.status, answer=answer.body)
    return answer


def answer_to(actor: Any, key: str) -> Answer | None:
    """What this person's request of the key was answered; None for one that never was, or not yet."""
    stored = IdempotencyKey.objects.filter(actor=actor, key=key).exclude(status=None).first()
    return Answer(stored.status or 0, stored.answer, repeated=True) if stored else None


def _check_key(key: str) -> None:
    if not key or len(key) > KEY_MAX or not key.isprintable():
        raise InputError("key_invalid", _("An Idempotency-Key has 1 to 80 printable characters."), "Idempotency-Key")


def _check_same(stored: IdempotencyKey, fingerprint: str) -> None:
    if stored.fingerprint != fingerprint:
        raise RuleError("key_reused", _("This Idempotency-Key was used for another request."), "Idempotency-Key")
