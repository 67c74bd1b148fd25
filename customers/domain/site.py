from datetime import datetime
from typing import Any

from customers.domain import record
from customers.models import Customer, Site

FIELDS = frozenset({"name", "address", "district", "locality", "distance_km"})


def create(
    *,
    customer: Customer,
    name: str,
    address: str,
    locality: str,
    distance_km: int,
    actor: Any,
    now: datetime,
    district: str = "",
) -> Site:
    """Add a place where a customer's equipment stands. InputError at the field for bad input."""
    site = Site(customer=customer)
    values = {
        "name": name,
        "address": address,
        "district": district,
        "locality": locality,
        "distance_km": distance_km,
    }
    record.save(site, values, actor=actor, action="site.create", now=now)
    return site


def change(*, site: Site, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`; tickets keep the facts they were reported with.

    InputError at the field, StaleError if `version` is no longer the row's.
    """
    record.change(site, values, FIELDS, version=version, actor=actor, action="site.change", now=now)
