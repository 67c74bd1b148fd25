"""Access data of customers' systems, as far as the API knows it: what there is, never what it says."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from core.api.views import ReadOnlyRows
from core.filters import IdFilter
from customers.models import Secret
from customers.queries.secret import secrets_for


class SecretRow(serializers.ModelSerializer[Secret]):
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    asset = serializers.IntegerField(source="asset_id", read_only=True, allow_null=True)

    class Meta:
        model = Secret
        fields = ("id", "customer", "asset", "name", "sealed_at")
        read_only_fields = fields


class SecretFilter(filters.FilterSet):
    customer = IdFilter("customer")
    asset = IdFilter("asset")

    class Meta:
        model = Secret
        fields = ("customer", "asset")


@extend_schema_view(
    list=extend_schema(summary=_("List access data, without what it says")),
    retrieve=extend_schema(summary=_("Read what access data is there, without what it says")),
)
class SecretViewSet(ReadOnlyRows):
    tag = "access-data"
    queryset = Secret.objects.none()
    serializer_class = SecretRow
    filterset_class = SecretFilter
    lookup_value_converter = "int"
    permission_of = {"list": "customers.list_secrets", "retrieve": "customers.list_secrets"}

    def get_queryset(self) -> QuerySet[Any]:
        return secrets_for(self.request.user)
