"""The filters of lists. Every filter is named here, nothing else works."""

import re
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace

from accounts.enums import Role
from accounts.models import User, UserRole
from core.filters import IdFilter, WordsFilter

SHORTEST_NUMBER = 4


class PersonWordsFilter(WordsFilter):
    """Words of name, e-mail and staff number; or a telephone number, however spaced."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        digits = re.sub(r"\D", "", value or "")
        if len(digits) < SHORTEST_NUMBER or re.search(r"[^\d\s+-]", value):
            return super().filter(qs, value)
        bare = Replace(Replace("phone", Value(" "), Value("")), Value("-"), Value(""))
        word = value.strip()
        found = Q(bare__contains=digits) | Q(staff_no__icontains=word) | Q(email__icontains=word)
        return qs.alias(bare=bare).filter(found)


class UserFilter(filters.FilterSet):
    q = PersonWordsFilter("name", "email", "staff_no")
    role = filters.ChoiceFilter(choices=Role.choices, method="with_role")
    team = IdFilter("team")
    is_active = filters.BooleanFilter()

    class Meta:
        model = User
        fields = ("q", "role", "team", "is_active")

    def with_role(self, users: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return users.filter(Exists(UserRole.objects.filter(user=OuterRef("pk"), role=value)))
