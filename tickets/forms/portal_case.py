from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.domain.portal_case import MESSAGE_MAX
from tickets.forms.base import NoteField
from tickets.forms.portal_report import files_field


class MessageForm(forms.Form):
    """A message to us, with files."""

    body = forms.CharField(label=_("Your message"), max_length=MESSAGE_MAX, widget=forms.Textarea(attrs={"rows": 3}))
    attachments = files_field(_("Photos, videos or files"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "message_%s"} | options)


class NotSolvedForm(forms.Form):
    reason = NoteField(label=_("What is not solved yet?"))


class WithdrawForm(forms.Form):
    note = NoteField(label=_("Anything we should know?"), required=False)


class FollowMessageForm(forms.Form):
    """A message by somebody who follows a case by number and phone."""

    body = forms.CharField(label=_("Your message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
