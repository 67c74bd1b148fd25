"""The catalogue."""

from django.db.models import Count, QuerySet

from customers.models import Product


def catalogue() -> QuerySet[Product]:
    """All products with the number of installed ones, by name. The catalogue is nobody's in particular."""
    return Product.objects.annotate(installed=Count("assets")).order_by("name", "code")
