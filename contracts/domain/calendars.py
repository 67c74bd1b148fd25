"""Named working calendars, compiled from their documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from contracts.domain.budget import BudgetKind, read_budget
from contracts.domain.document import DocumentError, at, read_flag, read_list, read_mapping, read_name, read_text, shown
from contracts.domain.holidays import PublicDays
from contracts.domain.vocabulary import read_zone
from core.worktime import Window, WorkCalendar, parse_hours

_FIELDS = ("hours", "holidays", "make_up_workdays", "standard_day", "closures", "timezone")


@dataclass(frozen=True, slots=True)
class Calendar:
    """A working calendar under its code and the name that screens show."""

    code: str
    name: str
    work: WorkCalendar


def compile_calendar(code: str, value: object, zone: ZoneInfo, public_days: Mapping[str, PublicDays]) -> Calendar:
    """The calendar of a document; `public_days` are the days off and make-up workdays by country ("CN").

    Raises DocumentError with the place in the document.
    """
    document = read_mapping(value, "", required=("name",), optional=_FIELDS)
    days = _read_public_days(document, public_days)
    made_up = "make_up_workdays" in document and read_flag(document["make_up_workdays"], "make_up_workdays")
    if made_up and days is None:
        raise DocumentError("make_up_workdays", "needs holidays")
    work = WorkCalendar(
        zone=read_zone(document["timezone"], "timezone") if "timezone" in document else zone,
        week=_read_hours(document.get("hours", {"daily": ["00:00-24:00"]})),
        holidays=days.off if days else frozenset(),
        workdays=days.work if days and made_up else frozenset(),
        closures=_read_dates(document.get("closures", ()), "closures"),
        standard_day=_read_standard_day(document.get("standard_day")),
        announced=days.years if days else None,
    )
    return Calendar(code, read_text(document["name"], "name"), work)


def compile_calendars(value: object, zone: ZoneInfo, public_days: Mapping[str, PublicDays]) -> dict[str, Calendar]:
    """All calendars of a document, by code."""
    calendars: dict[str, Calendar] = {}
    for code, document in read_mapping(value, "calendars").items():
        try:
            calendars[code] = compile_calendar(code, document, zone, public_days)
        except DocumentError as error:
            raise error.under(f"calendars.{code}") from None
    return calendars


def _read_public_days(document: Mapping[str, object], public_days: Mapping[str, PublicDays]) -> PublicDays | None:
    if "holidays" not in document:
        return None
    return public_days[read_name(document["holidays"], "holidays", public_days, "holidays")]


def _read_hours(value: object) -> tuple[tuple[Window, ...], ...]:
    hours = {
        days: [read_text(text, at("hours", days)) for text in read_list(windows, at("hours", days))]
        for days, windows in read_mapping(value, "hours").items()
    }
    try:
        week = parse_hours(hours)
    except ValueError as error:
        raise DocumentError("hours", str(error)) from None
    if not any(week):
        raise DocumentError("hours", "never open")
    return week


def _read_dates(value: object, path: str) -> frozenset[date]:
    return frozenset(_read_date(day, f"{path}[{i}]") for i, day in enumerate(read_list(value, path)))


def _read_date(value: object, path: str) -> date:
    text = read_text(value, path)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DocumentError(path, f"not a date: {shown(value)}") from None


def _read_standard_day(value: object) -> int | None:
    if value is None:
        return None
    budget = read_budget(value, "standard_day", None)
    if budget.kind is not BudgetKind.OPEN or budget.seconds > 86_400:
        raise DocumentError("standard_day", f"not a working day: {shown(value)}")
    return budget.seconds
