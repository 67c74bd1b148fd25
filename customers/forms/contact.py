from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.forms import MasterForm, PhoneField
from customers.enums import ContactRole
from customers.models import Contact, Customer, Site


class ContactForm(MasterForm):
    """A person at a customer, with the sites that the person answers for."""

    later = ("is_active",)

    name = forms.CharField(label=_("Full name"), max_length=60)
    position = forms.CharField(label=_("Position"), max_length=60, required=False)
    role = forms.ChoiceField(
        label=_("Role at the customer"), choices=ContactRole.choices, required=False, initial=ContactRole.OTHER
    )
    phone = PhoneField(label=_("Phone"))
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    may_report = forms.BooleanField(
        label=_("Authorised caller"),
        required=False,
        initial=True,
        help_text=_("Requests of others are confirmed with an authorised caller."),
    )
    sites = forms.ModelMultipleChoiceField(
        label=_("Sites"),
        queryset=Site.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With a portal login the contact sees these sites."),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        customer: Customer,
        row: Model | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, row=row, initial=initial)
        sites: Any = self.fields["sites"]
        sites.queryset = Site.objects.filter(customer=customer).order_by("name")

    def clean_role(self) -> str:
        return self.cleaned_data["role"] or ContactRole.OTHER

    def stored(self, row: Model) -> dict[str, Any]:
        sites = list(row.sites.values_list("pk", flat=True)) if isinstance(row, Contact) else []
        return {**super().stored(row), "sites": sites}
