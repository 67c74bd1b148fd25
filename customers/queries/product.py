"""The catalogue."""

from typing import Any

from django.db.models import Count, QuerySet

from accounts.enums import UserKind
from customers.models import Product


def products_for(user: Any) -> QuerySet[Product]:
    """The catalogue is known to staff and REST clients."""
    known = getattr(user, "kind", None) in {UserKind.STAFF, UserKind.CLIENT}
    return Product.objects.order_by("name", "code") if known else Product.objects.none()


def catalogue() -> QuerySet[Product]:
    """All products with the number of installed ones, by name. The catalogue is nobody's in particular."""
    return Product.objects.annotate(installed=Count("assets")).order_by("name", "code")
