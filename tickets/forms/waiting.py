from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.permissions import can
from tickets.domain.promises import promises_of
from tickets.enums import STATE_FLOW, WAITING, PauseReason, State
from tickets.forms.base import ActForm, NoteField


class PauseForm(ActForm):
    """Only the reasons that the ticket's promises know and the person may use."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    note = NoteField(label=_("What are we waiting for?"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = self.reasons()
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].initial = choices[0][0] if choices else None

    def reasons(self) -> list[tuple[Any, Any]]:
        known = promises_of(self.ticket).pause_reasons
        forces = can(self.user, "tickets.force_majeure_ticket", self.ticket)
        return [
            (code, label)
            for code, label in PauseReason.choices
            if code in known and (forces or code != PauseReason.FORCE_MAJEURE)
        ]


class StateForm(ActForm):
    """The working states that can follow the present one."""

    state = forms.ChoiceField(label=_("New state"), widget=forms.RadioSelect)
    note = NoteField(label=_("Note"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        working = {State.IN_PROGRESS, *WAITING} - {self.ticket.state}
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (state.value, state.label)
            for state in State
            if state in working and STATE_FLOW.allows(self.ticket.state, state)
        ]
