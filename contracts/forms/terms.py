from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.enums import (
    AcceptanceStage,
    ChargedInside,
    Cover,
    PriceBasis,
    ProductScope,
    ReplacedPart,
    ServiceKind,
    WarrantyStart,
)
from contracts.models.terms import MAX_MONTHS
from core.forms import MasterForm
from customers.models import Product

FURTHEST_KM = 20_000


class TermsForm(MasterForm):
    """One warranty class of a contract line."""

    name = forms.CharField(label=gettext_lazy("Name of the class"), max_length=60)
    product_kind = forms.ChoiceField(
        label=gettext_lazy("Counts for"),
        choices=[("", gettext_lazy("All products")), *ProductScope.choices],
        required=False,
    )
    products = forms.CharField(
        label=gettext_lazy("Codes of the products"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("With commas between them. Where products are named, the class counts for them alone."),
    )
    months = forms.IntegerField(label=gettext_lazy("Warranty (months)"), min_value=1, max_value=MAX_MONTHS)
    starts = forms.ChoiceField(label=gettext_lazy("Warranty counts from"), choices=WarrantyStart.choices)
    stage = forms.ChoiceField(
        label=gettext_lazy("Which acceptance starts it"),
        choices=AcceptanceStage.choices,
        initial=AcceptanceStage.FINAL,
    )
    first_day_counts = forms.BooleanField(
        label=gettext_lazy("The first day counts"),
        required=False,
        help_text=gettext_lazy("Then 12 months from 1 March end on the last day of February, else on 1 March."),
    )
    covers = forms.ChoiceField(label=gettext_lazy("Warranty covers"), choices=Cover.choices)
    software_upgrade_months = forms.IntegerField(
        label=gettext_lazy("Months of free software versions"),
        min_value=0,
        max_value=MAX_MONTHS,
        initial=0,
        help_text=gettext_lazy("0: as long as the warranty."),
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
    long_distance_km = forms.IntegerField(
        label=gettext_lazy("Long distance begins at (km)"), min_value=0, max_value=FURTHEST_KM, initial=1000
    )
    price_after = forms.ChoiceField(label=gettext_lazy("Price afterwards"), choices=PriceBasis.choices)
    replaced_part = forms.ChoiceField(label=gettext_lazy("Warranty of a replaced part"), choices=ReplacedPart.choices)

    def stored(self, row: Model) -> dict[str, Any]:
        held = super().stored(row)
        return held | {"products": ", ".join(held.get("products") or [])}

    def words(self, field: forms.Field, value: Any) -> str:
        if isinstance(field, forms.MultipleChoiceField):
            choices: dict[Any, Any] = dict(field.choices)  # type: ignore[arg-type]
            return "、".join(str(choices.get(one, one)) for one in value)
        return super().words(field, value)

    def clean_products(self) -> list[str]:
        """The codes, each of a product of the catalogue."""
        codes = [code.strip() for code in self.cleaned_data["products"].replace("，", ",").split(",") if code.strip()]
        missing = set(codes) - set(Product.objects.filter(code__in=codes).values_list("code", flat=True))
        if missing:
            message = _("No product has the code %(code)s.") % {"code": sorted(missing)[0]}
            raise forms.ValidationError(message, code="unknown")
        return list(dict.fromkeys(codes))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        if (
            values.get("product_kind") == ProductScope.NAMED
            and not values.get("products")
            and "products" not in self.errors
        ):
            self.add_error("products", _("Please name the products that this class counts for."))
        if values.get("products"):
            values["product_kind"] = ProductScope.NAMED
        return values
