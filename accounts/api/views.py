"""Our own offices."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.domain import service_center as service_centers
from accounts.models import ServiceCenter
from accounts.queries.service_center import service_centers_for
from accounts.queries.user import staff
from core.api.fields import Flag, Id, Strict, Text, existing
from core.api.keep import Changing, KeptRows, kept

Data = dict[str, Any]


class ServiceCenterRow(serializers.ModelSerializer[ServiceCenter]):
    head = serializers.IntegerField(source="head_id", read_only=True, allow_null=True)
    districts = serializers.ListField(child=serializers.CharField(), read_only=True)
    version = serializers.SerializerMethodField()

    class Meta:
        model = ServiceCenter
        fields = (
            *("id", "code", "name", "city", "districts", "latitude", "longitude"),
            *("head", "contact", "phone", "address", "repairs", "is_active", "version"),
        )
        read_only_fields = fields

    def get_version(self, row: ServiceCenter) -> str:
        return service_centers.version_of(row)


def text(longest: int) -> Text:
    return Text(required=False, allow_blank=True, max_length=longest)


class ServiceCenterBody(Strict):
    code = Text(max_length=20)
    name = Text(max_length=60)
    city = Text(max_length=40)
    districts = serializers.ListField(
        child=Text(max_length=service_centers.LONGEST_DISTRICT),
        required=False,
        max_length=service_centers.MOST_DISTRICTS,
    )
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6, required=False, allow_null=True)
    longitude = serializers.DecimalField(max_digits=9, decimal_places=6, required=False, allow_null=True)
    head = Id(required=False, allow_null=True)
    contact = text(60)
    phone = text(40)
    address = text(200)
    repairs = text(1000)


class ServiceCenterChange(Changing, ServiceCenterBody):
    is_active = Flag()


@kept(
    row=ServiceCenterRow,
    new=ServiceCenterBody,
    changed=ServiceCenterChange,
    example={"code": "YZ", "name": "云州维护中心", "city": "云州市", "districts": ["金河区", "北塔区"]},
    list=_("List service centres"),
    read=_("Read a service centre"),
    make=_("Register a service centre"),
    alter=_("Change a service centre"),
)
class ServiceCenterViewSet(KeptRows):
    tag = "service-centers"
    queryset = ServiceCenter.objects.none()
    serializer_class = ServiceCenterRow
    lookup_value_converter = "int"
    permission_of = {
        "list": "accounts.list_service_centers",
        "retrieve": "accounts.list_service_centers",
        "create": "accounts.create_service_center",
        "change": "accounts.change_service_center",
    }
    new, changed = ServiceCenterBody, ServiceCenterChange

    def get_queryset(self) -> QuerySet[ServiceCenter]:
        return service_centers_for(self.request.user)

    def make(self, data: Data) -> ServiceCenter:
        return service_centers.create(**self._named(data), **self.who)

    def alter(self, row: ServiceCenter, data: Data) -> None:
        service_centers.change(service_center=row, **self._named(data), **self.who)

    def _named(self, data: Data) -> Data:
        if data.get("head") is not None:
            data["head"] = existing(staff(), data["head"], "head")
        return data
