from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.domain.text import BODY_MAX
from tickets.enums import WAITING, BreachReason, Cause, Severity, State
from tickets.forms.assignment import PersonField
from tickets.forms.base import NoteField
from tickets.forms.ends import UNCHOSEN

WORKING = (State.IN_PROGRESS, *(state for state in State if state in WAITING))
ME = "me"


class BulkForm(forms.Form):
    """What is done to many tickets at once; which ones, stands beside it."""

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "bulk_%s"} | options)
        self.user = user


class BulkAssignForm(BulkForm):
    assignee = PersonField(label=_("Assignee"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["assignee"].offer()  # type: ignore[attr-defined]
        if self.is_bound and self.data.get("assignee") == ME:
            self.data = {**self.data.dict(), "assignee": str(self.user.pk)}  # type: ignore[attr-defined]


class BulkStateForm(BulkForm):
    """A working state, or resolved with one solution for all."""

    state = forms.ChoiceField(
        label=_("New state"),
        widget=forms.RadioSelect,
        choices=[(state.value, state.label) for state in (*WORKING, State.RESOLVED)],
    )
    note = NoteField(label=_("Note"), required=False)
    cause = forms.ChoiceField(label=_("Cause"), choices=[*UNCHOSEN, *Cause.choices], required=False)
    solution = forms.CharField(
        label=_("Solution"), max_length=BODY_MAX, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    breach_reason = forms.ChoiceField(
        label=_("Why were deadlines missed?"),
        choices=[*UNCHOSEN, *BreachReason.choices],
        required=False,
        help_text=_("Counts for those of the tickets that have missed one."),
    )
    FOR_RESOLVED = ("cause", "solution", "breach_reason")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("state") == State.RESOLVED:
            for name in ("cause", "solution"):
                if not given.get(name):
                    self.add_error(name, forms.Field.default_error_messages["required"])
        return given

    @property
    def for_resolved(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FOR_RESOLVED]


class BulkSeverityForm(BulkForm):
    severity = forms.TypedChoiceField(
        label=_("Severity"), coerce=int, choices=Severity.choices, widget=forms.RadioSelect
    )
