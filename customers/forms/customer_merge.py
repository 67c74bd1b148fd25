from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class MergeForm(forms.Form):
    """Why both are one customer."""

    reason = forms.CharField(
        label=_("How do you know that both are the same customer"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CompareForm(forms.Form):
    """Two customers to put side by side: picked from the list, or typed by number or whole name."""

    first = forms.ModelChoiceField(label=_("First customer"), queryset=Customer.objects.none(), required=False)
    second = forms.ModelChoiceField(label=_("Second customer"), queryset=Customer.objects.none(), required=False)

    def __init__(self, data: Any, *, customers: Any) -> None:
        super().__init__(data)
        self.customers = customers
        for field in self.fields.values():
            chosen: Any = field
            chosen.queryset = customers

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in ("first", "second"):
            data[name] = data.get(name) or self._typed(name)
            if data[name] is None and name not in self.errors:
                self.add_error(name, _("Please choose a customer from the list."))
        if data.get("first") and data["first"] == data.get("second"):
            self.add_error("second", _("Please choose two different customers."))
        return data

    def _typed(self, name: str) -> Customer | None:
        text = self.data.get(f"{name}_text", "").strip().replace("\x00", "")
        found: Customer | None = self.customers.filter(Q(code__iexact=text) | Q(name=text)).first() if text else None
        return found
