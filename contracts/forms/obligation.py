"""Forms of what we owe and what the customer may use."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.domain.set_terms import MOST_TIMES
from contracts.enums import ObligationKind, Per, QuotaKind
from contracts.forms.money import MoneyField
from core.forms import DayField, MasterForm


class ObligationForm(MasterForm):
    """What is owed at least, how often, in which stretch of the term."""

    later = ("is_active",)
    kind = forms.ChoiceField(label=_("Kind"), choices=ObligationKind.choices)
    times = forms.IntegerField(label=_("At least so many times"), min_value=1, max_value=MOST_TIMES)
    per = forms.ChoiceField(label=_("In which time"), choices=Per.choices)
    what = forms.CharField(label=_("Description"), max_length=120, required=False)
    starts_on = DayField(label=_("From"), required=False, help_text=_("Empty: from the first day of the contract."))
    ends_on = DayField(label=_("Until"), required=False, help_text=_("Empty: to the last day of the contract."))
    is_active = forms.BooleanField(label=_("This is owed"), required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if given.get("row"):
            del self.fields["kind"]


class DoneForm(MasterForm):
    """What was done, on which day."""

    done_on = DayField(label=_("Done on"))
    what = forms.CharField(label=_("What was done"), max_length=200)


class QuotaForm(MasterForm):
    """What is granted."""

    kind = forms.ChoiceField(label=_("Kind"), choices=QuotaKind.choices)
    granted = MoneyField(label=_("Granted"))
    what = forms.CharField(label=_("Description"), max_length=120, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if given.get("row"):
            del self.fields["kind"]


class UseForm(MasterForm):
    """A use of a quota: of now, or reserved for later."""

    amount = MoneyField(label=_("How much"))
    used_on = DayField(label=_("Day"))
    what = forms.CharField(label=_("What for"), max_length=200)
    mode = forms.ChoiceField(
        label=_("Kind of entry"), choices=[("draw", _("Used")), ("reserve", _("Reserve for later"))], initial="draw"
    )


class DrawForm(MasterForm):
    """What was reserved has been used."""

    amount = MoneyField(label=_("How much"))
    used_on = DayField(label=_("Day"))
    what = forms.CharField(label=_("What for"), max_length=200)


class ObligationListForm(forms.Form):
    """Which part of the due list to look at; what makes no sense narrows nothing."""

    q = forms.CharField(
        label=_("Customer or contract"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Customer or contract")}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *ObligationKind.choices])

    def wanted(self) -> dict[str, str]:
        self.is_valid()
        return {name: value.replace("\x00", "") for name, value in self.cleaned_data.items() if value}
