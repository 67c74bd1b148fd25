"""What the forms of all acts on a ticket share: the version they were drawn from, times of day, several files."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import clock
from tickets.models import Ticket

LOCAL = "%Y-%m-%dT%H:%M"
MINUTE = timedelta(minutes=1)
YEARS_BACK, YEARS_AHEAD = timedelta(days=3660), timedelta(days=1830)
MOST_FILES = 10


class ActForm(forms.Form):
    """One act of one person on one ticket.

    `version` is the ticket's when the form was drawn (decisions 18); a row of the queue sends none.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)

    def __init__(self, *args: Any, ticket: Ticket, user: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "act_%s"} | options)
        self.ticket, self.user, self.now = ticket, user, now
        self.fields["version"].initial = ticket.version

    def happened(self, name: str) -> datetime | None:
        """The instant meant by a time to the minute: None for the present minute, never before the report by its
        seconds alone.
        """
        at: datetime | None = self.cleaned_data.get(name)
        if at is None or minute(at) == minute(self.now):
            return None
        return self.ticket.reported_at if minute(at) == minute(self.ticket.reported_at) else at


class LocalTimeField(forms.DateTimeField):
    """A time of day in the person's own zone, to the minute."""

    default_error_messages = {"invalid": _("Please enter date and time, such as 2026-11-23 10:38.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local", "step": 60}), **options
        )

    def clean(self, value: Any) -> datetime | None:
        instant: datetime | None = super().clean(value)
        today = timezone.localdate(clock.now())
        if instant and not today - YEARS_BACK <= instant.date() <= today + YEARS_AHEAD:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return instant


class NoteField(forms.CharField):
    """A few words of explanation."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **options)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Any number of files up to a bound; a list. What they are is judged where they are stored."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not given:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(given) > MOST_FILES:
            raise ValidationError(_("Please add at most %(n)s files at a time.") % {"n": MOST_FILES}, code="too_many")
        return list(given)


def minute(at: datetime) -> int:
    return int(at.timestamp()) // 60
