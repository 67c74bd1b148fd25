"""The warranty classes of contract lines: read from promise sets, adopted by lines, changed by who keeps contracts.

A class that is changed counts for warranties that begin later; those that run keep the terms that they began with.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from contracts.domain.document import DocumentError, at, read_flag, read_list, read_mapping, read_name
from contracts.enums import (
    AcceptanceStage,
    ChargedInside,
    Cover,
    PriceBasis,
    ProductScope,
    ReplacedPart,
    ServiceKind,
    WarrantyStart,
)
from contracts.models import ContractLine, PromiseSet, PromiseVersion, WarrantyTerms
from contracts.models.terms import MAX_MONTHS
from contracts.queries.promise_version import in_force, last_version
from contracts.queries.terms import Terms, terms_of
from core.domain import audit
from core.errors import InputError
from customers.domain import record
from customers.models import Product

FIELDS = frozenset(
    {
        *("name", "product_kind", "products", "months", "starts", "stage", "first_day_counts", "covers", "free_after"),
        *("charged_inside", "long_distance_km", "price_after", "replaced_part", "software_upgrade_months"),
    }
)
NAME_LENGTH = 60
SUPPORTING = "supporting_software_months"
_WORDS = {
    "starts": WarrantyStart.values,
    "stage": AcceptanceStage.values,
    "covers": Cover.values,
    "price_after": PriceBasis.values,
    "replaced_part": ReplacedPart.values,
}
_LISTS = {"free_after": ServiceKind.values, "charged_inside": ChargedInside.values}
_NUMBERS = {
    "months": (1, MAX_MONTHS),
    SUPPORTING: (1, MAX_MONTHS),
    "software_upgrade_months": (0, MAX_MONTHS),
    "long_distance_km": (0, 20_000),
}
_NEEDED = ("months", "starts", "first_day_counts", "covers")
_READABLE = frozenset({"first_day_counts", *_WORDS, *_LISTS, *_NUMBERS})


# --- Reading ----------------------------------------------------------------------------------------------------------


def read_warranty(value: object, path: str = "warranty") -> list[Terms]:
    """The classes of a `warranty` in the shape of the presets: the set's own and, where it says so, supporting
    software. Raises DocumentError with the place that does not fit.
    """
    document = read_mapping(value, path, required=_NEEDED, optional=_READABLE)
    for key, known in _WORDS.items():
        if key in document:
            read_name(document[key], at(path, key), known, key)
    for key, known in _LISTS.items():
        for index, one in enumerate(read_list(document.get(key, []), at(path, key))):
            read_name(one, f"{at(path, key)}[{index}]", known, key)
    read_flag(document["first_day_counts"], at(path, "first_day_counts"))
    for key, (least, most) in _NUMBERS.items():
        _read_number(document.get(key, most), at(path, key), least, most)
    own = terms_of(document)
    return [own, _supporting(document)] if SUPPORTING in document else [own]


def defaults_for(promise_set: PromiseSet, now: datetime) -> list[Terms]:
    """The warranty classes that the wording of a set in force now (else its newest) gives a new line; none where it
    promises no warranty. One statement or two. DocumentError for a warranty that cannot be read.
    """
    return _classes(in_force(promise_set.code, now) or last_version(promise_set.code))


def _classes(version: PromiseVersion | None) -> list[Terms]:
    document = json.loads(version.document)["set"] if version else {}
    if not document.get("warranty"):
        return []
    classes = read_warranty(document["warranty"])
    return [_named(one, document["name"]) for one in classes]


def _supporting(document: Mapping[str, Any]) -> Terms:
    """Supporting software has a shorter term of its own; which products that are is said on the line [001]."""
    months = {"months": document[SUPPORTING], "name": "支撑软件", "product_kind": ProductScope.NAMED}
    return terms_of({**document, **months})


def _named(terms: Terms, name: str) -> Terms:
    return terms if terms.name else terms_of({**terms.document(), "name": name[:NAME_LENGTH]})


def _read_number(value: object, path: str, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise DocumentError(path, f"must be a whole number from {least} to {most}")


# --- Writing ----------------------------------------------------------------------------------------------------------


def adopt(line: ContractLine, actor: Any, now: datetime) -> list[WarrantyTerms]:
    """Give a new line the warranty classes of its promise set, and those of the covered products that have terms of
    their own. A line that has classes keeps them. Audited. InputError at `promise_set` for terms that cannot be read.
    """
    with transaction.atomic():
        known = list(line.terms.select_for_update())
        if known:
            return known
        try:
            classes = _with_products(defaults_for(line.promise_set, now), line)
        except DocumentError as error:
            message = _("These warranty terms cannot be used: %(problem)s") % {"problem": error}
            raise InputError("document", message, "promise_set") from error
        return [_insert(line, one.document(), actor, now) for one in classes]


def copy(*, source: ContractLine, line: ContractLine, actor: Any, now: datetime) -> list[WarrantyTerms]:
    """Give a new line the classes of another one (renewals, supplements), in place of those of its set."""
    with transaction.atomic():
        line.terms.all().delete()
        return [_insert(line, {name: getattr(one, name) for name in FIELDS}, actor, now) for one in source.terms.all()]


def add(*, line: ContractLine, actor: Any, now: datetime, **values: Any) -> WarrantyTerms:
    """Add a class to a line, with any of `FIELDS`. InputError at the field for bad input."""
    with transaction.atomic():
        ContractLine.objects.select_for_update().get(pk=line.pk)
        return _insert(line, values, actor, now)


def change(
    *, terms: WarrantyTerms, actor: Any, now: datetime, version: str | None = None, **values: Any
) -> WarrantyTerms:
    """Change any of `FIELDS`. InputError at the field, StaleError if `version` is no longer the row's."""
    _check({name: values.get(name, getattr(terms, name)) for name in FIELDS})
    record.change(terms, values, FIELDS, version=version, actor=actor, action="warranty_terms.change", now=now)
    return terms


def remove(*, terms: WarrantyTerms, actor: Any, now: datetime) -> None:
    """Take a class from its line; warranties that run keep their terms. Audited."""
    with transaction.atomic():
        WarrantyTerms.objects.select_for_update().get(pk=terms.pk)
        audit.record(
            actor=actor,
            action="warranty_terms.remove",
            subject=record.subject(terms),
            changes={name: [getattr(terms, name), None] for name in sorted(FIELDS)},
            now=now,
            customer_id=terms.customer_id,
        )
        terms.delete()


def _insert(line: ContractLine, values: Mapping[str, Any], actor: Any, now: datetime) -> WarrantyTerms:
    last = line.terms.aggregate(last=Max("position"))["last"] or 0
    terms = WarrantyTerms(customer_id=line.customer_id, line=line, position=last + 1)
    wanted = {**values, "name": values["name"][:NAME_LENGTH]}
    _check(wanted)
    record.save(terms, wanted, actor=actor, action="warranty_terms.add", now=now)
    return terms


def _check(values: Mapping[str, Any]) -> None:
    """What one field cannot say alone."""
    if values.get("starts") == WarrantyStart.FINAL_ACCEPTANCE_DAY and values.get("stage", "final") != "final":
        raise InputError("stage", _("This start names the final acceptance."), "stage")
    if not 1 <= values["months"] <= MAX_MONTHS:
        message = _("Please enter a number of months from 1 to %(most)s.") % {"most": MAX_MONTHS}
        raise InputError("months", message, "months")


def _with_products(classes: list[Terms], line: ContractLine) -> list[Terms]:
    """The classes, and one more for each covered product with terms of its own; what those leave open the set says."""
    base = classes[0].document() if classes else {}
    base = {key: value for key, value in base.items() if key in _READABLE}
    own = []
    for product in _products(line):
        said = {key: value for key, value in product.warranty.items() if value not in ("", None)}
        terms = read_warranty({**base, **said}, at("products", product.code))[0]
        named = {"name": product.name[:NAME_LENGTH], "products": [product.code]}
        own.append(terms_of({**terms.document(), **named}))
    return [*classes, *own]


def _products(line: ContractLine) -> QuerySet[Product]:
    covered: dict[str, Any] = {"assets__customer": line.customer_id}
    if line.asset_id:
        covered["assets"] = line.asset_id
    elif line.site_id:
        covered["assets__site"] = line.site_id
    return Product.objects.filter(**covered).exclude(warranty={}).distinct().order_by("code")
