from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from customers.forms.base import DayField, MasterForm
from customers.models import Customer, Product, Site


class ProductField(forms.ModelChoiceField):
    def label_from_instance(self, product: Any) -> str:
        return f"{product.name} · {product.code}"


class AssetForm(MasterForm):
    """An installed device or system at one of the customer's sites."""

    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=_("Please choose"))
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
    accepted_on = DayField(label=_("Accepted on"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        customer: Customer,
        row: Model | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, row=row, initial=initial)
        fields: Any = self.fields
        fields["site"].queryset = Site.objects.filter(customer=customer).order_by("name")
        fields["product"].queryset = Product.objects.order_by("name", "code")
