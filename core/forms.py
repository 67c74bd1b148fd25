"""How Django forms are drawn: templates/forms/ and Bootstrap's control classes, set as FORM_RENDERER; and the one shape
of the forms of master data: values in, values out, and what is stored now in words.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats, geo
from core.errors import InputError
from core.language import language_code

CONTROL, SELECT, CHOICE = "form-control", "form-select", ""
CLASSES = {
    "checkbox": CHOICE,
    "radio": CHOICE,
    "hidden": CHOICE,
    "select": SELECT,
}


class Renderer(TemplatesSetting):
    """Whole forms with an error summary on top; fields with label, control, hint and error."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


def control_class(field: BoundField) -> str:
    """The control's class. Choices (checkbox, radio) are styled by their element and have none."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "text")
    added = CLASSES.get(kind, CONTROL)
    own = widget.attrs.get("class", "")
    return f"{own} {added}{' is-invalid' if added and field.errors else ''}".strip()


def control_attrs(field: BoundField) -> dict[str, str | bool]:
    """Attributes that every control gets: its class, and a text area no taller than its purpose needs."""
    css = control_class(field)
    attrs: dict[str, str | bool] = {"class": css} if css else {}
    return attrs | {"rows": "4"} if field.field.widget.attrs.get("rows") == "10" else attrs


def is_single_checkbox(field: BoundField) -> bool:
    """True for one tick box, whose label stands behind it."""
    widget = field.field.widget
    return getattr(widget, "input_type", "") == "checkbox" and not field.use_fieldset


# --- Lists -----------------------------------------------------------------------------------------------------------


class SearchInput(forms.TextInput):
    input_type = "search"


class ListForm(forms.Form):
    """Filters in the address: what makes no sense is left out."""

    def query(self) -> QueryDict:
        """The filters that are set and sensible."""
        self.is_valid()
        kept = QueryDict(mutable=True)
        for name, value in self.cleaned_data.items():
            if value not in (None, ""):
                kept[name] = str(getattr(value, "pk", value))
        return kept


# --- Master data ------------------------------------------------------------------------------------------------------

PHONE_HINT = gettext_lazy("With area code, for example 138 0013 8000 or 021-5555 0101 转 803.")


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
        return formats.phone(value, language_code()) if stored else value


class DayField(forms.DateField):
    def __init__(self, **given: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **given)


class PointField(forms.CharField):
    """Latitude and longitude in one text, as maps give them to be copied; in China also the other way round.

    Cleaned it is a pair of Decimals, or None where it is left empty.
    """

    def __init__(self, **given: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "placeholder": "36.060000, 103.830000"}
        super().__init__(
            max_length=60,
            required=False,
            help_text=gettext_lazy("Latitude and longitude, as a map gives them to be copied."),
            widget=forms.TextInput(attrs=attrs),
            **given,
        )

    def clean(self, value: Any) -> Any:
        parts = str(super().clean(value)).replace("，", ",").replace(",", " ").split()
        if not parts:
            return None
        if len(parts) != 2:
            raise forms.ValidationError(_("Please give latitude and longitude, for example 36.06, 103.83."))
        try:
            return geo.point(*(reversed(parts) if _is_turned(parts) else parts))
        except InputError as error:
            raise forms.ValidationError(error.message) from error

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(degree) for degree in value) if isinstance(value, tuple) else value


def _is_turned(parts: list[str]) -> bool:
    """Whether this is a place in China with the longitude first."""
    try:
        first, second = (float(part) for part in parts)
    except ValueError:
        return False
    return 73 <= first <= 136 and 3 <= second <= 54


class MasterForm(forms.Form):
    """A form of one row, `row` None for a new one. `later` names the fields that only a stored row has, `stands_for`
    the field at which an error of a column is shown that has none of its own.
    """

    later: tuple[str, ...] = ()
    stands_for: Mapping[str, str] = {}

    def __init__(self, data: Any = None, *, row: Model | None = None, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}) | (self.stored(row) if row else {}))
        if row is None:
            for name in self.later:
                del self.fields[name]

    def field_of(self, column: str) -> str | None:
        """The field at which an error of this column is shown; None: above all of them."""
        name = self.stands_for.get(column, column)
        return name if name in self.fields else None

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
