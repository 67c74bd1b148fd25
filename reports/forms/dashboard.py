"""The filters of the dashboard, as they stand in its address."""

from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.queries.user import assignable_users
from reports.queries.selection import ONE_DAY, Selection
from tickets.enums import BACKSTAGE_KINDS, Kind, Severity

ALL = ("", _("All"))
FOUR_WEEKS, EIGHT_WEEKS, MONTH, LAST_MONTH, OWN = "4w", "8w", "month", "last-month", "own"
PERIODS = [
    (EIGHT_WEEKS, _("Last 8 weeks")),
    (FOUR_WEEKS, _("Last 4 weeks")),
    (MONTH, _("This month")),
    (LAST_MONTH, _("Last month")),
    (OWN, _("Days of my choice")),
]
BIG_INT = 2**63
LONGEST_PERIOD = timedelta(days=366)
_DAYS = [MinValueValidator(date(1971, 1, 2)), MaxValueValidator(date(2199, 12, 30))]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"], validators=_DAYS)


def _number(label: Any, widget: type[forms.Widget] | None = None) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=BIG_INT - 1, widget=widget)


class DashboardForm(forms.Form):
    """What is wanted; nonsense is named beside its field and does not count. The address without anything means the
    last eight weeks.
    """

    period = forms.ChoiceField(label=_("Span"), choices=PERIODS, required=False)
    first = _day(_("From day"))
    last = _day(_("To day"))
    customer = _number(_("Customer"))
    customer_text = forms.CharField(max_length=200, required=False)
    assignee = _number(_("Engineer"), forms.Select)
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=[ALL, *Severity.choices], coerce=int, empty_value=None, required=False
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[ALL, *(choice for choice in Kind.choices if choice[0] not in BACKSTAGE_KINDS)],
        required=False,
    )

    NAMES = ("period", "first", "last", "customer", "assignee", "severity", "kind")

    def __init__(self, data: QueryDict, *, now: datetime, zone: tzinfo) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.today, self.zone = now.astimezone(zone).date(), zone
        fields: Any = self.fields
        fields["assignee"].widget.choices = self._people
        self.full_clean()

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and (first > last or last - first > LONGEST_PERIOD):
            self.add_error("last", _("Please choose a day on or after the first and within a year of it."))
        if given.get("period") == OWN and not (first and last) and not self.errors:
            self.add_error("first", _("Please choose both days."))
        return given

    @property
    def selection(self) -> Selection:
        given = self.cleaned_data
        first, last = self._days()
        return Selection(
            first=first,
            last=last,
            zone=self.zone,
            customer=given.get("customer"),
            assignee=given.get("assignee"),
            severity=given.get("severity"),
            kind=given.get("kind") or None,
        )

    @property
    def query(self) -> QueryDict:
        """What was given and makes sense, as an address."""
        query = QueryDict(mutable=True)
        for name in self.NAMES:
            value = self.cleaned_data.get(name)
            if value:
                query[name] = str(value)
        return query

    @property
    def narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.NAMES)

    def _days(self) -> tuple[date, date]:
        period = self.cleaned_data.get("period")
        month = self.today.replace(day=1)
        if period == OWN and not self.errors:
            return self.cleaned_data["first"], self.cleaned_data["last"]
        if period == MONTH:
            return month, self.today
        if period == LAST_MONTH:
            return (month - ONE_DAY).replace(day=1), month - ONE_DAY
        return self.today - timedelta(days=27 if period == FOUR_WEEKS else 55), self.today

    def _people(self) -> list[tuple[str, Any]]:
        listed = [ALL, *((str(person.pk), person.name) for person in assignable_users())]
        asked = self.cleaned_data.get("assignee")
        return listed if not asked or str(asked) in dict(listed) else [*listed, (str(asked), _("Somebody else"))]
