"""What a wallboard shows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.enums import Severity


class WallForm(forms.Form):
    name = forms.CharField(label=_("Name of the board"), max_length=60, help_text=_("Such as where it hangs."))
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        choices=[("", _("All")), *Severity.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )

    @property
    def filters(self) -> dict[str, Any]:
        given = {"severity": self.cleaned_data["severity"]}
        return {name: value for name, value in given.items() if value}
