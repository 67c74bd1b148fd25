from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.permissions import can
from tickets.domain.macro import BODY_MAX, NAME_MAX, STATES, VARIABLES, Wording
from tickets.enums import EntryMode, Severity, State
from tickets.models import Macro

_UNCHANGED = ("", _("unchanged"))


class MacroForm(forms.Form):
    """One macro. Whose it is can be said only of a new one."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)
    name = forms.CharField(label=_("Name"), max_length=NAME_MAX)
    mode = forms.ChoiceField(label=_("Used for"), choices=EntryMode.choices)
    body = forms.CharField(
        label=_("Text"),
        max_length=BODY_MAX,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("Variables: %(names)s") % {"names": " ".join(f"{{{{{name}}}}}" for name in VARIABLES)},
    )
    next_state = forms.ChoiceField(
        label=_("State after sending"),
        choices=[_UNCHANGED, *((state.value, state.label) for state in State if state in STATES)],
        required=False,
    )
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=[_UNCHANGED, *Severity.choices], coerce=int, empty_value=None, required=False
    )
    assign_to_me = forms.BooleanField(label=_("Assign the ticket to whoever sends it"), required=False)
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=9999, initial=100)
    is_active = forms.BooleanField(label=_("Offered in the composer"), required=False, initial=True)
    shared = forms.BooleanField(label=_("For everybody"), required=False)

    def __init__(self, *args: Any, user: Any, macro: Macro | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if macro or not can(user, "tickets.share_macro"):
            del self.fields["shared"]
        for name in ("version", *Wording.__dataclass_fields__):
            if macro:
                self.fields[name].initial = getattr(macro, name)

    def wording(self) -> Wording:
        return Wording(**{name: self.cleaned_data[name] for name in Wording.__dataclass_fields__})
