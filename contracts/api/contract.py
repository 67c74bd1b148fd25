"""Contracts, to read, by their numbers."""

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from contracts.api.serializers import ContractRow
from contracts.filters import ContractFilter
from contracts.models import Contract, ContractLine
from contracts.queries.contract import contracts_for
from core.api.views import ReadOnlyRows


@extend_schema_view(
    list=extend_schema(summary=_("List contracts")),
    retrieve=extend_schema(summary=_("Read a contract")),
)
class ContractViewSet(ReadOnlyRows):
    tag = "contracts"
    queryset = Contract.objects.none()
    serializer_class = ContractRow
    filterset_class = ContractFilter
    lookup_field = "number"
    lookup_value_converter = "path"
    permission_of = {"list": "contracts.list_contracts", "retrieve": "contracts.list_contracts"}

    def get_queryset(self) -> QuerySet[Contract]:
        lines = ContractLine.objects.select_related("promise_set").order_by("pk")
        return contracts_for(self.request.user).prefetch_related(Prefetch("lines", lines))
