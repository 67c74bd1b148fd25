"""The filters of ticket lists, the same for pages and API. Every filter and every order is named here, nothing else
works.
"""

from datetime import UTC, datetime
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import UserKind
from accounts.models import User
from accounts.queries.user import staff, users_for
from contracts.enums import Coverage
from core.filters import FIRST_DAY, LAST_DAY, LONGEST_SEARCH, DayFilter, IdFilter
from core.grams import query_of
from tickets.enums import OPEN, BreachReason, Channel, ClockRank, Kind, Outcome, Severity, State
from tickets.models import Ticket
from tickets.queries.outcome import with_outcome
from tickets.queries.search import with_words

TARGET = RegexValidator(r"^[a-z_]+\Z")

# What `?sort=` may name, with the columns behind it; a leading "-" turns the order round.
SORTS = {
    "due": ("clock_rank", "next_due_at", "id"),
    "severity": ("severity", "clock_rank", "next_due_at", "id"),
    "state": ("state", "id"),
    "customer": ("customer__short_name", "id"),
    "reported": ("reported_at", "id"),
    "updated": ("updated_at", "id"),
    "number": ("id",),
}


def sorted_by(tickets: QuerySet[Ticket], name: str) -> QuerySet[Ticket]:
    """The tickets in the order of `SORTS[name]`, "-name" for the reverse; an unknown name gives the most pressing
    first.
    """
    columns = SORTS.get(name.removeprefix("-"), SORTS["due"])
    reverse = name.startswith("-") and name[1:] in SORTS
    return tickets.order_by(*(f"-{column}" for column in columns) if reverse else columns)


class InstantField(forms.Field):
    """An ISO 8601 time with offset."""

    default_error_messages = {"invalid": _("Please give a time with offset, such as 2026-11-23T10:38:00+08:00.")}

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            instant = datetime.fromisoformat(str(value).strip())
        except ValueError:
            instant = None
        if instant is None or instant.utcoffset() is None or not FIRST_DAY <= instant.date() <= LAST_DAY:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return instant.astimezone(UTC)


class InstantFilter(filters.Filter):
    field_class = InstantField


class NumbersFilter(filters.TypedMultipleChoiceFilter):
    """Any of several numbered choices."""

    def __init__(self, choices: Any, *, label: Any) -> None:
        super().__init__(choices=choices, coerce=int, label=label)


def people(request: Any) -> QuerySet[User]:
    """Whom one may filter by: the people one sees; REST clients, who see assignees on tickets, all staff."""
    if request is None:
        return User.objects.none()
    return staff() if getattr(request.user, "kind", "") == UserKind.CLIENT else users_for(request.user)


class TargetFilter(filters.CharFilter):
    """The code of a promise's target; one that no promise has finds nothing."""

    def __init__(self) -> None:
        super().__init__(method="filter_together", label=_("Promise"), max_length=32, validators=[TARGET])


class SearchFilter(filters.CharFilter):
    """The words of a search; see `queries.search.with_words`."""

    def __init__(self) -> None:
        super().__init__(max_length=LONGEST_SEARCH)

    def filter(self, tickets: QuerySet[Ticket], value: str) -> QuerySet[Ticket]:
        return with_words(tickets, query_of(value)) if value else tickets


class TicketFilter(filters.FilterSet):
    q = SearchFilter()
    state = filters.MultipleChoiceFilter(choices=State.choices, label=_("State"))
    is_open = filters.BooleanFilter(method="filter_is_open", label=_("Open"))
    severity = NumbersFilter(Severity.choices, label=_("Severity"))
    kind = filters.MultipleChoiceFilter(choices=Kind.choices, label=_("Kind"))
    channel = filters.MultipleChoiceFilter(choices=Channel.choices, label=_("Channel"))
    coverage = filters.MultipleChoiceFilter(choices=Coverage.choices, label=_("Coverage"))
    assignee = filters.ModelChoiceFilter(queryset=people, label=_("Assignee"))
    unassigned = filters.BooleanFilter(field_name="assignee", lookup_expr="isnull", label=_("Unassigned"))
    customer = IdFilter("customer")
    district = filters.CharFilter("site__district", max_length=40, label=_("District"))
    site = IdFilter("site")
    asset = IdFilter("asset")
    overdue = filters.BooleanFilter(method="filter_overdue", label=_("Overdue"))
    due_before = InstantFilter("next_due_at", lookup_expr="lt", label=_("Due before"))
    customer_waits = filters.BooleanFilter(label=_("Customer has written"))
    needs_review = filters.BooleanFilter(label=_("To be reviewed"))
    reported_from = DayFilter("reported_at", "gte", label=_("Reported from"))
    reported_to = DayFilter("reported_at", "lt", label=_("Reported to"))
    updated_since = InstantFilter("updated_at", lookup_expr="gte", label=_("Changed since"))
    target = TargetFilter()
    outcome = filters.ChoiceFilter(choices=Outcome.choices, method="filter_together", label=_("Outcome"))
    breach_reason = filters.ChoiceFilter(
        choices=BreachReason.choices, method="filter_together", label=_("Reason of the delay")
    )

    class Meta:
        model = Ticket
        fields = (
            "q",
            "state",
            "is_open",
            "severity",
            "kind",
            "channel",
            "coverage",
            "assignee",
            "unassigned",
            "customer",
            "district",
            "site",
            "asset",
            "overdue",
            "due_before",
            "customer_waits",
            "needs_review",
            "reported_from",
            "reported_to",
            "updated_since",
            "target",
            "outcome",
            "breach_reason",
        )

    def filter_queryset(self, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """Target, outcome and reason are asked of one and the same clock."""
        given = {name: self.form.cleaned_data.get(name) or "" for name in ("target", "outcome", "breach_reason")}
        return with_outcome(super().filter_queryset(queryset), **given)

    def filter_together(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        return tickets

    def filter_is_open(self, tickets: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        return tickets.filter(state__in=sorted(OPEN)) if value else tickets.exclude(state__in=sorted(OPEN))

    def filter_overdue(self, tickets: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        late = {"clock_rank": ClockRank.BREACHED}
        return tickets.filter(**late) if value else tickets.exclude(**late)
