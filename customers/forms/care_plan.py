from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.user import staff
from core.forms import DayField, MasterForm
from customers.models import CarePlan

MOST_MONTHS = 36


class CarePlanForm(MasterForm):
    """How often a customer is visited, and who sees to it."""

    every_months = forms.IntegerField(
        label=_("Every how many months"),
        min_value=1,
        max_value=MOST_MONTHS,
        initial=12,
        help_text=_("Key customers are visited at least every 12 months."),
    )
    next_on = DayField(label=_("Next visit"))
    owner = forms.ModelChoiceField(
        label=_("Who sees to it"),
        queryset=User.objects.none(),
        empty_label=_("Please choose"),
        help_text=_("Is reminded 14 days before and on the day."),
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea)

    def __init__(self, data: Any = None, *, row: CarePlan | None = None, initial: Any = None) -> None:
        super().__init__(data, row=row, initial=initial)
        fields: Any = self.fields
        fields["owner"].queryset = staff()


class VisitedForm(forms.Form):
    """On which day a customer was visited."""

    on = DayField(label=_("Visited on"))

    def day(self) -> date | None:
        return self.cleaned_data["on"] if self.is_valid() else None
