"""The filters of lists, the same for pages and API. Every filter is named here, nothing else works."""

import re
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.clock import office_day
from core.filters import IdFilter, WordsFilter
from customers.domain.release import older_than
from customers.enums import AssetLevel, AssetState, ContactRole, Locality, PartnerKind, ProductKind
from customers.models import Asset, CarePlan, Contact, Customer, Partner, Product, Release, Site
from customers.queries.care_plan import due_for_care

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
    region = filters.CharFilter(max_length=40, method="in_region")
    partner = IdFilter("partner")
    care = filters.ChoiceFilter(choices=[("due", _("Visit due")), ("none", _("No plan"))], method="by_care")

    class Meta:
        model = Customer
        fields = ("q", "is_key", "is_active", "region", "partner", "care")

    def in_region(self, customers: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Those with a site in the district."""
        return customers.filter(Exists(Site.objects.filter(customer=OuterRef("pk"), district=value)))

    def by_care(self, customers: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Visit due or near, or no plan; of customers that we serve."""
        served = customers.filter(is_active=True)
        return due_for_care(served, office_day(clock.now())) if value == "due" else served.filter(care_plan=None)


class SiteFilter(filters.FilterSet):
    q = WordsFilter("name", "address", "district")
    customer = IdFilter("customer")
    locality = filters.ChoiceFilter(choices=Locality.choices)
    service_center = IdFilter("service_center")

    class Meta:
        model = Site
        fields = ("q", "customer", "locality", "service_center")


class OlderThanFilter(IdFilter):
    """What runs an older version than the release of this number; an unknown one finds nothing."""

    def filter(self, qs: QuerySet[Any], value: int | None) -> QuerySet[Any]:
        if value is None:
            return qs
        release = Release.objects.select_related("product").filter(pk=value).first()
        return qs.filter(older_than(release)) if release else qs.none()


class AssetFilter(filters.FilterSet):
    q = WordsFilter("name", "serial", "product__name")
    customer = IdFilter("customer")
    site = IdFilter("site")
    product = IdFilter("product")
    kind = filters.ChoiceFilter(field_name="product__kind", choices=ProductKind.choices)
    serial = filters.CharFilter(lookup_expr="iexact", max_length=60)
    parent = IdFilter("parent")
    level = filters.ChoiceFilter(choices=AssetLevel.choices)
    state = filters.ChoiceFilter(choices=AssetState.choices)
    software_version = filters.CharFilter(max_length=40)
    older_than = OlderThanFilter("product")  # a release is one of the device's product

    class Meta:
        model = Asset
        fields = (
            *("q", "customer", "site", "product", "kind", "serial"),
            *("parent", "level", "state", "software_version", "older_than"),
        )


class ProductFilter(filters.FilterSet):
    q = WordsFilter("code", "name", "maker")
    kind = filters.ChoiceFilter(choices=ProductKind.choices)
    is_active = filters.BooleanFilter()

    class Meta:
        model = Product
        fields = ("q", "kind", "is_active")


class ReleaseFilter(filters.FilterSet):
    q = WordsFilter("number", "product__name", "product__code")
    product = IdFilter("product")

    class Meta:
        model = Release
        fields = ("q", "product")


class PartnerFilter(filters.FilterSet):
    q = WordsFilter("code", "name")
    kind = filters.ChoiceFilter(choices=PartnerKind.choices)
    is_active = filters.BooleanFilter()

    class Meta:
        model = Partner
        fields = ("q", "kind", "is_active")


class CarePlanFilter(filters.FilterSet):
    customer = IdFilter("customer")
    owner = IdFilter("owner")

    class Meta:
        model = CarePlan
        fields = ("customer", "owner")


class ContactFilter(filters.FilterSet):
    q = WordsFilter("name", "phone", "email")
    customer = IdFilter("customer")
    may_report = filters.BooleanFilter()
    is_active = filters.BooleanFilter()
    role = filters.ChoiceFilter(choices=ContactRole.choices)

    class Meta:
        model = Contact
        fields = ("q", "customer", "may_report", "is_active", "role")
