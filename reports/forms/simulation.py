"""What is to be simulated, and which of the findings are looked at."""

from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DayField, MasterForm
from customers.models import Customer
from customers.queries.customer import customers_for
from reports.enums import FindingKind
from reports.forms.penalty import FIRST_DAY, LAST_DAY
from reports.forms.report import ComboInput
from reports.queries.selection import ONE_DAY, Selection
from reports.queries.simulation import Choice, Figures, Span, choices_for, find_wording, known_sets
from tickets.enums import Severity

ANY = ("", gettext_lazy("All"))


class SimulationForm(MasterForm):
    """A wording, a period of days in the user's zone, and what narrows it; `asked` is what an address begins with."""

    stands_for = {"start": "first", "end": "last", "tickets": "first"}

    wording = forms.ChoiceField(
        label=gettext_lazy("Promise set"),
        error_messages={"invalid_choice": gettext_lazy("There is no such promise set or draft.")},
    )
    first = DayField(label=gettext_lazy("Reported from"))
    last = DayField(label=gettext_lazy("Reported until"))
    customer = forms.ModelChoiceField(
        label=gettext_lazy("Only this customer"), queryset=Customer.objects.none(), required=False, widget=ComboInput
    )
    under = forms.ChoiceField(label=gettext_lazy("Only tickets under"), required=False)

    def __init__(self, data: Any = None, *, user: Any, now: datetime, zone: tzinfo, asked: Any = ()) -> None:
        self.user, self.zone, self.today = user, zone, now.astimezone(zone).date()
        first, last = self.quick()["month"]
        choices = choices_for(user)
        newest = {one.code: one.key for one in choices if one.number}
        shown = {"first": first, "last": last, **{name: asked[name][:40] for name in self.base_fields if name in asked}}
        wording = shown.get("wording", "")
        super().__init__(data, initial=shown | {"wording": newest.get(wording, wording)})
        wanted = str(self.initial["wording"] if data is None else data.get("wording", ""))
        choices += [] if any(one.key == wanted for one in choices) else self._older(wanted)
        fields: Any = self.fields
        fields["wording"].choices = [(one.key, _said(one)) for one in choices]
        fields["under"].choices = [ANY, *((code, code) for code in known_sets(user))]
        fields["customer"].queryset = customers_for(user)

    def _older(self, key: str) -> list[Choice]:
        found: Any = find_wording(self.user, key) if ":" in key else None
        return [Choice(found.promise_set.code, "", found.number)] if found and key[-6:] != ":draft" else []

    def quick(self) -> dict[str, tuple[date, date]]:
        """Periods that are asked for most: the last month, quarter and year that are over."""
        month = self.today.replace(day=1)
        quarter = month.replace(month=month.month - (month.month - 1) % 3)
        before = (quarter - ONE_DAY).replace(day=1)
        return {
            "month": ((month - ONE_DAY).replace(day=1), month - ONE_DAY),
            "quarter": (before.replace(month=before.month - 2), quarter - ONE_DAY),
            "year": (self.today - timedelta(days=365), self.today - ONE_DAY),
        }

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in ("first", "last"):
            day = given.get(name)
            if day and not FIRST_DAY <= day <= LAST_DAY:
                self.add_error(name, _("Please check the year of this day."))
        return given

    def span(self) -> Span | None:
        """The tickets that are meant, of a form that could be read so far."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if not first or not last:
            return None
        days = Selection(first, last, self.zone)
        customer = self.cleaned_data.get("customer")
        return Span(days.start, days.end, customer.pk if customer else None, self.cleaned_data.get("under") or "")


class FindingForm(forms.Form):
    """Which findings are listed; what makes no sense narrows nothing."""

    kind = forms.ChoiceField(label=gettext_lazy("Which"), required=False, choices=[ANY, *FindingKind.choices])
    target = forms.ChoiceField(label=gettext_lazy("Promise"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), required=False, choices=[ANY, *Severity.choices])
    customer = forms.ChoiceField(label=gettext_lazy("Customer"), required=False)

    def __init__(self, data: Any, *, figures: Figures) -> None:
        super().__init__({"kind": FindingKind.NEWLY} | {name: data[name] for name in data}, auto_id="find_%s")
        fields: Any = self.fields
        targets = [*figures.targets, *figures.house_targets]
        fields["target"].choices = [ANY, *((line.key, line.label) for line in targets)]
        fields["customer"].choices = [ANY, *((str(line.key), line.label) for line in figures.every_customer)]
        self.full_clean()

    @property
    def wanted(self) -> dict[str, str]:
        """What narrows, by column."""
        return {name: value for name, value in self.cleaned_data.items() if value}


def _said(one: Choice) -> str:
    values = {"code": one.code, "name": one.name, "number": one.number}
    if one.number is None:
        return _("%(code)s %(name)s, draft") % values
    return _("%(code)s %(name)s, version %(number)s") % values
