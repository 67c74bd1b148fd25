from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Team, User
from accounts.queries.user import staff
from core.forms import MasterForm


class DepartmentForm(MasterForm):
    name = forms.CharField(label=_("Name"), max_length=60)
    head = forms.ModelChoiceField(
        label=_("Head"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody named"),
        help_text=_("Is asked when the department reviews a contract."),
    )

    def __init__(self, data: Any = None, *, row: Department | None = None) -> None:
        super().__init__(data, row=row)
        fields: Any = self.fields
        fields["head"].queryset = staff_and(row.head_id if row else None)


class TeamForm(MasterForm):
    name = forms.CharField(label=_("Name"), max_length=60)
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.order_by("name"))
    lead = forms.ModelChoiceField(
        label=_("Lead"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody named"),
        help_text=_("Becomes a member of the team."),
    )
    on_duty = forms.BooleanField(
        label=_("On duty"), required=False, help_text=_("Its people are told where a ticket has nobody yet.")
    )

    def __init__(self, data: Any = None, *, row: Team | None = None, initial: Any = None) -> None:
        super().__init__(data, row=row, initial=initial)
        fields: Any = self.fields
        fields["lead"].queryset = staff_and(row.lead_id if row else None)


def staff_and(pk: int | None) -> Any:
    """Who can be chosen: active staff, and who is chosen now even if disabled meanwhile."""
    named = User.objects.filter(Q(pk__in=staff().order_by().values("pk")) | Q(pk=pk))
    return named.order_by("name", "pk")
