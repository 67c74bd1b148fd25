from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from customers.forms.base import MasterForm
from customers.models import Asset, Customer

KEPT = _("What is stored is not shown here. Left empty it stays as it is.")


class SealedInput(forms.PasswordInput):
    """Never drawn with a value, also after a mistake elsewhere in the form."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password", "spellcheck": "false"}, render_value=False)


class SealedText(forms.Textarea):
    """The same for several lines."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class SecretForm(MasterForm):
    """Access data of a customer's system. The sealed fields start empty, also where the row is stored."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What it opens, for example: database, administrator.")
    )
    asset = forms.ModelChoiceField(
        label=_("Device"), queryset=Asset.objects.none(), required=False, empty_label=_("No single device")
    )
    address = forms.CharField(
        label=_("Address"), max_length=300, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    username = forms.CharField(
        label=_("User name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label=_("Password"), max_length=500, required=False, strip=False, widget=SealedInput(), help_text=KEPT
    )
    parameters = forms.CharField(
        label=_("Parameters"), max_length=4000, required=False, strip=False, widget=SealedText(), help_text=KEPT
    )

    def __init__(
        self,
        data: Any = None,
        *,
        customer: Customer,
        row: Model | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, row=row, initial=initial)
        asset: Any = self.fields["asset"]
        asset.queryset = Asset.objects.filter(customer=customer).order_by("name")
        if row is None:
            self.fields["password"].help_text = self.fields["parameters"].help_text = ""


class LookForm(forms.Form):
    """Why somebody needs to see it."""

    reason = forms.CharField(
        label=_("What do you need it for"),
        max_length=200,
        help_text=_("For example the number of the ticket. Your name, the time and the reason are kept."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
