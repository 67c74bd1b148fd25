"""Where a site stands seen from one of our service centres: what promises read of it, estimated [003]."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import ServiceCenter
from core.domain import record
from core.geo import Point, great_circle_km
from customers.enums import Locality
from customers.models import Site

ROAD = 1.3
"""How much longer the way by road is than the great circle."""
FARTHEST_KM = 32_767


@dataclass(frozen=True)
class Placement:
    """What could be estimated; None is what could not."""

    locality: Locality | None
    distance_km: int | None


def locate(district: str, place: Point | None, center: ServiceCenter | None) -> Placement:
    """The estimate. Local: the district is an urban one of the centre's city, else remote; a district of its own must
    be known. Distance: great circle × 1.3 in whole km, known where both places are. Pure.
    """
    if center is None:
        return Placement(None, None)
    known = {_plain(name) for name in center.districts}
    locality = (Locality.LOCAL if _plain(district) in known else Locality.REMOTE) if district.strip() else None
    origin = point_of(center)
    return Placement(locality, road_km(origin, place) if origin and place else None)


def road_km(one: Point, other: Point) -> int:
    return min(round(great_circle_km(one, other) * ROAD), FARTHEST_KM)


def nearest(place: Point | None, district: str, centers: Iterable[ServiceCenter]) -> ServiceCenter | None:
    """The centre that reaches the place first, the lowest number of equals; without coordinates the one whose urban
    districts name the site's. None where neither tells. Pure.
    """
    listed = sorted(centers, key=lambda center: center.pk)
    measured = [(great_circle_km(origin, place), center) for center in listed if place and (origin := point_of(center))]
    if measured:
        return min(measured, key=lambda pair: pair[0])[1]
    return next((one for one in listed if _plain(district) in {_plain(name) for name in one.districts}), None)


def point_of(row: ServiceCenter | Site) -> Point | None:
    return None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)


def relocate(*, center: ServiceCenter, actor: Any, now: datetime) -> None:
    """Estimate the sites of a centre anew after it moved or its districts changed, in the caller's transaction. What
    can no longer be estimated stays as it is; tickets keep the facts they were reported with.
    """
    estimated = Site.objects.filter(service_center=center, is_placed_by_hand=False).order_by("pk")
    for site in estimated:
        found = locate(site.district, point_of(site), center)
        values = {name: value for name, value in vars(found).items() if value is not None}
        record.save(site, values, actor=actor, action="site.relocate", now=now)


def _plain(district: str) -> str:
    """Spaces make no other district."""
    return "".join(district.split())
