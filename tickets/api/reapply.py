"""New promises and calendars for open tickets over the API: what would move, the order, how far it is."""

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import Strict, Text
from core.api.idempotency import answered
from core.api.schema import Refusal
from core.api.views import ReadOnlyRows
from core.domain.idempotency import Answer
from tickets.domain import reapply
from tickets.models import Reapplication
from tickets.queries.reapply import Outdated, mappings, outdated, reapplications_for

EXAMPLE = {"sets": ["HN58"], "calendars": ["office_5x8"]}


class ReapplicationRow(serializers.ModelSerializer[Reapplication]):
    started_by = serializers.CharField(source="started_by.name", default=None, read_only=True, allow_null=True)

    class Meta:
        model = Reapplication
        fields: Any = (
            *("id", "promises", "calendars", "reason", "state", "started_by", "started_at", "finished_at"),
            *("total", "done", "changed", "moved", "failed"),
        )
        read_only_fields = fields


class WantedBody(Strict):
    """The sets and calendars, by code, whose newest versions open tickets are to stand under."""

    sets = serializers.ListField(child=Text(max_length=20), required=False, default=list, max_length=100)
    calendars = serializers.ListField(child=Text(max_length=32), required=False, default=list, max_length=100)


class StartBody(WantedBody):
    reason = Text(max_length=500)


class MovePart(serializers.Serializer[Any]):
    number = serializers.CharField()
    subject = serializers.CharField()
    set_code = serializers.CharField()
    target = serializers.CharField()
    old_due = serializers.DateTimeField(allow_null=True)
    new_due = serializers.DateTimeField(allow_null=True)
    old_state = serializers.CharField()
    new_state = serializers.CharField()


class MovesAnswer(serializers.Serializer[Any]):
    tickets = serializers.IntegerField(help_text=_("Open tickets under an older version."))
    examined = serializers.IntegerField(help_text=_("Fewer than all: the counts are of a sample, the nearest due."))
    moved = serializers.IntegerField()
    clocks = serializers.IntegerField()
    earlier = serializers.IntegerField()
    late = serializers.IntegerField()
    rows = MovePart(many=True)
    failed = serializers.ListField(child=serializers.CharField())


@extend_schema_view(
    list=extend_schema(summary=_("List what was applied to open tickets")),
    retrieve=extend_schema(summary=_("Read how far an application is")),
)
class ReapplicationViewSet(ReadOnlyRows):
    tag = "reapplications"
    queryset = Reapplication.objects.none()
    serializer_class = ReapplicationRow
    asking = frozenset({"preview"})
    lookup_value_converter = "int"
    permission_of = {
        **dict.fromkeys(("list", "retrieve", "preview"), "tickets.list_reapplications"),
        "create": "tickets.start_reapplication",
        "cancel": "tickets.cancel_reapplication",
    }

    def get_queryset(self) -> QuerySet[Reapplication]:
        return reapplications_for(self.request.user)

    @extend_schema(
        summary=_("Which clocks would move"),
        request=WantedBody,
        responses={200: MovesAnswer, 409: Refusal},
        examples=[OpenApiExample("preview", EXAMPLE, request_only=True)],
    )
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        wanted, _reason = self.wanted(WantedBody)
        moves = reapply.preview(**mappings(wanted), now=self.now)
        return Response(MovesAnswer(asdict(moves)).data)

    @extend_schema(
        summary=_("Apply the newest versions to open tickets"),
        request=StartBody,
        responses={201: ReapplicationRow},
        examples=[OpenApiExample("start", EXAMPLE | {"reason": "合同补充协议 2 号"}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        wanted, reason = self.wanted(StartBody)

        def act() -> Answer:
            order = reapply.start(**mappings(wanted), actor=request.user, reason=reason, now=self.now)
            return Answer(201, dict(ReapplicationRow(order).data))

        return answered(request, self.now, act)

    @extend_schema(summary=_("Stop an application between two batches"), request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        order = self.get_object()

        def act() -> Answer:
            reapply.cancel(reapplication=order, actor=request.user, now=self.now)
            return Answer(200, dict(ReapplicationRow(order).data))

        return answered(request, self.now, act)

    def wanted(self, body: type[Strict]) -> tuple[list[Outdated], str]:
        given = body(data=self.request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        asked = {"promises": data["sets"], "calendars": data["calendars"]}
        return [one for one in outdated(self.now) if one.code in asked[one.kind]], data.get("reason", "")
