"""Calendars as published versions. The stored text is

    {"calendar": {the calendar in the shape of the presets, with "holidays": "CN"},
     "public_days": {"off": ["2026-01-01", …], "work": […], "years": ["2026", …]}}

with the special days of `Holiday` as they stood: later edits of them change no published version.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain.calendars import Calendar, compile_calendar
from contracts.domain.document import DocumentError
from contracts.domain.holidays import PublicDays
from contracts.domain.stored import digest, written
from contracts.models import CalendarVersion, ServiceCalendar
from contracts.queries.holiday import special_days
from contracts.queries.promise_version import newest_calendar, newest_calendar_rows
from core.domain import audit
from core.errors import InputError
from customers.domain.record import subject

ZONE = "Asia/Shanghai"


def publish(*, code: str, document: Mapping[str, Any], actor: Any, now: datetime) -> CalendarVersion:
    """Publish a calendar's document, with the special days known today, as its next version.

    One that says what the newest version says publishes nothing and answers that version. Locks the calendar.
    InputError at `document` for one that cannot be used.
    """
    text = stored_text(document)
    try:
        compile_text(code, text)
    except DocumentError as error:
        message = _("This calendar cannot be used: %(problem)s") % {"problem": error}
        raise InputError("document", message, "document") from error
    with transaction.atomic():
        ServiceCalendar.objects.get_or_create(code=code)
        calendar = ServiceCalendar.objects.select_for_update().get(code=code)
        last = newest_calendar(code)
        if last and last.digest == digest(text):
            return last
        return _insert(calendar, last.number + 1 if last else 1, text, actor, now)


def publish_special_days(*, actor: Any, now: datetime) -> list[CalendarVersion]:
    """Publish every calendar again with the special days of today; answers the versions that this made."""
    with transaction.atomic():
        versions = [
            publish(code=row.calendar.code, document=json.loads(row.document)["calendar"], actor=actor, now=now)
            for row in newest_calendar_rows()
        ]
    return [version for version in versions if version.published_at == now]


@lru_cache(maxsize=256)
def compile_text(code: str, text: str) -> Calendar:
    """The calendar of a stored text. DocumentError names the place."""
    stored = json.loads(text)
    days = {kind: frozenset(map(date.fromisoformat, stored["public_days"][kind])) for kind in ("off", "work")}
    years = frozenset(map(int, stored["public_days"]["years"]))
    return compile_calendar(code, stored["calendar"], ZoneInfo(ZONE), {"CN": PublicDays(**days, years=years)})


def stored_text(document: Mapping[str, Any]) -> str:
    """The text under which a version would be stored, with the special days of today."""
    days = special_days() if "holidays" in document else {"off": [], "work": [], "years": []}
    return written({"calendar": dict(document), "public_days": days})


def _insert(calendar: ServiceCalendar, number: int, text: str, actor: Any, now: datetime) -> CalendarVersion:
    version = CalendarVersion.objects.create(
        calendar=calendar, number=number, document=text, digest=digest(text), published_at=now, published_by=actor
    )
    audit.record(
        actor=actor,
        action="calendar_version.publish",
        subject=subject(calendar),
        changes={"number": number, "digest": version.digest},
        now=now,
    )
    return version
