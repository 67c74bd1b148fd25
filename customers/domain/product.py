from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InputError
from customers.domain import record
from customers.enums import ChargedInside, Cover, PriceBasis, ReplacedPart, ServiceKind, WarrantyStart
from customers.models import Product

FIELDS = frozenset({"code", "name", "kind", "maker", "warranty", "is_active"})
LONGEST_WARRANTY = 240
ONE_OF: dict[str, list[str]] = {
    "starts": WarrantyStart.values,
    "covers": Cover.values,
    "price_after": PriceBasis.values,
    "replaced_part": ReplacedPart.values,
}
SOME_OF: dict[str, list[str]] = {"free_after": ServiceKind.values, "charged_inside": ChargedInside.values}
NEEDED = frozenset({"months", "starts", "first_day_counts", "covers", "replaced_part"})


def create(
    *,
    code: str,
    name: str,
    kind: str,
    actor: Any,
    now: datetime,
    maker: str = "",
    warranty: Mapping[str, Any] | None = None,
) -> Product:
    """Add a catalogue entry, with the warranty terms that it is sold with if they are its own.

    InputError at the field for bad input.
    """
    product = Product()
    values = {"code": code, "name": name, "kind": kind, "maker": maker, "warranty": terms_of(warranty)}
    record.save(product, values, actor=actor, action="product.create", now=now)
    return product


def change(*, product: Product, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`. InputError at the field for bad input, StaleError if `version` is no longer the row's."""
    if "warranty" in values:
        values["warranty"] = terms_of(values["warranty"])
    record.change(product, values, FIELDS, version=version, actor=actor, action="product.change", now=now)


def terms_of(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Warranty terms in the shape of `warranty` in promises.yaml, checked; empty for none. InputError at `warranty`."""
    if not given:
        return {}
    terms = {name: value for name, value in given.items() if value not in (None, "", [])}
    unknown = terms.keys() - NEEDED - ONE_OF.keys() - SOME_OF.keys()
    if unknown or NEEDED - terms.keys() or not all(_fits(name, value) for name, value in terms.items()):
        raise InputError("terms", _("Please give length, start, first day, cover and replaced parts."), "warranty")
    return terms


def _fits(name: str, value: Any) -> bool:
    if name == "months":
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LONGEST_WARRANTY
    if name == "first_day_counts":
        return isinstance(value, bool)
    if name in SOME_OF:
        return isinstance(value, list) and set(value) <= set(SOME_OF[name])
    return value in ONE_OF[name]
