"""Master data is written here: one row checked, saved and noted in the audit trail in one transaction."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from core import hooks
from core.domain import audit
from core.errors import InputError, StaleError

VERSION_LENGTH = 16


def save(record: models.Model, values: Mapping[str, Any], *, actor: Any, action: str, now: datetime) -> None:
    """Set `values` on a new or stored row, save it and audit what changed; without a change nothing is written.

    A stored row is locked and read again first. Texts are stripped. InputError at the field that the model refuses.
    What else follows from a saved row is hooked to `record.save`; the tenant noted is the row's `customer_id`.
    """
    with transaction.atomic():
        new = record.pk is None
        if not new:
            record.refresh_from_db(from_queryset=type(record)._default_manager.select_for_update())
        changes = _set(record, values)
        if changes or new:
            _check(record)
            _write(record, None if new else list(changes))
            hooks.run_after("record.save", row=record)
            audit.record(
                actor=actor,
                action=action,
                subject=subject(record),
                changes=changes,
                now=now,
                customer_id=getattr(record, "customer_id", None),
            )


def change(
    record: models.Model, values: Mapping[str, Any], allowed: frozenset[str], *, version: str | None = None, **act: Any
) -> None:
    """`save` for a stored row, for the `allowed` fields only; another field is a mistake in the code (TypeError).

    With a `version` (`version_of` the row when the form was drawn) StaleError if the row is no longer the same.
    """
    if record.pk is None or not allowed.issuperset(values):
        raise TypeError(f"{sorted(set(values) - allowed)} cannot be changed")
    with transaction.atomic():
        if version is not None:
            check_version(record, allowed, version)
        save(record, values, **act)


def version_of(record: models.Model, fields: Iterable[str], **more: Any) -> str:
    """What a form carries in place of a version number: a digest of the values that it shows.

    Master data has no version column; the values themselves are what somebody else may have changed meanwhile.
    """
    shown = {name: _plain(record.serializable_value(name)) for name in fields} | more
    return sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:VERSION_LENGTH]


def check_version(record: models.Model, fields: frozenset[str], version: str) -> None:
    """Lock the row and read it again; StaleError, with its present values, if the version is another one."""
    record.refresh_from_db(from_queryset=type(record)._default_manager.select_for_update())
    if version_of(record, fields) != version:
        raise stale(record, fields)


def stale(record: models.Model, fields: Iterable[str]) -> StaleError:
    current = {name: _plain(record.serializable_value(name)) for name in sorted(fields)}
    return StaleError(_("This entry was changed by someone else. Please check it and save again."), current)


def subject(record: models.Model) -> str:
    """The key text by which the audit trail and other apps name a row, e.g. `customers.site:12`."""
    return f"{record._meta.label_lower}:{record.pk}"


def _set(record: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    changes = {}
    for field, value in values.items():
        before, after = getattr(record, field, None), value.strip() if isinstance(value, str) else value
        setattr(record, field, after)
        if before != after:
            changes[field] = [_plain(before), _plain(after)]
    return changes


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: rows by their key, days and times as ISO text, decimals as text."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _check(record: models.Model) -> None:
    for field, value in vars(record).items():
        if isinstance(value, str) and "\x00" in value:
            raise InputError("invalid", _("Please remove the characters that cannot be shown."), field)
    try:
        record.full_clean()
    except ValidationError as error:
        field, problems = next(iter(error.message_dict.items()))
        raise InputError("invalid", problems[0], "" if field == NON_FIELD_ERRORS else field) from error


def _write(record: models.Model, fields: list[str] | None) -> None:
    try:
        with transaction.atomic():
            record.save(update_fields=fields)
    except IntegrityError as error:
        message = _("This entry was changed by someone else. Please check it and save again.")
        raise InputError("conflict", message) from error
