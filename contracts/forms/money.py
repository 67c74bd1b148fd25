"""Fields and forms of what the money of a contract needs."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contracts.domain.payment import MOST_INSTALMENTS
from contracts.enums import Age
from contracts.models import Payment
from core.forms import DayField, MasterForm

LONGEST_AMOUNT = 24
_SIGNS = re.compile(r"[¥￥,，\s]")


class MoneyField(forms.CharField):
    """An amount as people write it: 12800, 12,800.00, ￥12,800. Whether it can be meant is the domain's question."""

    def __init__(self, **given: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=LONGEST_AMOUNT, widget=forms.TextInput(attrs=attrs), **given)

    def clean(self, value: Any) -> Decimal | None:
        text = _SIGNS.sub("", unicodedata.normalize("NFKC", super().clean(value)))
        if not text:
            return None
        try:
            return Decimal(text)
        except InvalidOperation:
            raise ValidationError(_("Please enter an amount such as 12800.00."), code="invalid") from None


class PaymentForm(MasterForm):
    """One instalment."""

    what = forms.CharField(label=_("What for"), max_length=120, help_text=_("For example: deposit, second instalment."))
    due_on = DayField(label=_("Due on"))
    amount = MoneyField(label=_("Amount (CNY)"))


class ScheduleForm(MasterForm):
    """Equal instalments, planned in one step."""

    what = forms.CharField(label=_("What for"), max_length=120)
    amount = MoneyField(label=_("Amount in all (CNY)"), help_text=_("Cents that do not divide go to the first ones."))
    count = forms.IntegerField(label=_("Number of instalments"), min_value=1, max_value=MOST_INSTALMENTS)
    first_due = DayField(label=_("First one due on"))
    every_months = forms.IntegerField(label=_("Every so many months"), min_value=1, max_value=60)


class InvoiceForm(MasterForm):
    """An invoice as issued."""

    number = forms.CharField(label=_("Invoice number"), max_length=30)
    issued_on = DayField(label=_("Issued on"))
    amount = MoneyField(label=_("Amount (CNY)"))
    payment = forms.ModelChoiceField(
        label=_("For the instalment"),
        queryset=Payment.objects.none(),
        required=False,
        empty_label=_("The contract as a whole"),
    )

    def __init__(self, *args: Any, payments: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        field: Any = self.fields["payment"]
        field.queryset = payments
        field.label_from_instance = lambda one: f"{one.number} · {one.what} · {one.due_on.isoformat()}"


class ReceiptForm(MasterForm):
    """Money that came in."""

    received_on = DayField(label=_("Received on"))
    amount = MoneyField(label=_("Amount (CNY)"))
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Payer, bank reference, kind of payment.")
    )
    with_surplus = forms.BooleanField(label=_("More than is open came in: note the surplus"), required=False)


class DunningForm(MasterForm):
    """A call or legal steps: what was said or done. A letter says it by itself."""

    note = forms.CharField(label=_("Note"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class ReasonForm(MasterForm):
    """Why an entry is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class NoForm(MasterForm):
    """An act that needs no words."""


class AgeingForm(forms.Form):
    """Which part of the ageing list to look at; what makes no sense narrows nothing."""

    q = forms.CharField(
        label=_("Customer or contract"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Customer or contract")}),
    )
    age = forms.ChoiceField(label=_("Due since"), required=False, choices=[("", _("All")), *Age.choices])

    def wanted(self) -> dict[str, str]:
        self.is_valid()
        return {name: value.replace("\x00", "") for name, value in self.cleaned_data.items() if value}
