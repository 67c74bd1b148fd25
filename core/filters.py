"""Filters that the lists of every app share, for pages and API alike."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from core.grams import LONGEST_QUERY

LONGEST_SEARCH = LONGEST_QUERY
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2199, 12, 31)


class IdFilter(filters.Filter):  # type: ignore[misc]
    """A row by its number. One that is missing or not visible simply finds nothing."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name=f"{field_name}_id", min_value=1, max_value=2**63 - 1)


class DayFilter(filters.DateFilter):  # type: ignore[misc]
    """A day in the viewer's zone, as 2026-11-23, compared as an instant so that an index serves; "to" days (lookup
    "lt") are included.
    """

    def __init__(self, field_name: str, lookup_expr: str, **more: Any) -> None:
        bounds = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        super().__init__(field_name, lookup_expr=lookup_expr, validators=bounds, input_formats=["%Y-%m-%d"], **more)

    def filter(self, qs: QuerySet[Model], value: date | None) -> QuerySet[Model]:
        if value is None:
            return qs
        day = value + timedelta(days=1) if self.lookup_expr == "lt" else value
        at = timezone.make_aware(datetime.combine(day, time.min))
        return qs.filter(**{f"{self.field_name}__{self.lookup_expr}": at})


class WordsFilter(filters.CharFilter):  # type: ignore[misc]
    """Every word must be part of one of the columns."""

    def __init__(self, *columns: str) -> None:
        super().__init__(max_length=LONGEST_SEARCH)
        self.columns = columns

    def filter(self, qs: QuerySet[Model], value: str) -> QuerySet[Model]:
        for word in (value or "").split():
            found = Q()
            for column in self.columns:
                found |= Q(**{f"{column}__icontains": word})
            qs = qs.filter(found)
        return qs
