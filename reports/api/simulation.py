"""The promise simulator over the API: order, how far it is, what came out, stop."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import Strict, Text
from core.api.idempotency import answered
from core.api.views import ReadOnlyRows
from core.domain.idempotency import Answer
from core.errors import InputError
from customers.queries.customer import customers_for
from reports.domain import simulation as simulations
from reports.forms.penalty import FIRST_DAY, LAST_DAY
from reports.models import Simulation
from reports.queries.selection import Selection
from reports.queries.simulation import Figures, Line, Span, find_wording, seen_so_far, simulations_for

DAYS = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
EXAMPLE = {"set": "HW12:draft", "first": "2026-10-01", "last": "2026-10-31"}


class SimulatedShare(serializers.Serializer[Any]):
    met = serializers.IntegerField()
    late = serializers.IntegerField()
    open = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text=_("Met of met and late; null for a small sample."))


class SimulatedPart(serializers.Serializer[Any]):
    target = serializers.CharField(source="key")
    now = SimulatedShare()
    then = SimulatedShare()
    newly = serializers.IntegerField(help_text=_("Tickets that would have been late."))
    spared = serializers.IntegerField(help_text=_("Tickets that are late now and would not have been."))


class SimulationRow(serializers.ModelSerializer[Simulation]):
    ordered_by = serializers.CharField(source="ordered_by.name", read_only=True)
    set = serializers.CharField(source="code", read_only=True)
    version = serializers.IntegerField(source="number", read_only=True, allow_null=True)
    seen = serializers.SerializerMethodField(help_text=_("Tickets that are done so far."))
    targets = serializers.SerializerMethodField(help_text=_("By promise, once it is done."))

    class Meta:
        model = Simulation
        fields: Any = (
            *("id", "set", "version", "name", "start", "end", "customer", "under", "state", "ordered_by"),
            *("created_at", "started_at", "finished_at", "tickets", "seen", "failed_count", "failed", "targets"),
        )
        read_only_fields = fields

    def get_seen(self, order: Simulation) -> int:
        return seen_so_far(order) if order.is_going else order.tickets * (order.state == "done")

    @extend_schema_field(SimulatedPart(many=True))
    def get_targets(self, order: Simulation) -> Any:
        figures = Figures(order)
        lines: list[Line] = [*figures.targets, *figures.house_targets]
        return SimulatedPart(lines, many=True).data


class SimulationBody(Strict):
    """The wording ("HW12:draft", "HW12:3", "HW12" for the newest), the first and the last day of the period."""

    set = Text(max_length=40)
    first = serializers.DateField(validators=DAYS)
    last = serializers.DateField(validators=DAYS)
    customer = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1)
    under = Text(max_length=20, required=False, default="", allow_blank=True)


@extend_schema_view(
    list=extend_schema(summary=_("List simulations")),
    retrieve=extend_schema(summary=_("Read a simulation")),
)
class SimulationViewSet(ReadOnlyRows):
    tag = "promises"
    queryset = Simulation.objects.none()
    serializer_class = SimulationRow
    lookup_value_converter = "int"
    permission_of = {
        **dict.fromkeys(("list", "retrieve"), "reports.list_simulations"),
        "create": "reports.start_simulation",
        "cancel": "reports.cancel_simulation",
    }

    def get_queryset(self) -> QuerySet[Simulation]:
        return simulations_for(self.request.user).select_related("ordered_by")

    @extend_schema(
        summary=_("Simulate a promise set over a past period"),
        request=SimulationBody,
        responses={201: SimulationRow},
        examples=[OpenApiExample("order", EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        body = SimulationBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        wording = find_wording(request.user, given["set"])
        if wording is None:
            raise InputError("unknown", gettext("There is no such promise set or draft."), "set")
        if given["customer"] and not customers_for(request.user).filter(pk=given["customer"]).exists():
            raise InputError("unknown", gettext("There is no such customer."), "customer")
        days = Selection(given["first"], given["last"], timezone.get_current_timezone())
        span = Span(days.start, days.end, given["customer"], given["under"])

        def act() -> Answer:
            order = simulations.start(wording=wording, span=span, actor=request.user, now=self.now)
            return Answer(201, dict(SimulationRow(order).data))

        return answered(request, self.now, act)

    @extend_schema(summary=_("Stop a simulation"), request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        order = self.get_object()

        def act() -> Answer:
            simulations.cancel(simulation=order, actor=request.user, now=self.now)
            return Answer(200, dict(SimulationRow(order).data))

        return answered(request, self.now, act)
