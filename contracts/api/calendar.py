"""Calendars and special days: every version to read, the next one to publish, days to set one by one or as a list."""

import json
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet, NumberFilter
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.domain import calendar_version
from contracts.domain.calendar_plan import check_document
from contracts.domain.document import DocumentError
from contracts.domain.holiday import LONGEST_NAME, set_holiday
from contracts.domain.holiday_import import MOST_LINES, SpecialDay, import_days
from contracts.enums import DayKind
from contracts.models import CalendarVersion, Holiday, ServiceCalendar
from contracts.queries.calendar import calendars_for, holidays_for
from core.api.fields import BIGGEST_COUNT, Strict, Text
from core.api.idempotency import answered
from core.api.views import ReadOnlyRows, Rows
from core.domain.idempotency import Answer
from core.errors import InputError

Data = dict[str, Any]
SPECIAL_DAY = {"day": "2027-02-05", "kind": "off", "name": "春节"}
DOCUMENT = {
    "name": "工作日 09:00–18:00",
    "hours": {"mon-fri": ["09:00-12:00", "13:00-18:00"]},
    "holidays": "CN",
    "make_up_workdays": True,
    "standard_day": "8h",
    "closures": ["2026-12-24"],
}


class CalendarVersionPart(serializers.ModelSerializer[CalendarVersion]):
    published_by = serializers.CharField(source="published_by.name", default=None, read_only=True, allow_null=True)

    class Meta:
        model = CalendarVersion
        fields = ("id", "number", "published_at", "published_by")
        read_only_fields = fields


class CalendarVersionFull(CalendarVersionPart):
    document = serializers.SerializerMethodField()
    public_days = serializers.SerializerMethodField()

    class Meta(CalendarVersionPart.Meta):
        fields: Any = (*CalendarVersionPart.Meta.fields, "document", "public_days")
        read_only_fields = fields

    def get_document(self, row: CalendarVersion) -> Data:
        stored: Data = json.loads(row.document)["calendar"]
        return stored

    def get_public_days(self, row: CalendarVersion) -> Data:
        stored: Data = json.loads(row.document)["public_days"]
        return stored


class CalendarRow(serializers.ModelSerializer[ServiceCalendar]):
    versions = CalendarVersionPart(many=True, read_only=True, help_text=_("The newest first."))

    class Meta:
        model = ServiceCalendar
        fields = ("id", "code", "versions")
        read_only_fields = fields


class CalendarPublishBody(Strict):
    code = serializers.SlugField(max_length=32)
    document = serializers.DictField()


@extend_schema_view(
    list=extend_schema(summary=_("List calendars")),
    retrieve=extend_schema(summary=_("Read a calendar")),
)
class CalendarViewSet(ReadOnlyRows):
    tag = "calendars"
    queryset = ServiceCalendar.objects.none()
    serializer_class = CalendarRow
    lookup_field = "code"
    lookup_value_converter = "str"
    permission_of = {
        **dict.fromkeys(("list", "retrieve", "version"), "contracts.read_calendar"),
        "create": "contracts.publish_calendar_version",
    }

    def get_queryset(self) -> QuerySet[ServiceCalendar]:
        versions = CalendarVersion.objects.select_related("published_by").order_by("-number")
        return calendars_for(self.request.user).prefetch_related(Prefetch("versions", versions))

    @extend_schema(summary=_("Read what a version says"), responses={200: CalendarVersionFull})
    @action(detail=True, methods=["get"], url_path="versions/<int:number>")
    def version(self, request: Request, code: str, number: int) -> Response:
        found = get_object_or_404(self.get_object().versions.all(), number=min(number, BIGGEST_COUNT))
        return Response(CalendarVersionFull(found).data)

    @extend_schema(
        summary=_("Publish the next version of a calendar"),
        request=CalendarPublishBody,
        responses={201: CalendarVersionFull},
        examples=[OpenApiExample("publish", {"code": "office", "document": DOCUMENT}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        given = CalendarPublishBody(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data

        def act() -> Answer:
            _check(data["document"])
            made = calendar_version.publish(
                code=data["code"], document=data["document"], actor=request.user, now=self.now
            )
            return Answer(201, dict(CalendarVersionFull(made).data))

        return answered(request, self.now, act)


def _check(document: Data) -> None:
    try:
        check_document(document)
    except DocumentError as error:
        raise InputError("document", str(error), "document") from error


# --- Special days -----------------------------------------------------------------------------------------------------


class HolidayRow(serializers.ModelSerializer[Holiday]):
    class Meta:
        model = Holiday
        fields = ("day", "kind", "name")
        read_only_fields = fields


class HolidayBody(Strict):
    day = serializers.DateField()
    kind = serializers.ChoiceField(choices=DayKind.choices, allow_null=True, help_text=_("null: a plain day again."))
    name = Text(required=False, default="", max_length=LONGEST_NAME, allow_blank=True)


class HolidayLine(HolidayBody):
    kind = serializers.ChoiceField(choices=DayKind.choices)


class HolidaysBody(Strict):
    days: Any = HolidayLine(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    replaces = serializers.BooleanField(
        default=False, help_text=_("The list is all there is of its years; other days of them become plain days.")
    )


class ImportedAnswer(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()


class HolidayFilter(FilterSet):
    year = NumberFilter(field_name="day", lookup_expr="year", min_value=2000, max_value=2100)

    class Meta:
        model = Holiday
        fields: tuple[str, ...] = ()


@extend_schema_view(list=extend_schema(summary=_("List public holidays and make-up workdays")))
class HolidayViewSet(ListModelMixin, Rows):
    tag = "calendars"
    queryset = Holiday.objects.none()
    serializer_class = HolidayRow
    filterset_class = HolidayFilter
    permission_of = {
        "list": "contracts.read_calendar",
        "set": "contracts.set_holiday",
        "load": "contracts.set_holiday",
        "publish": "contracts.publish_calendar_version",
    }

    def get_queryset(self) -> QuerySet[Holiday]:
        return holidays_for(self.request.user).order_by("day")

    @extend_schema(
        summary=_("Set one special day"),
        request=HolidayBody,
        responses={200: HolidayBody},
        examples=[OpenApiExample("set", SPECIAL_DAY, request_only=True)],
    )
    @action(detail=False, methods=["post"])
    def set(self, request: Request) -> Response:
        given = HolidayBody(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data

        def act() -> Answer:
            kind = DayKind(data["kind"]) if data["kind"] else None
            set_holiday(day=data["day"], kind=kind, name=data["name"], actor=request.user, now=self.now)
            return Answer(200, {"day": data["day"].isoformat(), "kind": data["kind"], "name": data["name"]})

        return answered(request, self.now, act)

    @extend_schema(
        summary=_("Set many special days"),
        request=HolidaysBody,
        responses={200: ImportedAnswer},
        examples=[OpenApiExample("import", {"days": [SPECIAL_DAY], "replaces": False}, request_only=True)],
    )
    @action(detail=False, methods=["post"], url_path="import")
    def load(self, request: Request) -> Response:
        given = HolidaysBody(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data

        def act() -> Answer:
            days = [SpecialDay(one["day"], DayKind(one["kind"]), one["name"]) for one in data["days"]]
            done = import_days(days=days, replaces=data["replaces"], actor=request.user, now=self.now)
            return Answer(200, {"added": done.added, "changed": done.changed, "removed": done.removed})

        return answered(request, self.now, act)

    @extend_schema(
        summary=_("Publish the special days with every calendar that follows them"),
        request=None,
        responses={200: CalendarVersionPart(many=True)},
    )
    @action(detail=False, methods=["post"])
    def publish(self, request: Request) -> Response:
        def act() -> Answer:
            made = calendar_version.publish_special_days(actor=request.user, now=self.now)
            return Answer(200, [dict(row) for row in CalendarVersionPart(made, many=True).data])

        return answered(request, self.now, act)
