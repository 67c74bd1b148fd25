"""The filters of the API's list. Every filter is named here, nothing else works."""

import django_filters as filters

from core.filters import DayFilter, IdFilter
from feedback.enums import Stars
from feedback.models import Rating


class RatingFilter(filters.FilterSet):  # type: ignore[misc]
    customer = IdFilter("customer")
    ticket = filters.CharFilter("ticket__number", max_length=20)
    stars = filters.TypedChoiceFilter(choices=Stars.choices, coerce=int)
    rated_from = DayFilter("created_at", "gte")
    rated_to = DayFilter("created_at", "lt")

    class Meta:
        model = Rating
        fields = ("customer", "ticket", "stars", "rated_from", "rated_to")
