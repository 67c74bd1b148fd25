"""Special days from a CSV file: a day, what it is, and its name. Nothing is saved unless every line is clean.

Text may be UTF-8 or GB18030, as spreadsheets of this country write it; a first line of headings is passed over.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain.holiday import FIRST_YEAR, LAST_YEAR, LONGEST_NAME
from contracts.enums import DayKind
from contracts.models import Holiday
from core.domain import audit
from core.errors import InputError

MOST_LINES = 2000
LARGEST = 500_000
_DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_KINDS = {
    DayKind.OFF: {"休", "休息", "放假", "节假日", "假日", "法定节假日", "off", "holiday", "public holiday"},
    DayKind.WORK: {"班", "上班", "补班", "调休", "调休上班", "工作日", "work", "workday", "make-up workday"},
}
KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words}


@dataclass(frozen=True)
class SpecialDay:
    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class BadLine:
    """A line of the file, counted from 1, its text and what is wrong with it."""

    number: int
    text: str
    message: str


class BadLinesError(InputError):
    """A file with lines that cannot be read, every one of them named."""

    def __init__(self, lines: Sequence[BadLine]) -> None:
        count = len(lines)
        message = _("%(count)s lines cannot be used. Nothing was saved.") % {"count": count}
        super().__init__("lines", message, "file")
        self.lines = tuple(lines)


@dataclass(frozen=True)
class Imported:
    """What an import did, in days."""

    added: int
    changed: int
    removed: int


def read_days(content: bytes) -> list[SpecialDay]:
    """The days of a file. InputError at `file` for one that is no text, is empty or too long, BadLinesError for lines
    that cannot be used.
    """
    lines = _cells(_text(content))
    if len(lines) > MOST_LINES:
        raise InputError("too_long", _("Please import at most %(count)s lines.") % {"count": MOST_LINES}, "file")
    days: dict[date, SpecialDay] = {}
    bad: list[BadLine] = []
    for number, cells in enumerate(lines, 1):
        values = [cell.strip() for cell in cells]
        if not any(values) or (number == 1 and _day(values[0]) is None and not re.search(r"\d", values[0])):
            continue
        problem = _problem(values, days)
        if problem:
            bad.append(BadLine(number, ", ".join(values)[:80], problem))
        else:
            found = _read(values)
            days[found.day] = found
    if bad:
        raise BadLinesError(bad)
    if not days:
        raise InputError("empty", _("This file has no days in it."), "file")
    return list(days.values())


def _cells(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=None), delimiter=_delimiter(text)))
    except csv.Error as error:
        message = _("A quotation mark is not closed, or a cell is far too long.")
        raise InputError("damaged", message, "file") from error


def import_days(*, days: Iterable[SpecialDay], replaces: bool, actor: Any, now: datetime) -> Imported:
    """Keep the days; `replaces` makes them all there is of the years that they are in. One transaction, one record."""
    wanted = {one.day: one for one in days}
    with transaction.atomic():
        years = {day.year for day in wanted}
        rows = {row.day: row for row in Holiday.objects.select_for_update().filter(day__year__in=years)}
        gone = sorted(rows.keys() - wanted.keys()) if replaces else []
        new = [one for day, one in wanted.items() if day not in rows]
        other = [one for day, one in wanted.items() if day in rows and not _is_same(rows[day], one)]
        Holiday.objects.filter(day__in=gone).delete()
        Holiday.objects.bulk_create(Holiday(day=one.day, kind=one.kind, name=one.name) for one in new)
        for one in other:
            Holiday.objects.filter(day=one.day).update(kind=one.kind, name=one.name)
        done = Imported(len(new), len(other), len(gone))
        if new or other or gone:
            changes = {
                "set": {one.day.isoformat(): [str(one.kind), one.name] for one in (*new, *other)},
                "removed": [day.isoformat() for day in gone],
            }
            audit.record(actor=actor, action="holiday.import", subject="contracts.holiday", changes=changes, now=now)
    return done


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise InputError("too_large", _("This file is too large. Holidays of some years take a few kilobytes."), "file")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InputError("no_text", _("This file is not a text file in UTF-8 or GB18030. Please save it as CSV."), "file")


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        found = date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None


def _problem(values: list[str], known: dict[date, SpecialDay]) -> str:
    """What is wrong with a line; "" if nothing is."""
    day = _day(values[0])
    if day is None:
        return _("The first column is not a day, for example 2027-01-01.")
    if len(values) < 2 or values[1].lower() not in KIND_OF:
        return _("The second column says whether it is a holiday (休) or a make-up workday (班).")
    if len(values) > 2 and len(values[2]) > LONGEST_NAME:
        return _("The name has more than %(count)s characters.") % {"count": LONGEST_NAME}
    return _("This day stands in the file twice.") if day in known else ""


def _read(values: list[str]) -> SpecialDay:
    day = _day(values[0])
    assert day is not None
    return SpecialDay(day, KIND_OF[values[1].lower()], values[2] if len(values) > 2 else "")


def _is_same(row: Holiday, one: SpecialDay) -> bool:
    return (row.kind, row.name) == (one.kind, one.name)
