"""Which contract line and which promise set a service falls under (decisions 4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import JSONField, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from contracts.enums import COVERING_STATES, Coverage
from contracts.models import ContractLine, PromiseSet, Warranty, WarrantyTerms
from contracts.queries.promise_set import default_set
from contracts.queries.terms import Terms, class_for, terms_of
from customers.models import Asset, Customer, Product, Site

_TERMS = (
    *("name", "product_kind", "products", "months", "starts", "stage", "first_day_counts", "covers", "free_after"),
    *("charged_inside", "long_distance_km", "price_after", "replaced_part", "software_upgrade_months"),
)


@dataclass(frozen=True)
class Term:
    """A warranty or contract term that fits the service, both days included; `source` is the contract's number.

    `part` names the replaced part that a warranty is about, `origin` what a warranty began with. `classes` are the
    warranty classes that say what is covered, as stored.
    """

    coverage: Coverage
    source: str
    starts_on: date
    ends_on: date
    part: str = ""
    origin: str = ""
    classes: tuple[Mapping[str, Any], ...] = field(default=(), compare=False, repr=False)

    def holds(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def terms_for(self, product: Product | None) -> Terms | None:
        """What the term says for a product (none: for anything); None where nothing is written down."""
        kind, code = (product.kind, product.code) if product else ("", "")
        return class_for(map(terms_of, self.classes), kind=kind, code=code)


@dataclass(frozen=True)
class Entitlement:
    """What a customer has on one day, for one device or place.

    `line` is the one whose promises count, None where the installation's default set does; `others` are the further
    lines in force that fit. `terms` are all that fit, past and future ones too: what the verdict is made of; `parts`
    those of replaced parts of the device.
    """

    day: date
    asset: Asset | None
    promise_set: PromiseSet | None
    line: ContractLine | None
    warranty: Warranty | None
    others: tuple[ContractLine, ...]
    terms: tuple[Term, ...]
    parts: tuple[Term, ...] = ()


def entitled(*, customer: Customer, site: Site | None = None, asset: Asset | None = None, on_day: date) -> Entitlement:
    """Find line and promise set for a service on a local day, in at most three statements.

    The line of the asset's warranty comes first; else the line that names the asset, its system, its site, else the
    whole customer; of several the latest start. `site` counts only without an asset, else it is the asset's own.
    `promise_set` is None if there is neither a line nor a default set.
    """
    lines = _lines(customer, asset.site_id if asset else site.pk if site else None, asset)
    held = _warranties(asset) if asset else []
    warranties = [one for one in held if not one.part]
    in_force = [line for line in lines if _line_term(line).holds(on_day)]
    warranty = next((one for one in warranties if _warranty_term(one).holds(on_day)), None)
    line = warranty.line if warranty else next(iter(in_force), None)
    return Entitlement(
        day=on_day,
        asset=asset,
        promise_set=line.promise_set if line else default_set(),
        line=line,
        warranty=warranty,
        others=tuple(other for other in in_force if other != line),
        terms=(*map(_warranty_term, warranties), *map(_line_term, lines)),
        parts=tuple(_warranty_term(one) for one in held if one.part),
    )


def terms_of_assets(assets: Sequence[Asset]) -> dict[int, tuple[Term, ...]]:
    """The terms of many assets at once, each as `entitled(...).terms` gives them, those of replaced parts at the end;
    two statements.
    """
    lines = list(_signed().filter(customer__in={asset.customer_id for asset in assets}))
    warranties: dict[int, list[Term]] = {asset.pk: [] for asset in assets}
    for warranty in _with_classes(Warranty.objects.filter(asset__in=assets), "line").order_by("-starts_on", "-pk"):
        warranties[warranty.asset_id].append(_warranty_term(warranty))
    return {asset.pk: _in_order(warranties[asset.pk], _about(lines, asset)) for asset in assets}


def closest_line(lines: Iterable[ContractLine], asset: Asset) -> ContractLine | None:
    """Of a contract's lines the one that an asset falls under: the closest object, then the latest start."""
    return next(iter(_about(lines, asset)), None)


def terms_held(asset: Asset, day: date) -> list[Warranty]:
    """The warranties of an asset and of its parts on a day, locked, the latest end first."""
    rows = Warranty.objects.filter(asset=asset, starts_on__lte=day, ends_on__gte=day).select_related("line")
    return list(rows.select_for_update(of=("self",)).order_by("-ends_on", "-pk"))


def _in_order(warranties: list[Term], lines: list[ContractLine]) -> tuple[Term, ...]:
    own, parts = [one for one in warranties if not one.part], [one for one in warranties if one.part]
    return (*own, *map(_line_term, lines), *parts)


def _about(lines: Iterable[ContractLine], asset: Asset) -> list[ContractLine]:
    fitting = [line for line in lines if _is_about(line, asset)]
    return sorted(fitting, key=lambda line: _closeness(line, asset))


def _is_about(line: ContractLine, asset: Asset) -> bool:
    if line.asset_id or line.site_id:
        return line.asset_id in (asset.pk, asset.parent_id or asset.pk) or line.site_id == asset.site_id
    return line.customer_id == asset.customer_id


def _signed() -> QuerySet[ContractLine]:
    signed = ContractLine.objects.filter(contract__state__in=COVERING_STATES)
    return signed.select_related("contract", "promise_set").annotate(classes=_classes("pk"))


def _lines(customer: Customer, site_id: int | None, asset: Asset | None) -> list[ContractLine]:
    """All signed lines that fit, whatever their term: the closest object first, then the latest start."""
    fits = Q(site=None, asset=None)
    if site_id:
        fits |= Q(site=site_id)
    if asset:
        fits |= Q(asset__in=[asset.pk, asset.parent_id or asset.pk])
    return sorted(_signed().filter(fits, customer=customer), key=lambda line: _closeness(line, asset))


def _closeness(line: ContractLine, asset: Asset | None) -> tuple[int, int, int]:
    own = asset is not None and line.asset_id == asset.pk
    distance = 0 if own else 1 if line.asset_id else 2 if line.site_id else 3
    return distance, -line.starts_on.toordinal(), -line.pk


def _warranties(asset: Asset) -> list[Warranty]:
    rows = _with_classes(Warranty.objects.filter(asset=asset), "line").select_related("line__promise_set")
    return list(rows.order_by("-starts_on", "-pk"))


def _with_classes(rows: QuerySet[Warranty], line: str) -> QuerySet[Warranty]:
    return rows.select_related("line__contract").annotate(classes=_classes(line))


def _classes(line: str) -> ArraySubquery:
    """The warranty classes of a line, in its own statement's row."""
    rows = WarrantyTerms.objects.filter(line=OuterRef(line)).order_by("position")
    found = rows.values(document=JSONObject(**{name: name for name in _TERMS}))
    return ArraySubquery(found, output_field=ArrayField(JSONField()))


def _line_term(line: ContractLine) -> Term:
    return Term(
        Coverage.CONTRACT,
        line.contract.number,
        line.starts_on,
        line.ends_on,
        classes=tuple(getattr(line, "classes", ())),
    )


def _warranty_term(warranty: Warranty) -> Term:
    """A warranty speaks by the terms that it began with; one typed by hand by those of its line."""
    own = [{**warranty.terms, "product_kind": "", "products": []}] if warranty.terms else warranty.classes  # type: ignore[attr-defined]
    return Term(
        Coverage.WARRANTY,
        warranty.line.contract.number,
        warranty.starts_on,
        warranty.ends_on,
        part=warranty.part,
        origin=warranty.origin,
        classes=tuple(own),
    )
