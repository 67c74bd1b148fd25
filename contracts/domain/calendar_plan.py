"""A calendar as people write it: hours a weekday, the length of a working day, closures. Checked before it is stored.

What the engine could read but nobody means (windows that overlap, that end before they start or run through midnight)
is refused here, each fault at its field.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from contracts.domain.document import DocumentError
from core.errors import InputError
from core.worktime import WEEKDAYS, Window, parse_hours

DAY = 24 * 60
LONGEST_CLOSURE = 366
MOST_CLOSURES = 1000
_WINDOW = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DASHES = dict.fromkeys(map(ord, "–—－~～至到"), "-")
_COMMAS = dict.fromkeys(map(ord, "，、;；"), ",")
_READABLE = _DASHES | _COMMAS | {ord("："): ":"}


@dataclass(frozen=True)
class Fault:
    """What is wrong, and at which field; "" for the calendar as a whole."""

    field: str
    message: str


class FaultyCalendarError(InputError):
    """A calendar that cannot be used, with everything that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("calendar", faults[0].message, faults[0].field or "document")
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Plan:
    """What a form holds. `hours` has one text a weekday, Monday first: "09:00-12:00, 13:00-18:00", "" for closed."""

    name: str
    hours: tuple[str, ...] = field(default_factory=lambda: ("",) * 7)
    follows_holidays: bool = False
    make_up_workdays: bool = False
    standard_day: str = ""
    closures: str = ""


def plan_of(document: Mapping[str, Any]) -> Plan:
    """A stored calendar for the form; windows through midnight become two."""
    week = parse_hours(document.get("hours", {"daily": ["00:00-24:00"]}))
    return Plan(
        name=str(document["name"]),
        hours=tuple(", ".join(map(shown, windows)) for windows in _split(week)),
        follows_holidays="holidays" in document,
        make_up_workdays=bool(document.get("make_up_workdays")),
        standard_day=_hours_of(str(document.get("standard_day", ""))),
        closures="\n".join(_spans([date.fromisoformat(day) for day in document.get("closures", ())])),
    )


def document_of(plan: Plan, kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The document of a form in the shape of the presets; `kept` is the former one, whose time zone stays.

    Raises FaultyCalendarError with every fault.
    """
    faults: list[Fault] = []
    week = [_windows(text, day, faults) for day, text in zip(WEEKDAYS, plan.hours, strict=True)]
    closures = _closures(plan.closures, faults)
    standard_day = _standard_day(plan.standard_day, faults)
    if not plan.name.strip():
        faults.append(Fault("name", _("Please give the calendar a name.")))
    if not faults and not any(week):
        faults.append(Fault("mon", _("No day has open hours: nothing could ever become due.")))
    if plan.make_up_workdays and not plan.follows_holidays:
        faults.append(Fault("make_up_workdays", _("Make-up workdays need the public holidays.")))
    if faults:
        raise FaultyCalendarError(faults)
    document: dict[str, Any] = {"name": plan.name.strip(), "hours": _packed(week)}
    if plan.follows_holidays:
        document["holidays"] = "CN"
        document["make_up_workdays"] = plan.make_up_workdays
    document |= {"standard_day": standard_day} if standard_day else {}
    document |= {"closures": closures} if closures else {}
    return document | {name: value for name, value in (kept or {}).items() if name == "timezone"}


def check_document(document: Mapping[str, Any]) -> None:
    """Refuse a document (of the API) that a form would not let pass. FaultyCalendarError, DocumentError."""
    hours = document.get("hours", {"daily": ["00:00-24:00"]})
    if not isinstance(hours, Mapping):
        raise DocumentError("hours", "must be an object")
    faults: list[Fault] = []
    for days, windows in hours.items():
        if not isinstance(windows, list | tuple):
            raise DocumentError(f"hours.{days}", "must be a list")
        _windows(", ".join(map(str, windows)), f"hours.{days}", faults)
    if faults:
        raise FaultyCalendarError(faults)


def shown(window: Window) -> str:
    """09:00-12:00"""
    start, end = window
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def _split(week: Sequence[Sequence[Window]]) -> list[list[Window]]:
    days: list[list[Window]] = [[(start, min(end, DAY)) for start, end in windows] for windows in week]
    for weekday, windows in enumerate(week):
        days[(weekday + 1) % 7] += [(0, end - DAY) for _start, end in windows if end > DAY]
    return [sorted(windows) for windows in days]


def _windows(text: str, at: str, faults: list[Fault]) -> list[Window]:
    found: list[Window] = []
    for part in filter(None, (part.strip() for part in text.translate(_READABLE).split(","))):
        window = _window(part.replace(" ", ""))
        if window is None:
            faults.append(Fault(at, _("Please write hours like 09:00-12:00, 13:00-18:00.")))
            return []
        if window[1] <= window[0]:
            message = _(
                "%(window)s ends before it starts. Hours through midnight are written on two days: up to 24:00, and "
                "from 00:00 on the next."
            )
            faults.append(Fault(at, message % {"window": shown(window)}))
        found.append(window)
    found.sort()
    for first, second in zip(found, found[1:], strict=False):
        if second[0] < first[1]:
            facts = {"first": shown(first), "second": shown(second)}
            faults.append(Fault(at, _("%(first)s and %(second)s overlap.") % facts))
    return found


def _window(text: str) -> Window | None:
    match = _WINDOW.fullmatch(text)
    if match is None:
        return None
    first, first_minute, last, last_minute = map(int, match.groups())
    start, end = first * 60 + first_minute, last * 60 + last_minute
    return (start, end) if max(first_minute, last_minute) < 60 and max(start, end) <= DAY else None


def _packed(week: Sequence[Sequence[Window]]) -> dict[str, list[str]]:
    """Days with the same hours together: {"mon-fri": [...], "sat": [...]}; closed days are left out."""
    packed: dict[str, list[str]] = {}
    start = 0
    while start < 7:
        end = start
        while end < 6 and list(week[end + 1]) == list(week[start]):
            end += 1
        if week[start]:
            days = WEEKDAYS[start] if start == end else f"{WEEKDAYS[start]}-{WEEKDAYS[end]}"
            packed[days] = [shown(window) for window in week[start]]
        start = end + 1
    return packed


def _standard_day(text: str, faults: list[Fault]) -> str:
    if not text.strip():
        return ""
    try:
        minutes = Decimal(text.strip()) * 60
    except InvalidOperation:
        minutes = Decimal(0)
    if not minutes.is_finite() or not 0 < minutes <= DAY or minutes != int(minutes):
        faults.append(Fault("standard_day", _("Please give the hours of a working day, for example 8 or 7.5.")))
        return ""
    return f"{int(minutes) // 60}h" if int(minutes) % 60 == 0 else f"{int(minutes)}m"


def _hours_of(budget: str) -> str:
    if not budget:
        return ""
    count, unit = int(budget[:-1]), budget[-1]
    return f"{Decimal(count) / 60 if unit == 'm' else Decimal(count * (24 if unit == 'd' else 1)):g}"


def _closures(text: str, faults: list[Fault]) -> list[str]:
    days: set[date] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        span = _span(line)
        if span is None:
            message = _(
                "Line %(number)s: please write a day or a span, for example 2026-12-24 or 2026-12-24 – 2026-12-31."
            )
            faults.append(Fault("closures", message % {"number": number}))
        else:
            days.update(span)
    if len(days) > MOST_CLOSURES:
        faults.append(Fault("closures", _("Please list at most %(count)s closed days.") % {"count": MOST_CLOSURES}))
    return [day.isoformat() for day in sorted(days)]


def _span(line: str) -> list[date] | None:
    """The days of "2026-12-24" or "2026-12-24 – 2026-12-31", None for anything else."""
    found = re.fullmatch(r"\s*(\d{4}-\d{2}-\d{2})(?:\s*(?:-|–|—|～|~|至|到|\s)\s*(\d{4}-\d{2}-\d{2}))?\s*", line)
    try:
        first = date.fromisoformat(found[1]) if found else None
        last = date.fromisoformat(found[2]) if found and found[2] else first
    except ValueError:
        return None
    if first is None or last is None or not 0 <= (last - first).days < LONGEST_CLOSURE:
        return None
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def _spans(days: Sequence[date]) -> Iterator[str]:
    ordered = sorted(days)
    start = 0
    for index, day in enumerate(ordered):
        if index + 1 == len(ordered) or ordered[index + 1] != day + timedelta(days=1):
            first = ordered[start]
            yield first.isoformat() if first == day else f"{first.isoformat()} – {day.isoformat()}"
            start = index + 1
