"""The one shape of the forms of master data: values in, values out, and what is stored now in words."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import formats

PHONE_HINT = gettext_lazy("With area code, for example 138 0013 8000 or 021-5555 0101 转 803.")


def language() -> str:
    return get_language() or "zh-hans"


class PhoneField(forms.CharField):
    """A number as people write it; the domain checks and stores it."""

    def __init__(self, **given: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "off"}
        super().__init__(
            max_length=40, required=False, help_text=PHONE_HINT, widget=forms.TextInput(attrs=attrs), **given
        )

    def prepare_value(self, value: Any) -> Any:
        """Stored numbers are shown in groups, typed ones as they were typed."""
        stored = isinstance(value, str) and value.startswith("+")
        return formats.phone(value, language()) if stored else value


class DayField(forms.DateField):
    def __init__(self, **given: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **given)


class MasterForm(forms.Form):
    """A form of one row, `row` None for a new one. `later` names the fields that only a stored row has."""

    later: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, row: Model | None = None, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}) | (self.stored(row) if row else {}))
        if row is None:
            for name in self.later:
                del self.fields[name]

    def stored(self, row: Model) -> dict[str, Any]:
        """What the row holds, as the fields take it."""
        return {name: row.serializable_value(name) for name in self.base_fields if name in _columns(row)}

    def shown(self, row: Model) -> list[dict[str, str]]:
        """What the row holds, in words: the other version beside the one that was typed."""
        held = self.stored(row)
        return [
            {"label": str(field.label), "text": self.words(field, held[name])}
            for name, field in self.fields.items()
            if name in held
        ]

    def words(self, field: forms.Field, value: Any) -> str:
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(field, forms.ModelMultipleChoiceField | forms.ModelChoiceField):
            chosen = value if isinstance(value, list) else [value]
            return "、".join(str(one) for one in _rows(field).filter(pk__in=chosen))
        if isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            return str(dict(choices).get(value, value))
        return str("" if value is None else field.prepare_value(value))


def _columns(row: Model) -> set[str]:
    return {column.name for column in row._meta.concrete_fields}


def _rows(field: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = field.queryset
    return rows
