from datetime import datetime
from typing import Any

from customers.domain import phone as phones
from customers.domain import record
from customers.models import Customer

FIELDS = frozenset({"code", "name", "short_name", "industry", "phone", "is_key", "is_active"})


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
    }
    record.save(customer, values, actor=actor, action="customer.create", now=now)
    return customer


def change(*, customer: Customer, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`. InputError at the field for bad input, StaleError if `version` is no longer the row's."""
    if "phone" in values:
        values["phone"] = phones.stored(values["phone"])
    record.change(customer, values, FIELDS, version=version, actor=actor, action="customer.change", now=now)
