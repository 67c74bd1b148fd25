from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import InputError

BODY_MAX = 20000


def cleaned(value: str, field: str, *, limit: int = BODY_MAX, required: bool = True) -> str:
    """The text without surrounding space. Refuses an empty, over-long or unstorable one, naming the field."""
    text = (value or "").strip()
    if required and not text:
        raise InputError("required", _("Please fill in this field."), field)
    if len(text) > limit:
        message = ngettext("Please use at most %(n)s character.", "Please use at most %(n)s characters.", limit)
        raise InputError("too_long", message % {"n": limit}, field)
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InputError("characters", _("The text contains characters that cannot be stored."), field)
    return text
