from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.forms import MasterForm, PhoneField
from customers.models import Customer, Partner


class CustomerForm(MasterForm):
    """An organisation we serve."""

    later = ("is_active",)

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Short and unique, for example HX-001."))
    short_name = forms.CharField(
        label=_("Short name"), max_length=40, required=False, help_text=_("As we call the customer in lists.")
    )
    industry = forms.CharField(label=_("Industry"), max_length=40, required=False)
    phone = PhoneField(label=_("Switchboard"))
    is_key = forms.BooleanField(label=_("Key customer"), required=False)
    partner = forms.ModelChoiceField(
        label=_("Served through"), queryset=Partner.objects.none(), required=False, empty_label=_("Directly by us")
    )
    is_active = forms.BooleanField(
        label=_("We serve this customer"),
        required=False,
        help_text=_("Without it nobody there has access to the portal, and nothing new can be reported."),
    )

    def __init__(self, data: Any = None, *, row: Customer | None = None, initial: Any = None) -> None:
        super().__init__(data, row=row, initial=initial)
        fields: Any = self.fields
        present = Q(pk=row.partner_id if row else None)
        fields["partner"].queryset = Partner.objects.filter(Q(is_active=True) | present)
