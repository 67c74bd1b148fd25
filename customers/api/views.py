"""Customers, their sites and assets, to read."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from core.api.views import ReadOnlyRows
from customers.api.serializers import AssetRow, CustomerRow, SiteRow
from customers.filters import AssetFilter, CustomerFilter, SiteFilter
from customers.models import Asset, Customer, Site
from customers.queries.customer import assets_for, customers_for, sites_for


def both(permission: str) -> dict[str, str]:
    return {"list": permission, "retrieve": permission}


@extend_schema_view(
    list=extend_schema(summary=_("List customers")),
    retrieve=extend_schema(summary=_("Read a customer")),
)
class CustomerViewSet(ReadOnlyRows):
    tag = "customers"
    queryset = Customer.objects.none()
    serializer_class = CustomerRow
    filterset_class = CustomerFilter
    lookup_value_converter = "int"
    permission_of = both("customers.list_customers")

    def get_queryset(self) -> QuerySet[Customer]:
        return customers_for(self.request.user)


@extend_schema_view(
    list=extend_schema(summary=_("List sites")),
    retrieve=extend_schema(summary=_("Read a site")),
)
class SiteViewSet(ReadOnlyRows):
    tag = "sites"
    queryset = Site.objects.none()
    serializer_class = SiteRow
    filterset_class = SiteFilter
    lookup_value_converter = "int"
    permission_of = both("customers.list_sites")

    def get_queryset(self) -> QuerySet[Site]:
        return sites_for(self.request.user)


@extend_schema_view(
    list=extend_schema(summary=_("List assets")),
    retrieve=extend_schema(summary=_("Read an asset")),
)
class AssetViewSet(ReadOnlyRows):
    tag = "assets"
    queryset = Asset.objects.none()
    serializer_class = AssetRow
    filterset_class = AssetFilter
    lookup_value_converter = "int"
    permission_of = both("customers.list_assets")

    def get_queryset(self) -> QuerySet[Any]:
        return assets_for(self.request.user)
