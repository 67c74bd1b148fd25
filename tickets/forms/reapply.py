from django import forms
from django.utils.translation import gettext_lazy as _


class ReapplyForm(forms.Form):
    """Why new versions are applied to open tickets; it stands in the history of each of them."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("It stands in the history of every ticket.")
    )
