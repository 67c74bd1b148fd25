from django import forms
from django.utils.translation import gettext_lazy as _

from customers.enums import ProductKind
from customers.forms.base import MasterForm


class ProductForm(MasterForm):
    """A catalogue entry."""

    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=ProductKind.choices)
