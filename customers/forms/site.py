from django import forms
from django.utils.translation import gettext_lazy as _

from customers.enums import Locality
from customers.forms.base import MasterForm

FARTHEST = 32_767


class SiteForm(MasterForm):
    """Where equipment stands. Locality and distance decide what we promise."""

    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(
        label=_("Address"), max_length=200, help_text=_("Province, city, district, street and number.")
    )
    district = forms.CharField(label=_("Region"), max_length=40, required=False)
    locality = forms.ChoiceField(
        label=_("Locality"),
        choices=Locality.choices,
        help_text=_("Local: inside the urban area of our service centre's city. Its counties are remote."),
    )
    distance_km = forms.IntegerField(label=_("Distance by road (km)"), min_value=0, max_value=FARTHEST)
