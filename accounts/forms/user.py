from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.enums import ROLE_USES, STAFF_ROLES, FirstAccess, Role, Scope
from accounts.models import Team, User
from core.filters import LONGEST_SEARCH
from core.forms import ListForm, MasterForm, SearchInput

LIVES = ((30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("A year")))
ROLE_NAMES = [(role.value, role.label) for role in Role if role in STAFF_ROLES | {Role.CLIENT}]


class UserListForm(ListForm):
    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=SearchInput(attrs={"placeholder": _("Name, e-mail, staff number or phone")}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("All")), *ROLE_NAMES])
    team = forms.ModelChoiceField(
        label=_("Team"), required=False, queryset=Team.objects.order_by("name"), empty_label=_("All")
    )
    is_active = forms.ChoiceField(
        label=_("Access"),
        required=False,
        choices=[("", _("All")), ("true", _("Not disabled")), ("false", _("Disabled"))],
    )


class PersonForm(MasterForm):
    """What all who log in or call have."""

    stands_for = {"role": "roles"}

    name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"invalid": _("Please enter an e-mail address, for example li.min@example.com.")},
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )


class ClientForm(PersonForm):
    """A REST client: a program with tokens."""

    def __init__(self, data: Any = None, *, row: Model | None = None) -> None:
        super().__init__(data, row=row)
        self.fields["name"].help_text = _("Which program it is, for example: monitoring of the data centre.")
        self.fields["email"].help_text = _("Whoever looks after the program. Nobody logs in with it.")


class StaffForm(PersonForm):
    """One of our staff. Nobody's own roles are in it; the way in only for somebody new."""

    staff_no = forms.CharField(label=_("Staff number"), max_length=20, required=False)
    team = forms.ModelChoiceField(
        label=_("Team"), required=False, queryset=Team.objects.order_by("name"), empty_label=_("None")
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one role.")},
    )
    first_access = forms.ChoiceField(
        label=_("First access"),
        choices=FirstAccess.choices,
        initial=FirstAccess.INVITATION,
        widget=forms.RadioSelect,
        help_text=_("A temporary password must be changed at the first login; an invitation is good for 7 days."),
    )
    field_order = ("name", "email", "staff_no", "phone", "team", "roles", "first_access")

    def __init__(self, data: Any = None, *, row: Model | None = None, own: bool = False) -> None:
        super().__init__(data, row=row)
        fields: Any = self.fields
        fields["name"].label = _("Full name")
        fields["roles"].choices = [(role, _offered(role)) for role in ROLE_USES]
        for name in (*(("first_access",) if row else ()), *(("roles",) if own else ())):
            del fields[name]

    def stored(self, row: Model) -> dict[str, Any]:
        roles = sorted(row.role_codes) if isinstance(row, User) else []
        return {**super().stored(row), "roles": roles}

    def words(self, field: forms.Field, value: Any) -> str:
        if isinstance(field, forms.MultipleChoiceField):
            return "、".join(str(Role(code).label) for code in value)
        return super().words(field, value)


class TokenForm(MasterForm):
    """A token of a REST client."""

    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("Where the token is kept, for example a server.")
    )
    scope = forms.ChoiceField(label=_("Scope"), choices=Scope.choices, initial=Scope.READ)
    days = forms.TypedChoiceField(label=_("Good for"), choices=LIVES, coerce=int, initial=90)
    stands_for = {"expires_at": "days"}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        return data | {"life": timedelta(days=data.pop("days", 0))}


def _offered(role: Role) -> str:
    """A role and what it is for, as the text of its box."""
    return format_html('<span>{}<span class="wb-sub d-block">{}</span></span>', role.label, ROLE_USES[role])
