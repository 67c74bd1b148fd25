"""What the lists can be asked for: the visible filters of customers and devices, handed on to `customers.filters`."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.filters import LONGEST_SEARCH
from core.forms import ListForm, SearchInput
from customers.enums import PartnerKind
from customers.models import Customer, Partner, Product


class CustomerListForm(ListForm):
    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=SearchInput(attrs={"placeholder": _("Name, code or phone")}),
    )
    is_key = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("All")), ("true", _("Key customers")), ("false", _("Others"))]
    )
    is_active = forms.ChoiceField(
        label=_("Service"),
        required=False,
        choices=[("", _("All")), ("true", _("Served now")), ("false", _("No longer served"))],
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    partner = forms.ModelChoiceField(queryset=Partner.objects.none(), required=False, widget=forms.HiddenInput)
    care = forms.ChoiceField(
        label=_("Care"), required=False, choices=[("", _("All")), ("due", _("Visit due")), ("none", _("No plan"))]
    )

    def __init__(self, data: Any, *, regions: Iterable[str] = (), partners: Any = None) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["region"].choices = [("", _("All")), *((name, name) for name in regions)]
        if partners is not None:
            fields["partner"].queryset = partners


class AssetListForm(ListForm):
    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=SearchInput(attrs={"placeholder": _("Name, serial number or product")}),
    )
    customer = forms.ModelChoiceField(
        label=_("Customer"), queryset=Customer.objects.none(), required=False, widget=forms.HiddenInput
    )
    customer_text = forms.CharField(max_length=200, required=False)
    site = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput)
    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.none(), required=False, empty_label=_("All")
    )

    def __init__(self, data: Any, *, customers: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["customer"].queryset = customers
        fields["product"].queryset = Product.objects.order_by("name", "code")


class ProductListForm(ListForm):
    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=SearchInput(attrs={"placeholder": _("Code or name")}),
    )


class PartnerListForm(ListForm):
    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=SearchInput(attrs={"placeholder": _("Code or name")}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *PartnerKind.choices])
    is_active = forms.ChoiceField(
        label=_("Cooperation"),
        required=False,
        choices=[("", _("All")), ("true", _("At present")), ("false", _("Cooperation ended"))],
    )
