"""The filters of lists, the same for pages and API. Every filter is named here, nothing else works."""

import django_filters as filters

from core.filters import IdFilter, WordsFilter
from customers.enums import Locality, ProductKind
from customers.models import Asset, Contact, Customer, Site


class CustomerFilter(filters.FilterSet):
    q = WordsFilter("code", "name", "short_name")
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
