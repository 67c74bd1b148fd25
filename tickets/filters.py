"""The filters of ticket lists, the same for pages and API. Every filter and every order is named here, nothing else
works.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import UserKind
from accounts.models import User
from accounts.queries.user import staff, users_for
from contracts.enums import Coverage
from core.filters import IdFilter, WordsFilter
from tickets.enums import OPEN, Channel, ClockRank, Kind, Severity, State
from tickets.models import Ticket

FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2199, 12, 31)

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


class DayFilter(filters.DateFilter):
    """A day in the viewer's zone, compared as an instant so that an index serves; "to" days are included."""

    def __init__(self, field_name: str, lookup_expr: str, *, label: Any) -> None:
        bounds = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
        super().__init__(field_name, lookup_expr=lookup_expr, label=label, validators=bounds)

    def filter(self, qs: QuerySet[Ticket], value: date | None) -> QuerySet[Ticket]:
        if value is None:
            return qs
        day = value + timedelta(days=1) if self.lookup_expr == "lt" else value
        return qs.filter(
            **{f"{self.field_name}__{self.lookup_expr}": timezone.make_aware(datetime.combine(day, time.min))}
        )


class NumbersFilter(filters.TypedMultipleChoiceFilter):
    """Any of several numbered choices."""

    def __init__(self, choices: Any, *, label: Any) -> None:
        super().__init__(choices=choices, coerce=int, label=label)


def people(request: Any) -> QuerySet[User]:
    """Whom one may filter by: the people one sees; REST clients, who see assignees on tickets, all staff."""
    if request is None:
        return User.objects.none()
    return staff() if getattr(request.user, "kind", "") == UserKind.CLIENT else users_for(request.user)


class TicketFilter(filters.FilterSet):
    q = WordsFilter("number", "subject", "customer__name", "caller_name", "caller_phone", "asset__serial")
    state = filters.MultipleChoiceFilter(choices=State.choices, label=_("State"))
    is_open = filters.BooleanFilter(method="filter_is_open", label=_("Open"))
    severity = NumbersFilter(Severity.choices, label=_("Severity"))
    kind = filters.MultipleChoiceFilter(choices=Kind.choices, label=_("Kind"))
    channel = filters.MultipleChoiceFilter(choices=Channel.choices, label=_("Channel"))
    coverage = filters.MultipleChoiceFilter(choices=Coverage.choices, label=_("Coverage"))
    assignee = filters.ModelChoiceFilter(queryset=people, label=_("Assignee"))
    unassigned = filters.BooleanFilter(field_name="assignee", lookup_expr="isnull", label=_("Unassigned"))
    customer = IdFilter("customer")
    site = IdFilter("site")
    asset = IdFilter("asset")
    overdue = filters.BooleanFilter(method="filter_overdue", label=_("Overdue"))
    due_before = InstantFilter("next_due_at", lookup_expr="lt", label=_("Due before"))
    customer_waits = filters.BooleanFilter(label=_("Customer has written"))
    needs_review = filters.BooleanFilter(label=_("To be reviewed"))
    reported_from = DayFilter("reported_at", "gte", label=_("Reported from"))
    reported_to = DayFilter("reported_at", "lt", label=_("Reported to"))
    updated_since = InstantFilter("updated_at", lookup_expr="gte", label=_("Changed since"))

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
            "site",
            "asset",
            "overdue",
            "due_before",
            "customer_waits",
            "needs_review",
            "reported_from",
            "reported_to",
            "updated_since",
        )

    def filter_is_open(self, tickets: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        return tickets.filter(state__in=sorted(OPEN)) if value else tickets.exclude(state__in=sorted(OPEN))

    def filter_overdue(self, tickets: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        late = {"clock_rank": ClockRank.BREACHED}
        return tickets.filter(**late) if value else tickets.exclude(**late)
