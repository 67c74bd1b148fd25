"""Reads of calendars and special days; pages and API start from `calendars_for` and `holidays_for`."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from contracts.enums import DayKind
from contracts.models import CalendarDraft, CalendarVersion, Holiday, ServiceCalendar
from contracts.queries.holiday import special_days
from contracts.queries.promise_version import newest_calendar_rows
from core.permissions import can

ANNOUNCED_FROM = 10
"""The month from which on the coming year is usually announced, and its absence is worth a warning."""


def calendars_for(user: Any) -> QuerySet[ServiceCalendar]:
    rows = ServiceCalendar.objects.order_by("code")
    return rows if can(user, "contracts.read_calendar") else rows.none()


def calendar_drafts_for(user: Any) -> QuerySet[CalendarDraft]:
    rows = CalendarDraft.objects.select_related("edited_by").order_by("code")
    return rows if can(user, "contracts.read_calendar") else rows.none()


def holidays_for(user: Any) -> QuerySet[Holiday]:
    return Holiday.objects.all() if can(user, "contracts.read_calendar") else Holiday.objects.none()


def versions_of_calendar(calendar: ServiceCalendar) -> list[CalendarVersion]:
    """All versions, the newest first."""
    return list(calendar.versions.select_related("calendar", "published_by").order_by("-number"))


def known_years() -> list[int]:
    """The years whose special days are in the table, in order."""
    years: Iterable[int] = Holiday.objects.values_list("day__year", flat=True).distinct()
    return sorted(set(years))


def missing_years(today: date) -> list[int]:
    """Years that clocks may reach into and whose holidays are not announced: this one, from October on the next."""
    wanted = [today.year, today.year + 1] if today.month >= ANNOUNCED_FROM else [today.year]
    firsts = [date(year, 1, 1) for year in wanted]
    known = set(Holiday.objects.filter(kind=DayKind.OFF, day__in=firsts).values_list("day__year", flat=True))
    return [year for year in wanted if year not in known]


def behind_holidays() -> list[CalendarVersion]:
    """The newest versions of those calendars that do not know the special days of today yet."""
    days = special_days()
    return [
        row
        for row in newest_calendar_rows()
        if "holidays" in (stored := json.loads(row.document))["calendar"] and stored["public_days"] != days
    ]


def names_of(year: int, month: int) -> dict[date, str]:
    """Names given to the special days of a month and the days around it."""
    first = date(year, month, 1).toordinal()
    span = (date.fromordinal(max(1, first - 7)), date.fromordinal(first + 38))
    return dict(Holiday.objects.filter(day__range=span).exclude(name="").values_list("day", "name"))
