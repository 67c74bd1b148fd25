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
    if not key or len(key) > KEY_MAX or not key.isprintable():
        raise InputError("key_invalid", _("An Idempotency-Key has 1 to 80 printable characters."), "Idempotency-Key")
    fingerprint = sha256(request).hexdigest()
    with transaction.atomic():
        row = IdempotencyKey(actor=actor, key=key, fingerprint=fingerprint, created_at=now)
        IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
        stored = IdempotencyKey.objects.select_for_update().get(actor=actor, key=key)
        if stored.fingerprint != fingerprint:
            raise RuleError("key_reused", _("This Idempotency-Key was used for another request."), "Idempotency-Key")
        if stored.status is not None:
            return Answer(stored.status, stored.answer, repeated=True)
        answer = act()
        IdempotencyKey.objects.filter(pk=stored.pk).update(status=answer.status, answer=answer.body)
    return answer
