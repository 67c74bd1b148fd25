"""Our own offices: where they are, what they reach and repair [001][003]."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ServiceCenter
from accounts.permissions import is_staff
from core import hooks, phones
from core.domain import record
from core.errors import InputError
from core.geo import point

FIELDS = frozenset(
    {
        *("code", "name", "city", "districts", "latitude", "longitude"),
        *("head", "contact", "phone", "address", "repairs", "is_active"),
    }
)
MOST_DISTRICTS, LONGEST_DISTRICT = 100, 40


def create(*, code: str, name: str, city: str, actor: Any, now: datetime, **values: Any) -> ServiceCenter:
    """Open an office; `values` are any further of `FIELDS`. InputError at the field for bad input."""
    center = ServiceCenter()
    given = {"code": code, "name": name, "city": city, **values}
    record.save(center, _checked(center, given), actor=actor, action="service_center.create", now=now)
    return center


def change(
    *, service_center: ServiceCenter, actor: Any, now: datetime, version: str | None = None, **values: Any
) -> None:
    """Change any of `FIELDS`; what is estimated from the office's place follows in the same transaction, by the hook
    `after("accounts.change_service_center")`.

    InputError at the field, StaleError if `version` is no longer the row's.
    """
    given = _checked(service_center, values)
    act: dict[str, Any] = {"actor": actor, "now": now}
    with transaction.atomic():
        record.change(service_center, given, FIELDS, version=version, action="service_center.change", **act)
        hooks.run_after("accounts.change_service_center", center=service_center, **act)


def version_of(center: ServiceCenter) -> str:
    return record.version_of(center, FIELDS)


def cleaned_districts(names: Iterable[Any]) -> list[str]:
    """Each district once, in the order given. InputError at `districts`."""
    kept = list(dict.fromkeys(str(name).strip() for name in names if str(name).strip()))
    if len(kept) > MOST_DISTRICTS or any(len(name) > LONGEST_DISTRICT for name in kept):
        limits = {"most": MOST_DISTRICTS, "longest": LONGEST_DISTRICT}
        message = _("At most %(most)s districts of %(longest)s characters each.") % limits
        raise InputError("districts", message, "districts")
    return kept


def _checked(center: ServiceCenter, values: dict[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if "phone" in given:
        given["phone"] = phones.stored(given["phone"])
    if "districts" in given:
        given["districts"] = cleaned_districts(given["districts"])
    if given.get("head") is not None and not is_staff(given["head"]):
        raise InputError("not_staff", _("Please choose a colleague who works here."), "head")
    if not {"latitude", "longitude"}.isdisjoint(given):
        place = {name: given.get(name, getattr(center, name)) for name in ("latitude", "longitude")}
        given["latitude"], given["longitude"] = point(**place) or (None, None)
    return given
