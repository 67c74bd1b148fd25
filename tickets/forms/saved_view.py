from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Density
from tickets.domain.saved_view import LONGEST_QUERY


class ViewForm(forms.Form):
    """A look at the queue under a name. `query` is what is looked at now; a change may leave what was saved."""

    name = forms.CharField(label=_("Name"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    is_shared = forms.BooleanField(label=_("Share with all colleagues"), required=False)
    density = forms.ChoiceField(
        label=_("Density"), choices=[("", _("As each person has set it")), *Density.choices], required=False
    )
    renew = forms.BooleanField(
        label=_("Take over the present filters, order and columns"),
        required=False,
        help_text=_("Otherwise the view keeps what was saved before."),
    )
    query = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_QUERY, required=False)

    def __init__(self, *args: Any, may_share: bool, is_new: bool, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "view_%s"} | options)
        if not may_share:
            del self.fields["is_shared"]
        if is_new or not self["query"].value():
            del self.fields["renew"]
