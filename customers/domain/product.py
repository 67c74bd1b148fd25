from datetime import datetime
from typing import Any

from customers.domain import record
from customers.models import Product

FIELDS = frozenset({"code", "name", "kind"})


def create(*, code: str, name: str, kind: str, actor: Any, now: datetime) -> Product:
    """Add a catalogue entry. InputError at the field for bad input."""
    product = Product()
    record.save(product, {"code": code, "name": name, "kind": kind}, actor=actor, action="product.create", now=now)
    return product


def change(*, product: Product, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`. InputError at the field for bad input, StaleError if `version` is no longer the row's."""
    record.change(product, values, FIELDS, version=version, actor=actor, action="product.change", now=now)
