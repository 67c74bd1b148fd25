from typing import Any

from django.utils.translation import gettext_lazy as _

from tickets.domain.undo import WINDOW
from tickets.forms.base import ActForm, NoteField
from tickets.models import Event


class UndoForm(ActForm):
    """Take an entry back: one's own at once, everything else with a reason."""

    reason = NoteField(label=_("Why was it a mistake?"))

    def __init__(self, *args: Any, event: Event, **options: Any) -> None:
        super().__init__(*args, **options)
        self.event = event
        if event.actor_id == self.user.pk and self.now <= event.recorded_at + WINDOW:
            del self.fields["reason"]
