from typing import Any

from rest_framework import serializers

from customers.models import Asset, Customer, Site


class CustomerRow(serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields = ("id", "code", "name", "short_name", "industry", "phone", "is_active")
        read_only_fields = fields


class SiteRow(serializers.ModelSerializer[Site]):
    customer = serializers.IntegerField(source="customer_id", read_only=True)

    class Meta:
        model = Site
        fields = ("id", "customer", "name", "address", "district", "locality", "distance_km")
        read_only_fields = fields


class ProductPart(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True)
    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)


class AssetRow(serializers.ModelSerializer[Asset]):
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    site = serializers.IntegerField(source="site_id", read_only=True)
    product = ProductPart(read_only=True)

    class Meta:
        model = Asset
        fields = ("id", "customer", "site", "product", "name", "serial", "accepted_on")
        read_only_fields = fields
