from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries.user import staff
from core.forms import MasterForm, PhoneField
from customers.enums import PartnerKind


class PartnerForm(MasterForm):
    """An office, a service partner, a subcontractor or a maker."""

    later = ("is_active",)

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=20)
    kind = forms.ChoiceField(label=_("Kind"), choices=PartnerKind.choices)
    contact_name = forms.CharField(label=_("Contact person"), max_length=60, required=False)
    phone = PhoneField(label=_("Phone"))
    is_active = forms.BooleanField(
        label=_("We work with this partner"),
        required=False,
        help_text=_("Without it the partner's people no longer see its customers."),
    )


class PartnerStaffForm(forms.Form):
    """Who of the staff with the role partner is to work for a partner."""

    user = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none(), empty_label=_("Please choose"))

    def __init__(self, data: Any = None, *, present: list[int]) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["user"].queryset = staff().filter(roles__role=Role.PARTNER).exclude(pk__in=present)
