"""The columns of files of master data: how they are called and how a cell becomes a value."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import InputError
from customers.domain import phone as phones
from customers.domain.imports_file import MOST_COLUMNS, Cell, Odd
from customers.domain.place import FARTHEST_KM
from customers.enums import AssetState, ContactRole, ImportKind, Locality

YES = frozenset({"1", "是", "y", "yes", "true", "√", "对"})
NO = frozenset({"0", "否", "n", "no", "false", "×", "非"})
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_DECORATION = re.compile(r"[\s*＊:：]|[（(](必填|required|选填|optional)[）)]", re.IGNORECASE)
Parse = Callable[[str], Any]
Problem = tuple[str, str]
"""The column's name ("" for the whole row) and the sentence."""


@dataclass(frozen=True)
class Column:
    """A column of one kind of file. `name` is the domain's own name, `note` says what is put there."""

    name: str
    label: Promise
    parse: Parse
    required: bool = False
    note: str | Promise = ""


def text(most: int) -> Parse:
    return partial(_read_text, most)


def _read_text(most: int, typed: str) -> str:
    if len(typed) > most:
        raise InputError("max_length", _("At most %(most)s characters, here are %(count)s.") % _lengths(most, typed))
    if not typed.isprintable():
        raise InputError("invalid", _("Please remove line ends and characters that cannot be shown."))
    return typed


def _lengths(most: int, typed: str) -> dict[str, int]:
    return {"most": most, "count": len(typed)}


def _read_email(typed: str) -> str:
    try:
        validate_email(typed)
    except ValidationError as error:
        raise InputError("invalid", _("Please give a whole e-mail address, for example wang@example.com.")) from error
    return _read_text(254, typed)


def _read_flag(typed: str) -> bool:
    word = typed.casefold()
    if word not in YES | NO:
        raise InputError("invalid", _("Please write 是 or 否."))
    return word in YES


def _read_day(typed: str) -> date:
    match = _DAY.fullmatch(typed)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise InputError("invalid", _("Please give a day that exists, for example 2026-11-23."))
    return day


def _read_whole(most: int, typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and int(typed) <= most):
        raise InputError("invalid", _("Please give a whole number from 0 to %(most)s.") % {"most": most})
    return int(typed)


def _read_degrees(most: int, typed: str) -> Decimal:
    try:
        value = Decimal(typed) if len(typed) < 20 else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or abs(value) > most:
        raise InputError("invalid", _("Please give degrees from -%(most)s to %(most)s.") % {"most": most})
    return value.quantize(Decimal("0.000001"))


def choice(choices: Any) -> Parse:
    return partial(_read_choice, choices)


def _read_choice(choices: Any, typed: str) -> str:
    """By its code or by its word in any of our languages."""
    words = {value: value for value in choices.values}
    for value, label in _labels(choices):
        words[label.casefold()] = value
    if typed.casefold() not in words:
        known = "、".join(str(label) for label in choices.labels)
        raise InputError("choice", _("Please write one of: %(words)s.") % {"words": known})
    return str(words[typed.casefold()])


def _labels(choices: Any) -> list[tuple[str, str]]:
    found = []
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            found += [(value, str(label)) for value, label in choices.choices]
    return found


def _read_names(typed: str) -> list[str]:
    return [name for part in re.split(r"[、;；,，|]", typed) if (name := part.strip())]


_CUSTOMER = Column(
    "customer",
    gettext_lazy("Customer code"),
    text(20),
    required=True,
    note=gettext_lazy("Code of a registered customer"),
)
_PHONE_NOTE = gettext_lazy("With area code")
COLUMNS: Mapping[str, Sequence[Column]] = {
    ImportKind.CUSTOMER: (
        Column("code", gettext_lazy("Customer code"), text(20), required=True, note="HX-001"),
        Column("name", gettext_lazy("Customer name"), text(120), required=True),
        Column("short_name", gettext_lazy("Short name"), text(40)),
        Column("industry", gettext_lazy("Industry"), text(40)),
        Column("phone", gettext_lazy("Switchboard"), phones.stored, note=_PHONE_NOTE),
        Column("is_key", gettext_lazy("Key customer"), _read_flag, note="是 / 否"),
    ),
    ImportKind.SITE: (
        _CUSTOMER,
        Column("name", gettext_lazy("Site name"), text(80), required=True),
        Column("address", gettext_lazy("Address"), text(200), required=True),
        Column("district", gettext_lazy("Region"), text(40)),
        Column("latitude", gettext_lazy("Latitude"), partial(_read_degrees, 90)),
        Column("longitude", gettext_lazy("Longitude"), partial(_read_degrees, 180)),
        Column(
            "locality",
            gettext_lazy("Locality"),
            choice(Locality),
            note=gettext_lazy("Empty: estimated from our service centres"),
        ),
        Column("distance_km", gettext_lazy("Distance by road (km)"), partial(_read_whole, FARTHEST_KM)),
    ),
    ImportKind.CONTACT: (
        _CUSTOMER,
        Column("name", gettext_lazy("Full name"), text(60), required=True),
        Column("position", gettext_lazy("Position"), text(60)),
        Column("role", gettext_lazy("Role at the customer"), choice(ContactRole)),
        Column("phone", gettext_lazy("Phone"), phones.stored, note=_PHONE_NOTE),
        Column("email", gettext_lazy("E-mail"), _read_email),
        Column("may_report", gettext_lazy("Authorised caller"), _read_flag, note="是 / 否"),
        Column("sites", gettext_lazy("Sites"), _read_names, note=gettext_lazy("Names of sites, with 、 between them")),
    ),
    ImportKind.ASSET: (
        _CUSTOMER,
        Column("site", gettext_lazy("Site name"), text(80), required=True),
        Column(
            "product",
            gettext_lazy("Product code"),
            text(40),
            required=True,
            note=gettext_lazy("Code of a product of the catalogue"),
        ),
        Column("name", gettext_lazy("Device name"), text(80)),
        Column("serial", gettext_lazy("Serial number"), text(60), note=gettext_lazy("Unique within a product")),
        Column("software_version", gettext_lazy("Software version"), text(40)),
        Column("accepted_on", gettext_lazy("Accepted on"), _read_day, note="2026-11-23"),
        Column("state", gettext_lazy("State"), choice(AssetState)),
    ),
}


REMARKS = (gettext_lazy("Row in the file"), gettext_lazy("To correct"))
"""What our list of rows to correct adds; a corrected list is sent as it is."""
Places = dict[int, Column | None]
"""Which column stands where; None is a remark, which is passed over."""


def columns_of(kind: str) -> Sequence[Column]:
    return COLUMNS[kind]


def header(kind: str, cells: Sequence[Cell]) -> Places:
    """Which column of the kind stands where. InputError at `file` that names what is missing, unknown or doubled."""
    known = _by_heading(kind)
    found: Places = {}
    unknown, doubled = [], []
    for place, cell in enumerate(cells):
        heading = _heading(cell) if isinstance(cell, str) else ""
        column = known.get(heading)
        if cell == "":
            continue
        if heading in _remarks():
            found[place] = None
        elif column is None:
            unknown.append(cell if isinstance(cell, str) else _letter(place))
        elif column in found.values():
            doubled.append(str(column.label))
        else:
            found[place] = column
    missing = [str(one.label) for one in columns_of(kind) if one.required and one not in found.values()]
    _refuse_header(missing, [one[:40] for one in unknown], doubled)
    return found


def _refuse_header(missing: list[str], unknown: list[str], doubled: list[str]) -> None:
    said = []
    if missing:
        said.append(_("The first row lacks these columns: %(names)s.") % {"names": "、".join(missing)})
    if unknown:
        said.append(_("These columns are not known here: %(names)s.") % {"names": "、".join(unknown[:MOST_COLUMNS])})
    if doubled:
        said.append(_("These columns stand there twice: %(names)s.") % {"names": "、".join(doubled)})
    if said:
        raise InputError("header", " ".join(said)[:300], "file")


def _by_heading(kind: str) -> dict[str, Column]:
    found = {_heading(column.name): column for column in columns_of(kind)}
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            found |= {_heading(str(column.label)): column for column in columns_of(kind)}
    return found


def _remarks() -> set[str]:
    found = set()
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            found |= {_heading(str(label)) for label in REMARKS}
    return found


def _heading(cell: str) -> str:
    return _DECORATION.sub("", cell).casefold()


def _letter(place: int) -> str:
    return chr(65 + place) if place < 26 else f"{chr(64 + place // 26)}{chr(65 + place % 26)}"


def texts(places: Places, cells: Sequence[Cell]) -> tuple[dict[str, str], list[Problem]]:
    """A row's texts by column, and what is odd about its cells."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for place, cell in enumerate(cells):
        column = places.get(place)
        if place not in places and cell != "":
            problems.append(("", _("Cell %(letter)s stands under no heading.") % {"letter": _letter(place)}))
        elif column and isinstance(cell, Odd):
            problems.append((column.name, _odd(cell)))
        elif column and isinstance(cell, str):
            found[column.name] = cell
    return found, problems


def _odd(cell: Odd) -> str:
    said = {
        "formula": _("There is a formula here. Please keep its value only."),
        "error": _("There is an error of the spreadsheet here."),
        "merged": _("This cell is merged with others. Please split it and fill each."),
        "digits": _("A number of so many digits loses some. Please format the cell as text and type it again."),
        "long": _("This text is far too long."),
    }
    return said[cell.kind]


def values_of(kind: str, found: Mapping[str, str], judged: Iterable[str] = ()) -> tuple[dict[str, Any], list[Problem]]:
    """The values of a row by the domain's names, empty cells left out, and what is wrong with them; `judged` columns
    have their problem already.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    skipped = set(judged)
    for column in columns_of(kind):
        typed = found.get(column.name, "")
        if column.name in skipped:
            continue
        if typed == "":
            problems += [(column.name, _("Please fill this in."))] if column.required else []
            continue
        try:
            values[column.name] = column.parse(typed)
        except InputError as error:
            problems.append((column.name, error.message))
    return values, problems
