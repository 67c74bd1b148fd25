from typing import Any

from django import forms
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ServiceCenter
from core.forms import MasterForm, PointField
from customers.domain.place import FARTHEST_KM, point_of
from customers.enums import Locality
from customers.models import Site


class SiteForm(MasterForm):
    """Where equipment stands. Locality and distance decide what we promise: estimated, or as one says by hand."""

    stands_for = {"latitude": "coordinates", "longitude": "coordinates"}

    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(
        label=_("Address"), max_length=200, help_text=_("Province, city, district, street and number.")
    )
    district = forms.CharField(
        label=_("Region"), max_length=40, required=False, help_text=_("The district or county, for the estimate.")
    )
    coordinates = PointField(label=_("Coordinates"))
    service_center = forms.ModelChoiceField(
        label=_("Service centre"),
        queryset=ServiceCenter.objects.none(),
        required=False,
        empty_label=_("The nearest one"),
    )
    is_estimated = forms.BooleanField(
        label=_("Estimate locality and distance"),
        required=False,
        help_text=_("From the service centre: its urban districts are local; the way by road is 1.3 times as far."),
    )
    locality = forms.ChoiceField(
        label=_("Locality"),
        choices=[("", _("Estimated")), *Locality.choices],
        required=False,
        help_text=_("Local: inside the urban area of our service centre's city. Its counties are remote."),
    )
    distance_km = forms.IntegerField(
        label=_("Distance by road (km)"),
        min_value=0,
        max_value=FARTHEST_KM,
        required=False,
        help_text=_("Locality and distance count as entered only where they are not estimated."),
    )

    def __init__(self, data: Any = None, *, row: Site | None = None) -> None:
        offered = ServiceCenter.objects.filter(Q(is_active=True) | Q(pk=row.service_center_id if row else None))
        super().__init__(data, row=row, initial={"is_estimated": offered.exists()})
        fields: Any = self.fields
        fields["service_center"].queryset = offered.order_by("name")

    def stored(self, row: Model) -> dict[str, Any]:
        held = super().stored(row)
        if isinstance(row, Site):
            held |= {"coordinates": point_of(row), "is_estimated": not row.is_placed_by_hand}
        return held

    def clean(self) -> dict[str, Any]:
        """What the domain takes: the fields of the form in the columns of the row."""
        data: dict[str, Any] = super().clean() or {}
        latitude, longitude = data.pop("coordinates", None) or (None, None)
        by_hand = not data.pop("is_estimated", False)
        return data | {"latitude": latitude, "longitude": longitude, "is_placed_by_hand": by_hand}
