"""The filters of lists, the same for pages and API. Every filter is named here, nothing else works."""

import re
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.filters import IdFilter, WordsFilter
from customers.enums import Locality, ProductKind
from customers.models import Asset, Contact, Customer, Site

SHORTEST_NUMBER = 5


class CustomerWordsFilter(WordsFilter):
    """Words of code and name; or a telephone number, however spaced, of the customer or one of its contacts."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        digits = re.sub(r"\D", "", value or "").removeprefix("86").lstrip("0")
        if len(digits) < SHORTEST_NUMBER or re.search(r"[^\d\s()+-]", value):
            return super().filter(qs, value)
        found = Exists(Contact.objects.filter(customer=OuterRef("pk"), phone__contains=digits))
        return qs.filter(Q(phone__contains=digits) | Q(code__icontains=value) | Q(found))


class CustomerFilter(filters.FilterSet):
    q = CustomerWordsFilter("code", "name", "short_name")
    is_key = filters.BooleanFilter()
    is_active = filters.BooleanFilter()

    class Meta:
        model = Customer
        fields = ("q", "is_key", "is_active")


class SiteFilter(filters.FilterSet):
    q = WordsFilter("name", "address", "district")
    customer = IdFilter("customer")
    locality = filters.ChoiceFilter(choices=Locality.choices)

    class Meta:
        model = Site
        fields = ("q", "customer", "locality")


class AssetFilter(filters.FilterSet):
    q = WordsFilter("name", "serial", "product__name")
    customer = IdFilter("customer")
    site = IdFilter("site")
    product = IdFilter("product")
    kind = filters.ChoiceFilter(field_name="product__kind", choices=ProductKind.choices)
    serial = filters.CharFilter(lookup_expr="iexact", max_length=60)

    class Meta:
        model = Asset
        fields = ("q", "customer", "site", "product", "kind", "serial")


class ContactFilter(filters.FilterSet):
    q = WordsFilter("name", "phone", "email")
    customer = IdFilter("customer")
    may_report = filters.BooleanFilter()
    is_active = filters.BooleanFilter()

    class Meta:
        model = Contact
        fields = ("q", "customer", "may_report", "is_active")
