"""Which contract line and which promise set a service falls under (decisions 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from contracts.enums import ContractState, Coverage
from contracts.models import ContractLine, PromiseSet, Warranty
from contracts.queries.promise_set import default_set
from customers.models import Asset, Customer, Site


@dataclass(frozen=True)
class Term:
    """A warranty or contract term that fits the service, both days included; `source` is the contract's number."""

    coverage: Coverage
    source: str
    starts_on: date
    ends_on: date

    def holds(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class Entitlement:
    """What a customer has on one day, for one device or place.

    `line` is the one whose promises count, None where the installation's default set does; `others` are the further
    lines in force that fit. `terms` are all that fit, past and future ones too: what the verdict is made of.
    """

    day: date
    asset: Asset | None
    promise_set: PromiseSet | None
    line: ContractLine | None
    warranty: Warranty | None
    others: tuple[ContractLine, ...]
    terms: tuple[Term, ...]


def entitled(*, customer: Customer, site: Site | None = None, asset: Asset | None = None, on_day: date) -> Entitlement:
    """Find line and promise set for a service on a local day, in at most three statements.

    The line of the asset's warranty comes first; else the line that names the asset, else its site, else the whole
    customer; of several the latest start. `site` counts only without an asset, else it is the asset's own.
    `promise_set` is None if there is neither a line nor a default set.
    """
    lines = _lines(customer, asset.site_id if asset else site.pk if site else None, asset)
    warranties = _warranties(asset) if asset else []
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
    )


def terms_of(assets: Sequence[Asset]) -> dict[int, tuple[Term, ...]]:
    """The terms of many assets at once, each as `entitled(...).terms` gives them; two statements."""
    lines = list(_signed().filter(customer__in={asset.customer_id for asset in assets}))
    warranties: dict[int, list[Term]] = {}
    found = Warranty.objects.filter(asset__in=assets).select_related("line__contract")
    for warranty in found.order_by("-starts_on", "-pk"):
        warranties.setdefault(warranty.asset_id, []).append(_warranty_term(warranty))
    return {
        asset.pk: (
            *warranties.get(asset.pk, ()),
            *(_line_term(line) for line in sorted(lines, key=_closeness) if _is_about(line, asset)),
        )
        for asset in assets
    }


def _is_about(line: ContractLine, asset: Asset) -> bool:
    if line.asset_id or line.site_id:
        return line.asset_id == asset.pk or line.site_id == asset.site_id
    return line.customer_id == asset.customer_id


def _signed() -> QuerySet[ContractLine]:
    signed = [ContractState.ACTIVE, ContractState.TERMINATED]
    return ContractLine.objects.filter(contract__state__in=signed).select_related("contract", "promise_set")


def _lines(customer: Customer, site_id: int | None, asset: Asset | None) -> list[ContractLine]:
    """All signed lines that fit, whatever their term: the closest object first, then the latest start."""
    fits = Q(site=None, asset=None)
    if site_id:
        fits |= Q(site=site_id)
    if asset:
        fits |= Q(asset=asset)
    return sorted(_signed().filter(fits, customer=customer), key=_closeness)


def _closeness(line: ContractLine) -> tuple[int, int, int]:
    distance = 0 if line.asset_id else 1 if line.site_id else 2
    return distance, -line.contract.starts_on.toordinal(), -line.pk


def _warranties(asset: Asset) -> list[Warranty]:
    rows = Warranty.objects.filter(asset=asset).select_related("line__contract", "line__promise_set")
    return list(rows.order_by("-starts_on", "-pk"))


def _line_term(line: ContractLine) -> Term:
    return Term(Coverage.CONTRACT, line.contract.number, line.contract.starts_on, line.contract.ends_on)


def _warranty_term(warranty: Warranty) -> Term:
    return Term(Coverage.WARRANTY, warranty.line.contract.number, warranty.starts_on, warranty.ends_on)
