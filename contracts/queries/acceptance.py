"""Certificates of acceptance as far as a person may see them, and what a contract's equipment has been through."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.enums import UserKind
from contracts.enums import COVERING_STATES, AcceptanceStage, AcceptanceState
from contracts.models import Acceptance, AcceptanceAsset, Contract, ContractLine
from contracts.queries.contract import contracts_for
from core.models import Attachment
from customers.enums import AssetState
from customers.models import Asset
from customers.queries.customer import assets_for, sees_own_sites_only

PARENT = "contracts.acceptance"
Signed = dict[int, dict[str, date]]


def acceptances_for(user: Any) -> QuerySet[Acceptance]:
    """The certificates of the contracts that the person sees, the newest first.

    Contacts see the signed ones; who sees own sites only, those whose devices all stand there.
    """
    seen = Acceptance.objects.filter(contract__in=contracts_for(user).order_by()).order_by("-accepted_on", "-pk")
    if getattr(user, "kind", None) == UserKind.CONTACT:
        seen = seen.filter(state=AcceptanceState.SIGNED)
    if sees_own_sites_only(user):
        own = assets_for(user).order_by().values("pk")
        foreign = AcceptanceAsset.objects.filter(acceptance=OuterRef("pk")).exclude(asset__in=own)
        seen = seen.filter(~Exists(foreign))
    return seen.select_related("contract", "customer")


def listed_acceptances_for(user: Any) -> QuerySet[Acceptance]:
    """With `devices`, how many the certificate names."""
    return acceptances_for(user).annotate(devices=Count("assets"))


def sees_attachment(user: Any, attachment: Attachment) -> bool:
    """Whether the person may fetch the file of a certificate."""
    return acceptances_for(user).filter(number=attachment.parent_key).exists()


def acceptable_contracts_for(user: Any) -> QuerySet[Contract]:
    """The signed contracts that the person sees, the latest start first."""
    signed = contracts_for(user).filter(state__in=COVERING_STATES).select_related("customer")
    return signed.order_by("-starts_on", "-pk")


def assets_of(acceptance: Acceptance) -> list[Asset]:
    """What the certificate names, by site and name; one statement."""
    named = Asset.objects.filter(acceptances__acceptance=acceptance).select_related("product", "site")
    return list(named.order_by("site__name", "name", "pk"))


def covered_assets(contract: Contract) -> QuerySet[Asset]:
    """What the contract's lines cover and is in service: named, part of what is named, at a named site, or all."""
    lines = list(ContractLine.objects.filter(contract=contract))
    named, sites = {line.asset_id for line in lines} - {None}, {line.site_id for line in lines} - {None}
    covered = Q(pk__in=named) | Q(parent__in=named) | Q(site__in=sites)
    if any(line.site_id is None and line.asset_id is None for line in lines):
        covered = Q()
    elif not lines:
        covered = Q(pk=None)
    own = Asset.objects.filter(covered, customer=contract.customer_id).exclude(state=AssetState.RETIRED)
    return own.select_related("product", "site").order_by("site__name", "name", "pk")


def signed_stages(contract: Contract, assets: Iterable[Asset] | None = None) -> Signed:
    """On which days the contract's assets passed which stages, by asset; one statement."""
    rows = AcceptanceAsset.objects.filter(contract=contract, is_signed=True)
    if assets is not None:
        rows = rows.filter(asset__in=[asset.pk for asset in assets])
    found: Signed = {}
    for asset, stage, day in rows.values_list("asset", "stage", "acceptance__accepted_on"):
        found.setdefault(asset, {})[stage] = day
    return found


def next_stage(passed: dict[str, date]) -> str:
    """The stage that comes next for an asset; "" once it is finally accepted."""
    return next((str(stage) for stage in AcceptanceStage if stage not in passed), "")


def acceptances_of_contract(user: Any, contract: Contract) -> list[Acceptance]:
    """A contract's certificates that the person sees, without discarded ones; one statement."""
    kept = listed_acceptances_for(user).filter(contract=contract).exclude(state=AcceptanceState.DISCARDED)
    return list(kept.order_by("accepted_on", "pk"))


def acceptances_of_asset(user: Any, asset: Asset) -> list[Acceptance]:
    """The signed certificates that name an asset; one statement."""
    return list(acceptances_for(user).filter(assets__asset=asset, state=AcceptanceState.SIGNED))


def with_assets(acceptances: QuerySet[Acceptance]) -> QuerySet[Acceptance]:
    """With the rows of their assets, for the API; one more statement."""
    return acceptances.prefetch_related(Prefetch("assets", AcceptanceAsset.objects.order_by("asset")))
