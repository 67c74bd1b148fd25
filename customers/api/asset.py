"""Devices and systems, the catalogue, and software releases."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import BIGGEST_ID, Choice, Flag, Id, Strict, Text, Whole, existing
from core.api.idempotency import answered
from core.api.keep import Changing, KeptRows, kept
from core.domain.idempotency import Answer
from core.domain.record import VERSION_LENGTH, version_of
from customers.api.serializers import ProductPart
from customers.domain import asset as assets
from customers.domain import product as products
from customers.domain import release as releases
from customers.enums import (
    AssetLevel,
    AssetState,
    ChargedInside,
    Cover,
    PriceBasis,
    ProductKind,
    ReplacedPart,
    ServiceKind,
    WarrantyStart,
)
from customers.filters import AssetFilter, ProductFilter, ReleaseFilter
from customers.models import Asset, Product, Release
from customers.queries.customer import assets_for, sites_for
from customers.queries.product import products_for
from customers.queries.release import listed_releases_for, seen_of

Data = dict[str, Any]


def text(longest: int) -> Text:
    return Text(required=False, allow_blank=True, max_length=longest)


def acts(noun: str, *more: str) -> dict[str, str]:
    """The permissions of reading, making and changing, and of further acts of the noun."""
    read = dict.fromkeys(("list", "retrieve"), f"customers.list_{noun}s")
    return read | {act: f"customers.{act}_{noun}" for act in ("create", "change", *more)}


# --- Devices ----------------------------------------------------------------------------------------------------------


class AssetRow(serializers.ModelSerializer[Asset]):
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    site = serializers.IntegerField(source="site_id", read_only=True)
    parent = serializers.IntegerField(source="parent_id", read_only=True, allow_null=True)  # type: ignore[assignment]
    product = ProductPart(read_only=True)
    version = serializers.SerializerMethodField()

    class Meta:
        model = Asset
        fields = (
            *("id", "customer", "site", "parent", "level", "product", "name", "serial", "state", "software_version"),
            *("accepted_on", "accepted_in", "version"),
        )
        read_only_fields = fields

    def get_version(self, row: Asset) -> str:
        return version_of(row, assets.FIELDS)


class AssetBody(Strict):
    site = Id()
    product = Id()
    parent = Id(required=False, allow_null=True)  # type: ignore[assignment]
    level = Choice(choices=AssetLevel.choices, required=False)
    name = text(80)
    serial = text(60)
    software_version = text(40)
    state = Choice(choices=AssetState.choices, required=False)
    accepted_on = serializers.DateField(required=False, allow_null=True)


class AssetChange(Changing, AssetBody):
    note = text(200)


class AssetNote(Strict):
    """What was found or done at the device; what is left out stays as it is."""

    state = Choice(choices=AssetState.choices, required=False)
    software_version = text(40)
    note = text(200)


@kept(
    row=AssetRow,
    new=AssetBody,
    changed=AssetChange,
    example={"site": 3, "product": 2, "parent": None, "serial": "KT300-2611-00017", "software_version": "5.2.1"},
    list=_("List assets"),
    read=_("Read an asset"),
    make=_("Register an asset"),
    alter=_("Change an asset"),
)
class AssetViewSet(KeptRows):
    tag = "assets"
    queryset = Asset.objects.none()
    serializer_class = AssetRow
    filterset_class = AssetFilter
    lookup_value_converter = "int"
    permission_of = acts("asset") | {"note": "customers.record_asset"}
    new, changed = AssetBody, AssetChange

    def get_queryset(self) -> QuerySet[Any]:
        return assets_for(self.request.user)

    def make(self, data: Data) -> Asset:
        return assets.create(**self._named(data), **self.who)

    def alter(self, row: Asset, data: Data) -> None:
        assets.change(asset=row, **self._named(data), **self.who)

    def _named(self, data: Data) -> Data:
        user = self.request.user
        if "site" in data:
            data["site"] = existing(sites_for(user), data["site"], "site")
        if "product" in data:
            data["product"] = existing(products_for(user), data["product"], "product")
        if data.get("parent") is not None:
            data["parent"] = existing(assets_for(user), data["parent"], "parent")
        return data

    @extend_schema(
        summary=_("Note state or software version of an asset"),
        request=AssetNote,
        responses={200: AssetRow},
        examples=[OpenApiExample("note", {"software_version": "5.2.1", "note": "现场升级"}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def note(self, request: Request, **kwargs: Any) -> Response:
        row = self.get_object()
        data = self.read(AssetNote)

        def act() -> Answer:
            assets.change(asset=row, **data, **self.who)
            return Answer(200, self.shown(row))

        return answered(request, self.now, act)


# --- The catalogue ----------------------------------------------------------------------------------------------------


class WarrantyBody(Strict):
    """Terms in the shape of `warranty` in the promise sets."""

    months = Whole(min_value=1, max_value=products.LONGEST_WARRANTY)
    starts = Choice(choices=WarrantyStart.choices)
    first_day_counts = Flag()
    covers = Choice(choices=Cover.choices)
    replaced_part = Choice(choices=ReplacedPart.choices)
    price_after = Choice(choices=PriceBasis.choices, required=False)
    free_after = serializers.ListField(child=Choice(choices=ServiceKind.choices), required=False, max_length=20)
    charged_inside = serializers.ListField(child=Choice(choices=ChargedInside.choices), required=False, max_length=20)


class ProductRow(serializers.ModelSerializer[Product]):
    warranty = serializers.DictField(read_only=True)
    version = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = ("id", "code", "name", "kind", "maker", "warranty", "is_active", "version")
        read_only_fields = fields

    def get_version(self, row: Product) -> str:
        return version_of(row, products.FIELDS)


class ProductBody(Strict):
    code = Text(max_length=40)
    name = Text(max_length=80)
    kind = Choice(choices=ProductKind.choices)
    maker = text(80)
    warranty = WarrantyBody(required=False, allow_null=True, help_text=_("Null: the terms of the contract count."))


class ProductChange(Changing, ProductBody):
    is_active = Flag()


@kept(
    row=ProductRow,
    new=ProductBody,
    changed=ProductChange,
    example={"code": "KT-300", "name": "自助服务终端 KT-300", "maker": "云州智能", "kind": "hardware"},
    list=_("List products"),
    read=_("Read a product"),
    make=_("Add a product"),
    alter=_("Change a product"),
)
class ProductViewSet(KeptRows):
    tag = "products"
    queryset = Product.objects.none()
    serializer_class = ProductRow
    filterset_class = ProductFilter
    lookup_value_converter = "int"
    permission_of = acts("product")
    new, changed = ProductBody, ProductChange

    def get_queryset(self) -> QuerySet[Product]:
        return products_for(self.request.user)

    def make(self, data: Data) -> Product:
        return products.create(**data, **self.who)

    def alter(self, row: Product, data: Data) -> None:
        products.change(product=row, **data, **self.who)


# --- Releases ---------------------------------------------------------------------------------------------------------


class ReleaseRow(serializers.ModelSerializer[Release]):
    product = ProductPart(read_only=True)
    told = serializers.IntegerField(read_only=True, help_text=_("How many customers were told."))
    version = serializers.SerializerMethodField()

    class Meta:
        model = Release
        fields = ("id", "product", "number", "released_on", "minimum", "notes", "told", "version")
        read_only_fields = fields

    def get_version(self, row: Release) -> str:
        return version_of(row, releases.FIELDS)


class ReleaseBody(Strict):
    product = Id()
    number = Text(max_length=40)
    released_on = serializers.DateField()
    minimum = text(40)
    notes = text(releases.LONGEST_NOTES)


class ReleaseChange(Changing, ReleaseBody):
    fixed = ("product",)


class ReleaseTell(Strict):
    """Nothing is said beside the act; `version` only guards against an older sight of the release."""

    version = Text(required=False, max_length=VERSION_LENGTH)


class ReleaseInstall(Strict):
    assets = serializers.ListField(child=Id(), min_length=1, max_length=releases.MOST_AT_ONCE)
    note = text(200)


class ToldAnswer(serializers.Serializer[Any]):
    customers = serializers.ListField(child=serializers.IntegerField(max_value=BIGGEST_ID))


class InstalledAnswer(serializers.Serializer[Any]):
    installed = serializers.IntegerField()


@kept(
    row=ReleaseRow,
    new=ReleaseBody,
    changed=ReleaseChange,
    example={"product": 4, "number": "6.2.0", "released_on": "2026-11-20", "notes": "修复报表导出。"},
    list=_("List software releases"),
    read=_("Read a software release"),
    make=_("Record a software release"),
    alter=_("Change a software release"),
)
class ReleaseViewSet(KeptRows):
    tag = "releases"
    queryset = Release.objects.none()
    serializer_class = ReleaseRow
    filterset_class = ReleaseFilter
    lookup_value_converter = "int"
    permission_of = acts("release", "tell", "install")
    new, changed = ReleaseBody, ReleaseChange

    def get_queryset(self) -> QuerySet[Release]:
        return listed_releases_for(self.request.user)

    def make(self, data: Data) -> Release:
        product = existing(products_for(self.request.user), data.pop("product"), "product")
        return releases.create(product=product, **data, **self.who)

    def alter(self, row: Release, data: Data) -> None:
        releases.change(release=row, **data, **self.who)

    @extend_schema(
        summary=_("Tell the customers who have a right to it"),
        request=ReleaseTell,
        responses={200: ToldAnswer},
        examples=[OpenApiExample("tell", {"version": 3}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def tell(self, request: Request, **kwargs: Any) -> Response:
        release = self.get_object()
        version = self.read(ReleaseTell).get("version")

        def act() -> Answer:
            told = releases.tell(release=release, version=version, **self.who)
            return Answer(200, {"customers": [notice.customer_id for notice in told]})

        return answered(request, self.now, act)

    @extend_schema(
        summary=_("Note on which assets it was installed"),
        request=ReleaseInstall,
        responses={200: InstalledAnswer},
        examples=[OpenApiExample("install", {"assets": [7, 9], "note": "远程升级"}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def install(self, request: Request, **kwargs: Any) -> Response:
        release = self.get_object()
        data = self.read(ReleaseInstall)

        def act() -> Answer:
            seen = seen_of(request.user, release.product)
            chosen = [existing(seen, pk, "assets") for pk in dict.fromkeys(data["assets"])]
            fresh = releases.install(release=release, chosen=chosen, note=data.get("note", ""), **self.who)
            return Answer(200, {"installed": fresh})

        return answered(request, self.now, act)
