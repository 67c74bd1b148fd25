from datetime import date

import django_filters as filters
from django.db.models import QuerySet

from contracts.enums import ContractState
from contracts.models import Contract
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
        signed = queryset.exclude(state=ContractState.DRAFT)
        return signed.filter(starts_on__lte=value, ends_on__gte=value)
