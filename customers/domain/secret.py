"""Access data of customers' systems: sealed at once, shown on demand, every look on record (domain.md §14).

The sealed parts (address, user, password, parameters) are in no column, no audit line, no search text and no log.
"""

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import crypto
from core.domain import audit
from core.errors import InputError, RuleError
from customers.domain import record
from customers.models import Asset, Customer, Secret, SecretLook

FIELDS = frozenset({"name", "asset"})
PARTS = ("address", "username", "password", "parameters")
BATCH = 200


def create(
    *, customer: Customer, name: str, actor: Any, now: datetime, asset: Asset | None = None, **parts: str
) -> Secret:
    """Seal the access data of a customer's system. `parts` are some of `PARTS`, at least one of them filled.

    InputError at the field; Unavailable without a key.
    """
    secret = Secret(customer=customer, sealed_at=now, sealed_by=actor)
    values = {"name": name.strip(), "asset": asset}
    with transaction.atomic():
        _check(secret, values)
        secret.cipher = _sealed(secret, {}, parts)
        record.save(secret, values, actor=actor, action="secret.create", now=now)
    return secret


def change(*, secret: Secret, version: str | None = None, actor: Any, now: datetime, **values: Any) -> None:
    """Change name or device, and replace those sealed parts that are not empty.

    InputError at the field, StaleError if `version` is no longer the row's, RuleError `removed`.
    """
    parts = {name: values.pop(name, "") for name in PARTS}
    with transaction.atomic():
        _lock(secret)
        if version is not None:
            record.check_version(secret, FIELDS, version)
        _check(secret, values)
        record.change(secret, values, FIELDS, actor=actor, action="secret.change", now=now)
        if any(parts.values()):
            secret.cipher = _sealed(secret, _parts_of(secret), parts)
            secret.sealed_at, secret.sealed_by = now, actor
            secret.save(update_fields=["cipher", "sealed_at", "sealed_by"])
            _note(secret, "secret.replace", {"parts": [None, _named(parts)]}, actor, now)


def show(*, secret: Secret, reason: str, actor: Any, now: datetime) -> dict[str, str]:
    """The sealed parts, after the look has been written down. InputError at `reason` without one, RuleError `removed`.

    The look is committed before this answers: call it outside of any other transaction.
    """
    with transaction.atomic(durable=True):
        return look(secret=secret, reason=reason, actor=actor, now=now)


def look(*, secret: Secret, reason: str, actor: Any, now: datetime) -> dict[str, str]:
    """`show` within the caller's transaction; whoever calls it lets nobody see the answer before that is committed."""
    said = reason.strip()[:200]
    if len(said) < 2:
        raise InputError("required", _("Please say what you need the access data for."), "reason")
    with transaction.atomic():
        _lock(secret)
        shown = _parts_of(secret)
        SecretLook.objects.create(secret=secret, customer_id=secret.customer_id, user=actor, at=now, reason=said)
        _note(secret, "secret.show", {"reason": [None, said]}, actor, now)
    return shown


def remove(*, secret: Secret, actor: Any, now: datetime) -> None:
    """Destroy the sealed parts; name and looks stay. Twice is once."""
    with transaction.atomic():
        secret.refresh_from_db(from_queryset=Secret.objects.select_for_update())
        if secret.removed_at is None:
            secret.removed_at, secret.cipher = now, b""
            secret.save(update_fields=["removed_at", "cipher"])
            _note(secret, "secret.remove", {}, actor, now)


def reseal() -> tuple[int, int]:
    """Put every secret under the newest key, a batch at a time, and leave alone those under it already.

    How many were sealed anew, and how many there are. Unavailable at the first that no key opens; run it again then.
    """
    kept = Secret.objects.filter(removed_at=None)
    keys = list(kept.order_by("pk").values_list("pk", flat=True))
    return sum(_reseal(keys[start : start + BATCH]) for start in range(0, len(keys), BATCH)), len(keys)


@transaction.atomic
def _reseal(keys: list[int]) -> int:
    done = 0
    for secret in Secret.objects.filter(pk__in=keys, removed_at=None).order_by("pk").select_for_update(no_key=True):
        if not crypto.has_newest_key(secret.cipher):
            Secret.objects.filter(pk=secret.pk).update(cipher=crypto.resealed(secret.cipher, _context(secret)))
            done += 1
    return done


def _lock(secret: Secret) -> None:
    secret.refresh_from_db(from_queryset=Secret.objects.select_for_update(no_key=True))
    if secret.removed_at:
        raise RuleError("removed", _("This access data has been removed."))


def _check(secret: Secret, values: dict[str, Any]) -> None:
    asset, name = values.get("asset"), str(values.get("name", secret.name)).strip()
    if asset is not None and asset.customer_id != secret.customer_id:
        raise InputError("foreign", _("This device does not belong to the customer."), "asset")
    twins = Secret.objects.filter(customer=secret.customer_id, name=name, removed_at=None).exclude(pk=secret.pk)
    if "\x00" not in name and twins.exists():
        raise InputError("taken", _("There is access data of this name already."), "name")


def _sealed(secret: Secret, stored: dict[str, str], given: dict[str, str]) -> bytes:
    if unknown := given.keys() - set(PARTS):
        raise TypeError(f"{sorted(unknown)} cannot be sealed")
    parts = stored | {name: value for name, value in given.items() if value}
    if not parts:
        raise InputError("required", _("Please fill in at least one of address, user, password, parameters."))
    return crypto.seal(json.dumps(parts, ensure_ascii=False), _context(secret))


def _parts_of(secret: Secret) -> dict[str, str]:
    parts: dict[str, str] = json.loads(crypto.opened(secret.cipher, _context(secret)))
    return {name: parts[name] for name in PARTS if name in parts}


def _context(secret: Secret) -> str:
    """What the cipher is bound to: of another row it does not open."""
    return f"customers.secret:{secret.ref}"


def _named(parts: dict[str, str]) -> str:
    return ", ".join(name for name in PARTS if parts[name])


def _note(secret: Secret, action: str, changes: dict[str, Any], actor: Any, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=record.subject(secret),
        changes=changes,
        now=now,
        customer_id=secret.customer_id,
    )
