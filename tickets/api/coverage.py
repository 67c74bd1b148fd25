"""The coverage of a ticket: read, judged by hand, checked again."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.domain.coverage_answer import services_of
from contracts.enums import Coverage as Code
from contracts.enums import FaultCause, PriceBasis, ServiceKind
from core.api.fields import Instant
from tickets.api import bodies
from tickets.api.acts import Acting, Data
from tickets.api.deed import deed
from tickets.domain import coverage
from tickets.models import Event, Ticket
from tickets.queries.coverage import judgements_of


class ServicePart(serializers.Serializer[Any]):
    service = serializers.ChoiceField(choices=ServiceKind.choices)
    coverage = serializers.ChoiceField(choices=Code.choices)
    included = serializers.BooleanField()
    paid = serializers.BooleanField()
    price = serializers.ChoiceField(choices=PriceBasis.choices, allow_null=True)
    reason = serializers.CharField()
    unless = serializers.ListField(child=serializers.ChoiceField(choices=FaultCause.choices))
    contract = serializers.CharField(allow_null=True)
    basis = serializers.CharField()
    until = serializers.DateField(allow_null=True)


class JudgementPart(serializers.Serializer[Any]):
    """One judgement: when, by whom (null: the system), what, by hand or not, why."""

    event = serializers.IntegerField(source="seq")
    at = Instant(source="recorded_at")
    actor = serializers.CharField(source="actor.name", default=None, allow_null=True)
    coverage = serializers.SerializerMethodField()
    by_hand = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    taken_back = serializers.BooleanField()

    def get_coverage(self, event: Event) -> str:
        return str(event.data["facts"]["coverage"])

    def get_by_hand(self, event: Event) -> bool:
        return bool(event.data.get("set", {}).get("coverage_by_hand"))

    def get_reason(self, event: Event) -> str:
        return str(event.data.get("note", ""))


class CoverageAnswer(serializers.Serializer[Any]):
    day = serializers.DateField()
    coverage = serializers.ChoiceField(choices=Code.choices)
    by_hand = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    services = ServicePart(many=True)
    history = JudgementPart(many=True)


class Coverage(Acting):
    """Who pays."""

    @extend_schema(summary=_("Read who pays, and how it was judged"), responses=CoverageAnswer)
    @action(detail=True, methods=["get"])
    def coverage(self: Any, request: Request, number: str) -> Response:
        ticket = self.get_object()
        known = coverage.entitlement_of(ticket)
        answer = {
            "day": known.day,
            "coverage": ticket.coverage,
            "by_hand": ticket.coverage_by_hand,
            "reason": ticket.coverage_reason,
            "services": services_of(coverage.findings_of(ticket, known)),
            "history": judgements_of(ticket),
        }
        return Response(CoverageAnswer(answer).data)

    @deed(
        bodies.OverrideCoverageBody,
        _("Judge the coverage by hand"),
        {"code": "contract", "reason": "经理批准，按合同内处理。", "version": 3},
        path="override-coverage",
    )
    def override_coverage(self, ticket: Ticket, data: Data) -> Ticket:
        facts = {"code": data["code"], "reason": data["reason"]}
        return coverage.override(ticket=ticket, **facts, **self.with_version(data))

    @deed(bodies.PlainBody, _("Judge the coverage by the terms as they stand now"), {}, path="recheck-coverage")
    def recheck_coverage(self, ticket: Ticket, data: Data) -> Ticket:
        return coverage.recheck(ticket=ticket, **self.with_version(data))
