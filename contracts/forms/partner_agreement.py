from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.enums import SetScope
from contracts.models import PartnerAgreement, PromiseSet
from core.forms import DayField, MasterForm


class PartnerAgreementForm(MasterForm):
    """What a partner promises us."""

    number = forms.CharField(label=_("Number"), max_length=40)
    promise_set = forms.ModelChoiceField(
        label=_("Promise set"),
        queryset=PromiseSet.objects.none(),
        empty_label=_("Please choose"),
        help_text=_("What the partner promises us, not what we promise our customers."),
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Until"))

    def __init__(self, data: Any = None, *, row: PartnerAgreement | None = None) -> None:
        super().__init__(data, row=row)
        fields: Any = self.fields
        fields["promise_set"].queryset = PromiseSet.objects.filter(scope=SetScope.CONTRACT).order_by("code")
