"""The devices that a contact may report about, each with what its cover means."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.enums import UserKind
from contracts.domain.coverage import Verdict, verdict
from contracts.enums import ContractState, Coverage
from contracts.models import ContractLine, Warranty
from contracts.queries.entitlement import Term
from customers.models import Asset
from customers.queries.customer import assets_for

MOST = 200
_SIGNED = (ContractState.ACTIVE, ContractState.TERMINATED)


@dataclass(frozen=True)
class Device:
    """An asset and who pays for a service of it today."""

    asset: Asset
    verdict: Verdict


def devices_for(user: Any, customer_id: int, day: date) -> list[Device]:
    """The user's devices by site and name, with the verdict of the day. Three statements, however many."""
    rows = assets_for(user).filter(customer=customer_id).select_related("product", "site")
    assets = list(rows.order_by("site__name", "name", "pk").distinct()[:MOST])
    terms = _terms(customer_id, assets)
    return [Device(asset, verdict(terms[asset.pk], day, asset_known=True)) for asset in assets]


def _terms(customer_id: int, assets: Collection[Asset]) -> dict[int, tuple[Term, ...]]:
    """By asset: its warranties, then the lines that name it, its site, the whole customer."""
    warranties: dict[int, list[Term]] = defaultdict(list)
    for one in Warranty.objects.filter(asset__in=assets).select_related("line__contract").order_by("-starts_on", "-pk"):
        number = one.line.contract.number
        warranties[one.asset_id].append(Term(Coverage.WARRANTY, number, one.starts_on, one.ends_on))
    signed = ContractLine.objects.filter(customer=customer_id, contract__state__in=_SIGNED)
    lines = list(signed.select_related("contract").order_by("-contract__starts_on", "-pk"))
    return {asset.pk: (*warranties[asset.pk], *_of_lines(lines, asset)) for asset in assets}


def _of_lines(lines: list[ContractLine], asset: Asset) -> list[Term]:
    named = [line for line in lines if line.asset_id == asset.pk]
    placed = [line for line in lines if not line.asset_id and line.site_id == asset.site_id]
    whole = [line for line in lines if not line.asset_id and not line.site_id]
    return [
        Term(Coverage.CONTRACT, line.contract.number, line.contract.starts_on, line.contract.ends_on)
        for line in (*named, *placed, *whole)
    ]


def sees_asset(user: Any, asset: Asset) -> bool:
    """Whether this is a contact's login that sees the device."""
    is_contact = getattr(user, "kind", "") == UserKind.CONTACT and user.is_active
    return is_contact and assets_for(user).filter(pk=asset.pk).exists()
