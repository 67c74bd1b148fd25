from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.base import MasterForm, PhoneField


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
    is_active = forms.BooleanField(
        label=_("We serve this customer"), required=False, help_text=_("Without it no new ticket can be reported.")
    )
