from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.domain import record
from core.errors import InputError
from customers.domain import access
from customers.domain import phone as phones
from customers.models import Customer, Partner

FIELDS = frozenset({"code", "name", "short_name", "industry", "phone", "is_key", "is_active", "partner"})


def create(
    *,
    code: str,
    name: str,
    actor: Any,
    now: datetime,
    short_name: str = "",
    industry: str = "",
    phone: str = "",
    is_key: bool = False,
    partner: Partner | None = None,
) -> Customer:
    """Take in an organisation; without a short name it is called by its name. InputError at the field for bad input."""
    customer = Customer(created_at=now)
    values = {
        "code": code,
        "name": name,
        "short_name": short_name or name.strip()[:40],
        "industry": industry,
        "phone": phones.stored(phone),
        "is_key": is_key,
        "partner": partner,
    }
    _refuse_idle(partner)
    record.save(customer, values, actor=actor, action="customer.create", now=now)
    return customer


def change(*, customer: Customer, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`. With `is_active` the access of its people follows at once (`access.settle_all`).

    InputError at the field for bad input, StaleError if `version` is no longer the row's.
    """
    if "phone" in values:
        values["phone"] = phones.stored(values["phone"])
    with transaction.atomic():
        before = Customer.objects.select_for_update().get(pk=customer.pk)
        if values.get("partner") != before.partner:
            _refuse_idle(values.get("partner"))
        record.change(customer, values, FIELDS, version=version, actor=actor, action="customer.change", now=now)
        if customer.is_active != before.is_active:
            access.settle_all(customer=customer, actor=actor, now=now)


def _refuse_idle(partner: Partner | None) -> None:
    if partner is not None and not partner.is_active:
        raise InputError("not_active", _("We no longer work with this partner."), "partner")
