from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.enums import Coverage
from tickets.forms.base import ActForm, NoteField


class OverrideForm(ActForm):
    """Judge the coverage otherwise than the terms say."""

    code = forms.ChoiceField(label=_("Coverage"), choices=Coverage.choices, widget=forms.RadioSelect)
    reason = NoteField(
        label=_("Why it is judged otherwise"), help_text=_("Such as: the director grants it as goodwill.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].initial = self.ticket.coverage
