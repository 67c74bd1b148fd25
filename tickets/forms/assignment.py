from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries.user import assignable_users
from tickets.forms.base import ActForm


class PersonField(forms.ModelChoiceField):
    """A member of staff who can hold a ticket, with the team."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=User.objects.none(), required=False, empty_label=_("Nobody (unassigned)"), **options)

    def offer(self) -> None:
        self.queryset = assignable_users().select_related("team")

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} · {obj.team.name}" if obj.team else obj.name


class AssignForm(ActForm):
    assignee = PersonField(label=_("Assignee"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["assignee"].offer()  # type: ignore[attr-defined]
        self.fields["assignee"].initial = self.ticket.assignee_id
