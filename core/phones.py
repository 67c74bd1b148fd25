"""Telephone numbers of mainland China and abroad, stored as E.164 with an optional extension: +862155550101;ext=803."""

import re

from django.utils.translation import gettext as _

from core.errors import InputError

LONGEST = 40
_TYPED = re.compile(r"(?P<number>\+?[\d\s()（）-]+?)\s*((转|ext\.?|;ext=|#)\s*(?P<extension>\d{1,6}))?", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?P<rest>[1-9]\d{8,10})")
_HOTLINE = re.compile(r"[48]00\d{7}")
_FOREIGN = re.compile(r"\+[1-9]\d{6,14}")


def stored(typed: str, field: str = "phone") -> str:
    """The number as stored; "" stays empty. Raises InputError at `field` for what is no complete number."""
    if not typed.strip():
        return ""
    match = _TYPED.fullmatch(typed.strip()) if len(typed) <= LONGEST else None
    number = _international(re.sub(r"[^\d+]", "", match["number"])) if match else ""
    if not match or not number:
        raise InputError(
            "phone", _("Please give the number with its area code, for example 138 0013 8000 or 021-5555 0101."), field
        )
    return f"{number};ext={match['extension']}" if match["extension"] else number


def _international(digits: str) -> str:
    if _FOREIGN.fullmatch(digits):
        return digits
    if _MOBILE.fullmatch(digits) or _HOTLINE.fullmatch(digits):
        return f"+86{digits}"
    landline = _LANDLINE.fullmatch(digits)
    return f"+86{landline['rest']}" if landline else ""
