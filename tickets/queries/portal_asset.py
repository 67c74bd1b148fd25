"""The devices that a contact may report about, each with what its cover means."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.enums import UserKind
from contracts.domain.coverage import Verdict, verdict
from contracts.queries.entitlement import terms_of_assets
from customers.models import Asset
from customers.queries.customer import assets_for

MOST = 200


@dataclass(frozen=True)
class Device:
    """An asset and who pays for a service of it today."""

    asset: Asset
    verdict: Verdict


def devices_for(user: Any, customer_id: int, day: date) -> list[Device]:
    """The user's devices by site and name, with the verdict of the day. Three statements, however many."""
    rows = assets_for(user).filter(customer=customer_id).select_related("product", "site")
    assets = list(rows.order_by("site__name", "name", "pk").distinct()[:MOST])
    terms = terms_of_assets(assets)
    return [Device(asset, verdict(terms[asset.pk], day, asset_known=True)) for asset in assets]


def sees_asset(user: Any, asset: Asset) -> bool:
    """Whether this is a contact's login that sees the device."""
    is_contact = getattr(user, "kind", "") == UserKind.CONTACT and user.is_active
    return is_contact and assets_for(user).filter(pk=asset.pk).exists()
