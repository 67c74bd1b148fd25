"""Forms of calendars and special days."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.domain.calendar_draft import content_of
from contracts.domain.calendar_plan import FaultyCalendarError, Plan, document_of, plan_of
from contracts.domain.holiday import LONGEST_NAME
from contracts.enums import DayKind
from contracts.models import CalendarDraft
from core.forms import DayField, MasterForm
from core.worktime import WEEKDAYS

HOURS_HINT = _("For example 09:00-12:00, 13:00-18:00; empty means closed all day.")


def _hours(label: Any, hint: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false", "placeholder": "09:00-12:00, 13:00-18:00"}
    return forms.CharField(
        label=label, required=False, max_length=200, widget=forms.TextInput(attrs=attrs), help_text=hint
    )


class CalendarForm(MasterForm):
    """A calendar's draft. Faults of the whole are told at the fields that they are about."""

    name = forms.CharField(label=_("Name"), max_length=60)
    mon = _hours(_("Monday"), HOURS_HINT)
    tue = _hours(_("Tuesday"))
    wed = _hours(_("Wednesday"))
    thu = _hours(_("Thursday"))
    fri = _hours(_("Friday"))
    sat = _hours(_("Saturday"))
    sun = _hours(_("Sunday"))
    follows_holidays = forms.BooleanField(label=_("Closed on public holidays of mainland China"), required=False)
    make_up_workdays = forms.BooleanField(
        label=_("Open on make-up workdays"), required=False, help_text=_("They have the hours of Monday to Friday.")
    )
    standard_day = forms.CharField(
        label=_("Hours of one working day"),
        required=False,
        max_length=5,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Promises in working days count so many hours each; without it they cannot use this calendar."),
    )
    closures = forms.CharField(
        label=_("Own closures"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": "3", "spellcheck": "false"}),
        help_text=_("One day or span a line: 2026-12-24 or 2026-12-24 – 2026-12-31. Closed whatever else is said."),
    )

    def plan(self) -> Plan:
        """What the form says."""
        values = self.cleaned_data
        return Plan(
            name=values.get("name", ""),
            hours=tuple(values.get(day, "") for day in WEEKDAYS),
            follows_holidays=values.get("follows_holidays", False),
            make_up_workdays=values.get("make_up_workdays", False),
            standard_day=values.get("standard_day", ""),
            closures=values.get("closures", ""),
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                document_of(self.plan())
            except FaultyCalendarError as error:
                for fault in error.faults:
                    self.add_error(self.field_of(fault.field), fault.message)
        return values

    def stored(self, row: Any) -> dict[str, Any]:
        assert isinstance(row, CalendarDraft)
        return values_of(plan_of(content_of(row)))


class NewCalendarForm(CalendarForm):
    code = forms.SlugField(
        label=_("Code"), max_length=32, help_text=_("Letters, digits, - and _; promise sets name the calendar by it.")
    )
    field_order = ["code"]


def values_of(plan: Plan) -> dict[str, Any]:
    """A plan as the fields take it."""
    return {
        "name": plan.name,
        **dict(zip(WEEKDAYS, plan.hours, strict=True)),
        "follows_holidays": plan.follows_holidays,
        "make_up_workdays": plan.make_up_workdays,
        "standard_day": plan.standard_day,
        "closures": plan.closures,
    }


class HolidayForm(MasterForm):
    """A special day."""

    day = DayField(label=_("Day"))
    kind = forms.ChoiceField(label=_("What it is"), choices=DayKind.choices)
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, required=False)


class HolidayImportForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"})
    )
    replaces = forms.BooleanField(
        label=_("The file has all special days of its years"),
        required=False,
        help_text=_("Days of these years that the file does not name become plain days again."),
    )
