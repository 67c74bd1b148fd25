import re
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import ServiceCenter, User
from accounts.queries.user import staff
from core.forms import MasterForm, PhoneField, PointField


class ServiceCenterForm(MasterForm):
    """One of our own offices. Its urban districts are local, all others remote."""

    later = ("is_active",)
    stands_for = {"latitude": "coordinates", "longitude": "coordinates"}

    name = forms.CharField(label=_("Name"), max_length=60)
    code = forms.CharField(label=_("Code"), max_length=20)
    city = forms.CharField(label=_("City"), max_length=40)
    districts = forms.CharField(
        label=_("Urban districts"),
        max_length=4000,
        required=False,
        help_text=_("Separated by commas. Sites there are local; the city's counties are remote."),
        widget=forms.Textarea(attrs={"rows": "2"}),
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    coordinates = PointField(label=_("Coordinates"))
    head = forms.ModelChoiceField(
        label=_("Head"), queryset=User.objects.none(), required=False, empty_label=_("Nobody named")
    )
    contact = forms.CharField(label=_("Contact person"), max_length=60, required=False)
    phone = PhoneField(label=_("Phone"))
    repairs = forms.CharField(
        label=_("What it can repair"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": "3"})
    )
    is_active = forms.BooleanField(
        label=_("At work"), required=False, help_text=_("Closed ones are neither offered nor shown to customers.")
    )

    def __init__(self, data: Any = None, *, row: ServiceCenter | None = None) -> None:
        super().__init__(data, row=row)
        fields: Any = self.fields
        fields["head"].queryset = staff()

    def stored(self, row: Model) -> dict[str, Any]:
        held = super().stored(row)
        if isinstance(row, ServiceCenter):
            place = None if row.latitude is None else (row.latitude, row.longitude)
            held |= {"coordinates": place, "districts": "、".join(row.districts)}
        return held

    def clean(self) -> dict[str, Any]:
        """What the domain takes: the fields of the form in the columns of the row."""
        data: dict[str, Any] = super().clean() or {}
        latitude, longitude = data.pop("coordinates", None) or (None, None)
        districts = re.split(r"[,，、;；\n]", data.pop("districts", "") or "")
        return data | {"latitude": latitude, "longitude": longitude, "districts": districts}
