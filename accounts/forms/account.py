from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.domain.user import PASSWORD_MAX
from accounts.enums import Density, Theme

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=PASSWORD_MAX, strip=False, widget=widget)


class LoginForm(forms.Form):
    name = forms.CharField(
        label=_("E-mail or staff number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = _password(_("Password"), "current-password")


class LinkForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"invalid": _("Please enter an e-mail address, for example li.min@example.com.")},
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )


class ChoiceOfPasswordForm(forms.Form):
    """A password where there is none of the person's own yet."""

    new = _password(_("New password"), "new-password")
    again = _password(_("New password again"), "new-password")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "new" in data and "again" in data and data["new"] != data["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return data


class PasswordForm(ChoiceOfPasswordForm):
    current = _password(_("Present password"), "current-password")
    field_order = ["current", "new", "again"]


class PreferencesForm(forms.Form):
    """What a user may choose for their own pages."""

    theme = forms.ChoiceField(label=_("Colours"), choices=Theme.choices)
    density = forms.ChoiceField(label=_("Row height"), choices=Density.choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=[(zone, zone) for zone in ZONES])
    shortcuts = forms.BooleanField(label=_("Keyboard shortcuts"), required=False)
