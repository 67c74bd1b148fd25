"""Asking who pays, before anything is recorded."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.domain.coverage import verdict_of, verdicts
from contracts.domain.coverage_answer import services_of
from contracts.enums import Coverage, FaultCause, PriceBasis, ServiceKind
from contracts.queries.entitlement import entitled
from core.api.fields import Choice, Id, Strict, Text, Whole, existing
from core.api.views import Endpoint
from core.clock import office_day
from core.errors import InputError
from customers.queries.customer import assets_for, customers_for, sites_for

EXAMPLE = {"customer": 1, "asset": 7, "day": "2026-11-23", "cause": "misuse"}
FURTHEST_KM = 20_000
PART_LENGTH = 120


class Day(serializers.DateField):
    """A day, in the office's zone."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class VerdictBody(Strict):
    """Without a day it is today's; the distance is that of the site unless given."""

    customer = Id()
    site = Id(required=False, allow_null=True)
    asset = Id(required=False, allow_null=True)
    day = Day(required=False, allow_null=True)
    cause = Choice(choices=FaultCause.choices, default=FaultCause.UNKNOWN)
    distance_km = Whole(required=False, allow_null=True, min_value=0, max_value=FURTHEST_KM)
    part = Text(required=False, allow_blank=True, max_length=PART_LENGTH)


class ServiceAnswer(serializers.Serializer[Any]):
    service = serializers.ChoiceField(choices=ServiceKind.choices)
    coverage = serializers.ChoiceField(choices=Coverage.choices)
    included = serializers.BooleanField()
    paid = serializers.BooleanField()
    price = serializers.ChoiceField(choices=PriceBasis.choices, allow_null=True)
    reason = serializers.CharField()
    unless = serializers.ListField(child=serializers.ChoiceField(choices=FaultCause.choices))
    contract = serializers.CharField(allow_null=True)
    basis = serializers.CharField()
    until = serializers.DateField(allow_null=True)


class VerdictAnswer(serializers.Serializer[Any]):
    day = serializers.DateField()
    coverage = serializers.ChoiceField(choices=Coverage.choices)
    title = serializers.CharField()
    reason = serializers.CharField()
    contract = serializers.CharField()
    until = serializers.DateField(allow_null=True)
    services = ServiceAnswer(many=True)


class CoverageViewSet(Endpoint):
    tag = "coverage"
    basename = "coverage"
    permission_of = {"verdict": "contracts.list_promises"}
    asking = frozenset({"verdict"})

    @extend_schema(
        summary=_("Who pays?"),
        request=VerdictBody,
        responses={200: VerdictAnswer},
        examples=[OpenApiExample("verdict", EXAMPLE, request_only=True)],
    )
    @action(detail=False, methods=["post"])
    def verdict(self, request: Request) -> Response:
        """The coverage verdict for each kind of service; writes nothing."""
        body = VerdictBody(data=request.data)
        body.is_valid(raise_exception=True)
        today = office_day(self.now)
        return Response(_answer(request.user, body.validated_data, today))


def _answer(user: Any, asked: dict[str, Any], today: date) -> dict[str, Any]:
    customer = existing(customers_for(user), asked["customer"], "customer")
    sites, assets = sites_for(user).filter(customer=customer), assets_for(user).filter(customer=customer)
    site = existing(sites, asked["site"], "site") if asked.get("site") else None
    known = assets.select_related("product", "site")
    asset = existing(known, asked["asset"], "asset") if asked.get("asset") else None
    if asset and site and asset.site_id != site.pk:
        raise InputError("elsewhere", str(_("This device stands at another site.")), "asset")
    place = asset.site if asset else site
    distance = asked.get("distance_km")
    found = entitled(customer=customer, site=place, asset=asset, on_day=asked.get("day") or today)
    summary = verdict_of(found)
    judged = verdicts(
        found,
        cause=asked["cause"],
        distance_km=distance if distance is not None else place.distance_km if place else None,
        part=asked.get("part", ""),
    )
    return {
        "day": found.day,
        "coverage": str(summary.code),
        "title": summary.title,
        "reason": summary.reason,
        "contract": summary.source,
        "until": summary.until,
        "services": services_of(judged),
    }
