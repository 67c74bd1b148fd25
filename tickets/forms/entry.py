from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.domain.attachment import ACCEPT
from customers.models import Contact
from tickets.domain.promises import promises_of
from tickets.domain.text import BODY_MAX
from tickets.enums import EVENT_NAMES, STATE_FLOW, WAITING, EntryMode, State
from tickets.forms.base import ActForm, FilesField, FilesInput, LocalTimeField, NoteField
from tickets.forms.parts import ContactField
from tickets.models import Draft, Macro
from tickets.queries.macro import usable_macros
from tickets.queries.page import recipients_of

# Recorded by acts of their own, never by hand as progress.
OWN_ACTS = frozenset({"paused", "resumed", "facts_changed", "date_agreed", "resolution_breached"})


class ProgressForm(ActForm):
    """Something that the ticket's promises listen to has happened."""

    kind = forms.ChoiceField(label=_("What has happened?"))
    at = LocalTimeField(label=_("When?"), required=False)
    about = forms.CharField(
        label=_("About"),
        max_length=80,
        required=False,
        help_text=_("Empty: the ticket itself. Otherwise the number of the service sheet or unit."),
    )
    note = NoteField(label=_("Note"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        bound = promises_of(self.ticket)
        kinds = bound.progress_kinds - OWN_ACTS
        order = {code: place for place, code in enumerate(EVENT_NAMES)}
        listed = sorted(kinds, key=lambda code: (order.get(code, len(order)), code))
        self.fields["kind"].choices = [(code, bound.event_name(code)) for code in listed]  # type: ignore[attr-defined]
        self.fields["at"].initial = self.now


class ComposerForm(ActForm):
    """A reply to the customer, an internal note or what the customer said, with files. A draft and its macro fill it
    beforehand.
    """

    mode = forms.ChoiceField(choices=EntryMode.choices, widget=forms.HiddenInput, required=False)
    body = forms.CharField(label=_("Text"), max_length=BODY_MAX, widget=forms.Textarea(attrs={"rows": 4}))
    to_contact = ContactField(label=_("To"), queryset=Contact.objects.none(), required=False)
    is_plan = forms.BooleanField(label=_("This is the solution"), required=False)
    next_state = forms.ChoiceField(label=_("State after sending"), required=False)
    said_by = forms.CharField(label=_("Name, if not in the list"), max_length=60, required=False)
    answered = forms.BooleanField(label=_("Already answered on the spot"), required=False)
    macro = forms.ModelChoiceField(queryset=Macro.objects.none(), widget=forms.HiddenInput, required=False)
    attachments = FilesField(label=_("Attachments"), required=False, widget=FilesInput(attrs={"accept": ACCEPT}))

    def __init__(self, *args: Any, draft: Draft | None = None, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "composer_%s"} | options)
        fields: Any = self.fields
        fields["to_contact"].queryset = recipients_of(self.ticket, self.user)
        fields["to_contact"].initial = self.ticket.contact_id
        fields["next_state"].choices = self._states()
        fields["macro"].queryset = usable_macros(self.user, set(EntryMode.values))
        if draft:
            self._fill(draft)

    def _fill(self, draft: Draft) -> None:
        fields: Any = self.fields
        fields["body"].initial, fields["macro"].initial = draft.body, draft.macro_id
        if draft.macro:
            fields["next_state"].initial = draft.macro.next_state

    def _states(self) -> list[tuple[str, Any]]:
        """First what happens without choosing: work begins, or everything stays as it is."""
        ticket = self.ticket
        begins = ticket.state in (State.NEW, State.ACCEPTED)
        first = ("", State.IN_PROGRESS.label if begins else _("unchanged"))
        if not ticket.is_open:
            return [first]
        working = [state for state in State if state in WAITING or (state == State.IN_PROGRESS and not begins)]
        allowed = [state for state in working if STATE_FLOW.allows(ticket.state, state)]
        return [first, *((state.value, state.label) for state in allowed)]


class AttachForm(ActForm):
    attachments = FilesField(label=_("Files"), widget=FilesInput(attrs={"accept": ACCEPT}))
    internal = forms.BooleanField(label=_("Internal: the customer does not see it"), required=False)


class ReviewForm(ActForm):
    note = NoteField(label=_("Note"), required=False)
