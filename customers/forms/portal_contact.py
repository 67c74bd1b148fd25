from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.domain.user import PASSWORD_MAX
from customers.forms.contact import ContactForm
from customers.models import Contact, Customer


class ColleagueForm(ContactForm):
    """A contact as the customer's own administrator keeps them. The address of a login is not changed here."""

    later = ("is_active",)
    invite_now = forms.BooleanField(
        label=_("Send an invitation to log in"),
        required=False,
        initial=True,
        help_text=_("Needs an e-mail address. The link in the mail is good for 7 days."),
    )
    field_order = ("name", "position", "role", "phone", "email", "sites", "may_report", "invite_now")

    def __init__(
        self,
        data: Any = None,
        *,
        customer: Customer,
        row: Contact | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, customer=customer, row=row, initial=initial)
        if row is not None:
            for name in ("is_active", "invite_now", *(("email",) if row.user_id else ())):
                del self.fields[name]
        self.fields["name"].label = _("Full name")
        self.fields["sites"].help_text = _(
            "What the person sees after logging in: devices and requests of these sites."
        )
        self.fields["may_report"].help_text = _("We confirm requests of other people with an authorised caller.")


class AcceptForm(forms.Form):
    """What an invited person says of themselves."""

    name = forms.CharField(
        label=_("Full name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=PASSWORD_MAX,
        strip=False,
        help_text=_("At least 10 characters, not only digits."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password again"),
        max_length=PASSWORD_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "password" in data and "again" in data and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        return data
