"""Points on the globe in degrees, and how far they are apart."""

from decimal import Decimal, InvalidOperation
from math import asin, cos, radians, sin, sqrt
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InputError

EARTH_KM = 6371.0088
EXACT = Decimal("0.000001")
FARTHEST = {"latitude": 90, "longitude": 180}
Point = tuple[Decimal, Decimal]


def point(latitude: Any, longitude: Any) -> Point | None:
    """Both degrees with six decimals (about 10 cm); None where neither is given. InputError at the field at fault."""
    given = {"latitude": latitude, "longitude": longitude}
    if latitude is None and longitude is None:
        return None
    for name, value in given.items():
        if value is None:
            raise InputError("required", _("Latitude and longitude are given together."), name)
    return _degrees(latitude, "latitude"), _degrees(longitude, "longitude")


def great_circle_km(one: Point, other: Point) -> float:
    """The shortest way over the globe in km (haversine; the globe as a ball, wrong by at most 0.5 %)."""
    (a, b), (c, d) = ([radians(degree) for degree in place] for place in (one, other))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def _degrees(value: Any, name: str) -> Decimal:
    most = FARTHEST[name]
    try:
        degree = Decimal(str(value)).quantize(EXACT)
    except InvalidOperation:
        degree = Decimal("NaN")
    if not degree.is_finite() or abs(degree) > most:
        raise InputError("range", _("Please give degrees between -%(most)s and %(most)s.") % {"most": most}, name)
    return degree
