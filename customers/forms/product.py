from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.domain.product import LONGEST_WARRANTY
from customers.enums import (
    ChargedInside,
    Cover,
    PriceBasis,
    ProductKind,
    ReplacedPart,
    ServiceKind,
    WarrantyStart,
)
from customers.forms.base import MasterForm
from customers.models import Product

CHOOSE = ("", gettext_lazy("Please choose"))
TERMS = (
    *("months", "starts", "first_day_counts", "covers", "price_after", "replaced_part"),
    *("free_after", "charged_inside"),
)
NEEDED = ("starts", "covers", "replaced_part")


class ProductForm(MasterForm):
    """A catalogue entry, with the warranty that it is usually sold with; without a length it has none of its own."""

    later = ("is_active",)

    code = forms.CharField(label=gettext_lazy("Code"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ProductKind.choices)
    maker = forms.CharField(label=gettext_lazy("Manufacturer"), max_length=80, required=False)
    months = forms.IntegerField(
        label=gettext_lazy("Warranty (months)"),
        min_value=1,
        max_value=LONGEST_WARRANTY,
        required=False,
        help_text=gettext_lazy("Left empty the terms of the contract count."),
    )
    starts = forms.ChoiceField(
        label=gettext_lazy("Warranty counts from"), choices=[CHOOSE, *WarrantyStart.choices], required=False
    )
    first_day_counts = forms.BooleanField(
        label=gettext_lazy("The first day counts"),
        required=False,
        help_text=gettext_lazy("Then 12 months from 1 March end on the last day of February, else on 1 March."),
    )
    covers = forms.ChoiceField(label=gettext_lazy("Warranty covers"), choices=[CHOOSE, *Cover.choices], required=False)
    replaced_part = forms.ChoiceField(
        label=gettext_lazy("Warranty of a replaced part"), choices=[CHOOSE, *ReplacedPart.choices], required=False
    )
    price_after = forms.ChoiceField(
        label=gettext_lazy("Price afterwards"), choices=[CHOOSE, *PriceBasis.choices], required=False
    )
    free_after = forms.MultipleChoiceField(
        label=gettext_lazy("Stays free afterwards"),
        choices=ServiceKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    charged_inside = forms.MultipleChoiceField(
        label=gettext_lazy("Charged even in warranty"),
        choices=ChargedInside.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In the catalogue"),
        required=False,
        help_text=gettext_lazy("Without it no new device of this product can be registered."),
    )

    def stored(self, row: Model) -> dict[str, Any]:
        held = row.warranty if isinstance(row, Product) else {}
        return {**super().stored(row), **{name: held.get(name, "") for name in TERMS}}

    def clean(self) -> dict[str, Any]:
        """The terms as the domain takes them; all that they need is asked for once a length is given."""
        values: dict[str, Any] = dict(self.cleaned_data)
        terms = {name: values.pop(name, None) for name in TERMS}
        if terms["months"]:
            for name in NEEDED:
                if not terms[name] and name not in self.errors:
                    self.add_error(name, _("Please choose, since a length is given."))
        return values | {"warranty": terms if terms["months"] else {}}
