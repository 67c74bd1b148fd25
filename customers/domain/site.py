from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import ServiceCenter
from accounts.queries.service_center import working_centers
from core.domain import record
from core.errors import InputError
from core.geo import point
from customers.domain.place import locate, nearest
from customers.models import Customer, Site

FIELDS = frozenset(
    {
        *("name", "address", "district", "locality", "distance_km"),
        *("latitude", "longitude", "service_center", "is_placed_by_hand"),
    }
)
PLACED = ("district", "latitude", "longitude", "service_center", "locality", "distance_km", "is_placed_by_hand")


def create(
    *,
    customer: Customer,
    name: str,
    address: str,
    actor: Any,
    now: datetime,
    locality: str | None = None,
    distance_km: int | None = None,
    district: str = "",
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    service_center: ServiceCenter | None = None,
    is_placed_by_hand: bool | None = None,
) -> Site:
    """Add a place where a customer's equipment stands.

    With `is_placed_by_hand` locality and distance count as given, without it they are estimated from the service centre
    (none given: the nearest); None means by hand exactly if both are given. InputError at the field for bad input, also
    for what the estimate would need.
    """
    site = Site(customer=customer)
    by_hand = is_placed_by_hand if is_placed_by_hand is not None else locality is not None and distance_km is not None
    values = {
        "name": name,
        "address": address,
        "district": district,
        "locality": locality,
        "distance_km": distance_km,
        "latitude": latitude,
        "longitude": longitude,
        "service_center": service_center,
        "is_placed_by_hand": by_hand,
    }
    record.save(site, _placed(site, values), actor=actor, action="site.create", now=now)
    return site


def change(*, site: Site, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`; a site that is not placed by hand is estimated anew. Tickets keep the facts they were
    reported with.

    InputError at the field, StaleError if `version` is no longer the row's.
    """
    if not {"locality", "distance_km"}.isdisjoint(values):
        values.setdefault("is_placed_by_hand", True)
    given = _placed(site, values) if not set(PLACED).isdisjoint(values) else values
    record.change(site, given, FIELDS, version=version, actor=actor, action="site.change", now=now)


def _placed(site: Site, values: dict[str, Any]) -> dict[str, Any]:
    """`values` with the coordinates checked, and where the site is not placed by hand with the estimate."""
    now_is: dict[str, Any] = {name: values.get(name, getattr(site, name, None)) for name in PLACED}
    place = point(now_is["latitude"], now_is["longitude"])
    latitude, longitude = place or (None, None)
    checked = values | {"latitude": latitude, "longitude": longitude}
    if now_is["is_placed_by_hand"]:
        for name in ("locality", "distance_km"):
            if now_is[name] in (None, ""):
                raise InputError("required", _("Please say it by hand, or let it be estimated."), name)
        return checked
    district = now_is["district"] or ""
    center = now_is["service_center"] or nearest(place, district, working_centers())
    found = locate(district, place, center)
    if center is None:
        message = _("No service centre is near enough to be known. Please choose one, or place the site by hand.")
        raise InputError("no_center", message, "service_center")
    if found.locality is None:
        raise InputError("required", _("The estimate needs the district. Or place the site by hand."), "district")
    if found.distance_km is None:
        message = _("The estimate needs the coordinates of site and service centre. Or place the site by hand.")
        raise InputError("required", message, "latitude")
    return checked | {"service_center": center} | vars(found)
