from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.enums import AssetLevel, AssetState
from customers.forms.base import DayField, MasterForm
from customers.models import Asset, Customer, Product, Site


class ProductField(forms.ModelChoiceField):
    def label_from_instance(self, product: Any) -> str:
        return f"{product.name} · {product.code}"


class SystemField(forms.ModelChoiceField):
    def label_from_instance(self, asset: Any) -> str:
        return f"{asset.site.name} · {asset.name}"


def version_field() -> forms.CharField:
    return forms.CharField(
        label=_("Software version"),
        max_length=40,
        required=False,
        help_text=_("As the device shows it, for example 5.2.1."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AssetForm(MasterForm):
    """An installed device or system at one of the customer's sites."""

    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=_("Please choose"))
    level = forms.ChoiceField(
        label=_("System or device"), choices=AssetLevel.choices, initial=AssetLevel.DEVICE, required=False
    )
    parent = SystemField(
        label=_("Part of"),
        queryset=Asset.objects.none(),
        required=False,
        empty_label=_("Stands by itself"),
        help_text=_("A system at the same site."),
    )
    product = ProductField(label=_("Product"), queryset=Product.objects.none(), empty_label=_("Please choose"))
    name = forms.CharField(
        label=_("Name"), max_length=80, required=False, help_text=_("Left empty it is called by its product.")
    )
    serial = forms.CharField(
        label=_("Serial number"),
        max_length=60,
        required=False,
        help_text=_("Kept in capitals; unique within a product."),
        widget=forms.TextInput(attrs={"class": "wb-serial", "autocapitalize": "characters", "autocomplete": "off"}),
    )
    software_version = version_field()
    state = forms.ChoiceField(label=_("State"), choices=AssetState.choices, initial=AssetState.IN_USE, required=False)
    accepted_on = DayField(label=_("Accepted on"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        customer: Customer,
        row: Asset | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, row=row, initial=initial)
        fields: Any = self.fields
        fields["site"].queryset = Site.objects.filter(customer=customer).order_by("name")
        systems = Asset.objects.filter(customer=customer, level=AssetLevel.SYSTEM).select_related("site")
        systems = systems.exclude(pk=row.pk) if row else systems
        fields["parent"].queryset = systems.order_by("site__name", "name", "pk")
        offered = Q(is_active=True) | Q(pk=row.product_id) if row else Q(is_active=True)
        fields["product"].queryset = Product.objects.filter(offered).order_by("name", "code")

    def clean(self) -> dict[str, Any]:
        """A level or state that is not said stays what it is, for a new one a device in use."""
        return {name: value for name, value in self.cleaned_data.items() if value or name not in ("level", "state")}


class AssetNoteForm(MasterForm):
    """What somebody found or did at a device: its state, its version, and a few words."""

    state = forms.ChoiceField(label=_("State"), choices=AssetState.choices)
    software_version = version_field()
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Shown in the life of the device.")
    )
