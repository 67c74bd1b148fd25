from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.domain.promise_words import target_name
from tickets.domain.promises import promises_of
from tickets.domain.text import BODY_MAX
from tickets.enums import BreachReason, CancelReason, Cause
from tickets.forms.base import ActForm, LocalTimeField, NoteField
from tickets.queries.page import late_clocks

UNCHOSEN = [("", _("Please choose"))]


class ResolveForm(ActForm):
    """Cause and solution, and for every promise that was missed why (decisions 16)."""

    cause = forms.ChoiceField(label=_("Cause"), choices=[*UNCHOSEN, *Cause.choices])
    solution = forms.CharField(
        label=_("Solution"), max_length=BODY_MAX, widget=forms.Textarea(attrs={"rows": 5}), strip=True
    )
    at = LocalTimeField(label=_("Resolved at"), required=False)
    first_fix = forms.BooleanField(label=_("Solved at the first go"), required=False)
    tell_customer = forms.BooleanField(label=_("Tell the customer by mail"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["at"].initial = self.now
        for target in dict.fromkeys(clock.target for clock in late_clocks(self.ticket, self.now)):
            self.ask_why_late(target)

    def ask_why_late(self, target: str) -> None:
        names = promises_of(self.ticket).targets
        label = gettext("Why was “%(target)s” missed?") % {"target": target_name(names[target])}
        self.fields[f"reason_{target}"] = forms.ChoiceField(
            label=label, choices=[*UNCHOSEN, *BreachReason.choices], required=False
        )

    @property
    def late_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("reason_")]

    @property
    def breach_reasons(self) -> dict[str, str]:
        given = {
            name.removeprefix("reason_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("reason_")
        }
        return {target: reason for target, reason in given.items() if reason}


class CancelForm(ActForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=CancelReason.choices, widget=forms.RadioSelect)
    note = NoteField(label=_("Note"), required=False)


class ReopenForm(ActForm):
    reason = NoteField(label=_("What is not solved yet?"))
