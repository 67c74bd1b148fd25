"""How Django forms are drawn: templates/forms/ and Bootstrap's control classes. Set as FORM_RENDERER."""

from django.forms import BoundField
from django.forms.renderers import TemplatesSetting

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
