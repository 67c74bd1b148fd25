from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.filters import LONGEST_SEARCH
from core.forms import ListForm, SearchInput
from customers.domain.release import LONGEST_NOTES
from customers.forms.asset import ProductField
from customers.forms.base import DayField, MasterForm
from customers.models import Asset, Product
from customers.queries.release import software


class ReleaseForm(MasterForm):
    """A version that came out."""

    product = ProductField(label=_("Product"), queryset=Product.objects.none(), empty_label=_("Please choose"))
    number = forms.CharField(label=_("Version"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    released_on = DayField(label=_("Released on"))
    minimum = forms.CharField(
        label=_("Needs at least version"),
        max_length=40,
        required=False,
        help_text=_("Left empty it fits on every earlier one."),
    )
    notes = forms.CharField(
        label=_("What is new"),
        max_length=LONGEST_NOTES,
        required=False,
        widget=forms.Textarea,
        help_text=_("Customers with a right to the version read this in the letter."),
    )

    def __init__(self, data: Any = None, *, row: Any = None, initial: Any = None) -> None:
        super().__init__(data, row=row, initial=initial)
        fields: Any = self.fields
        if row is not None:
            del fields["product"]
        else:
            fields["product"].queryset = software()


class ReleaseListForm(ListForm):
    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=SearchInput(attrs={"placeholder": _("Product or version")}),
    )
    product = ProductField(label=_("Product"), queryset=Product.objects.none(), required=False, empty_label=_("All"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["product"].queryset = Product.objects.filter(releases__isnull=False).distinct().order_by("name")


class InstallForm(forms.Form):
    """The devices on which the release was installed."""

    assets = forms.ModelMultipleChoiceField(label=_("Devices"), queryset=Asset.objects.none(), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, seen: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["assets"].queryset = seen
