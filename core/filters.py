"""Filters that the lists of every app share, for pages and API alike."""

import django_filters as filters
from django import forms
from django.db.models import Model, Q, QuerySet

LONGEST_SEARCH = 100


class IdFilter(filters.Filter):  # type: ignore[misc]
    """A row by its number. One that is missing or not visible simply finds nothing."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name=f"{field_name}_id", min_value=1, max_value=2**63 - 1)


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
