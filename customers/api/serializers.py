from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from core.domain import record
from customers.domain import care_plan, contact, customer, partner, site
from customers.models import CarePlan, Contact, Customer, Partner, Site


class Versioned(serializers.Serializer[Any]):
    """`version` is what a change sends along, to be told if somebody else changed the row meanwhile."""

    version = serializers.SerializerMethodField()

    def get_version(self, row: Any) -> str:
        return VERSION_OF[type(row)](row)


class CustomerRow(Versioned, serializers.ModelSerializer[Customer]):
    partner = serializers.IntegerField(source="partner_id", read_only=True, allow_null=True)

    class Meta:
        model = Customer
        fields = (
            *("id", "code", "name", "short_name", "industry", "phone", "is_key", "is_active", "partner"),
            "version",
        )
        read_only_fields = fields


class SiteRow(Versioned, serializers.ModelSerializer[Site]):
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    service_center = serializers.IntegerField(source="service_center_id", read_only=True, allow_null=True)

    class Meta:
        model = Site
        fields = (
            *("id", "customer", "name", "address", "district", "locality", "distance_km"),
            *("is_placed_by_hand", "latitude", "longitude", "service_center", "version"),
        )
        read_only_fields = fields


class ContactRow(Versioned, serializers.ModelSerializer[Contact]):
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    sites: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    email = serializers.CharField(read_only=True)  # may be empty
    has_login = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = (
            *("id", "customer", "name", "position", "role", "phone", "email", "may_report", "is_active", "sites"),
            *("has_login", "version"),
        )
        read_only_fields = fields

    def get_has_login(self, row: Contact) -> bool:
        return row.user_id is not None


class PartnerRow(Versioned, serializers.ModelSerializer[Partner]):
    class Meta:
        model = Partner
        fields = ("id", "code", "name", "kind", "contact_name", "phone", "is_active", "version")
        read_only_fields = fields


class CarePlanRow(Versioned, serializers.ModelSerializer[CarePlan]):
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    owner = serializers.IntegerField(source="owner_id", read_only=True)

    class Meta:
        model = CarePlan
        fields = ("id", "customer", "every_months", "next_on", "owner", "note", "version")
        read_only_fields = fields


VERSION_OF: dict[type[Any], Callable[[Any], str]] = {
    Customer: lambda row: record.version_of(row, customer.FIELDS),
    Site: lambda row: record.version_of(row, site.FIELDS),
    Contact: contact.version_of,
    Partner: partner.version_of,
    CarePlan: care_plan.version_of,
}


class ProductPart(serializers.Serializer[Any]):
    id = serializers.IntegerField(read_only=True)
    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
