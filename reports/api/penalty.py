"""What missed promises would cost us under a contract: a proposal, never booked."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.queries.contract import contracts_for
from core.api.views import Endpoint
from reports.forms.penalty import PeriodForm
from reports.queries.penalty import penalty


class MissedPart(serializers.Serializer[Any]):
    number = serializers.CharField(help_text=_("The number of the ticket."))
    target = serializers.CharField()
    due_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    late_seconds = serializers.IntegerField(source="late.total_seconds")
    reason = serializers.CharField()
    is_free = serializers.BooleanField()
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)


class PenaltyRow(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    missed = MissedPart(many=True)
    total = serializers.DecimalField(max_digits=16, decimal_places=2)
    cap = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    proposed = serializers.DecimalField(max_digits=16, decimal_places=2)


SPAN = [
    OpenApiParameter(name, str, description=_("A day such as 2026-11-23; both days are included."))
    for name in ("first", "last")
]


@extend_schema_view(
    retrieve=extend_schema(summary=_("Propose a contract's penalty"), parameters=SPAN, responses=PenaltyRow)
)
class PenaltyViewSet(Endpoint):
    tag = "contracts"
    basename = "penalty"
    lookup_value_converter = "int"
    permission_of = {"retrieve": "reports.see_penalty"}

    def query_parameters(self) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset({"first", "last"}), frozenset()

    def retrieve(self, request: Request, pk: int) -> Response:
        contract = get_object_or_404(contracts_for(request.user), pk=pk)
        self.check_object_permissions(request, contract)
        form = PeriodForm(request.query_params, now=self.now)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(text) for text in said] for name, said in form.errors.items()}
            )
        return Response(PenaltyRow(penalty(contract, *form.span(), self.now)).data)
