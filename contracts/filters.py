from datetime import date

import django_filters as filters
from django.db.models import QuerySet

from contracts.enums import COVERING_STATES, AcceptanceStage, AcceptanceState, ContractState, DocumentKind
from contracts.models import Acceptance, Contract, DocumentFile
from core.filters import IdFilter, WordsFilter


class ContractFilter(filters.FilterSet):
    q = WordsFilter("number", "title")
    customer = IdFilter("customer")
    state = filters.ChoiceFilter(choices=ContractState.choices)
    in_force_on = filters.DateFilter(method="filter_in_force_on")
    ends_before = filters.DateFilter(field_name="ends_on", lookup_expr="lt")

    class Meta:
        model = Contract
        fields = ("q", "customer", "state", "in_force_on", "ends_before")

    def filter_in_force_on(self, queryset: QuerySet[Contract], name: str, value: date) -> QuerySet[Contract]:
        """Contracts whose promises and cover count on a day; a terminated one ends on its last day."""
        signed = queryset.filter(state__in=COVERING_STATES)
        return signed.filter(starts_on__lte=value, ends_on__gte=value)


class DocumentFilter(filters.FilterSet):
    contract = filters.CharFilter(field_name="contract__number", max_length=40)
    kind = filters.ChoiceFilter(choices=DocumentKind.choices)

    class Meta:
        model = DocumentFile
        fields = ("contract", "kind")


class AcceptanceFilter(filters.FilterSet):
    q = WordsFilter("number", "contract__number")
    customer = IdFilter("customer")
    contract = IdFilter("contract")
    asset = IdFilter("assets__asset")
    stage = filters.ChoiceFilter(choices=AcceptanceStage.choices)
    state = filters.ChoiceFilter(choices=AcceptanceState.choices)

    class Meta:
        model = Acceptance
        fields = ("q", "customer", "contract", "asset", "stage", "state")
