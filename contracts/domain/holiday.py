"""Public holidays and make-up workdays of mainland China: rows that staff may edit, seeded with what is announced."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain.holidays import announced_china
from contracts.enums import DayKind
from contracts.models import Holiday
from core.domain import audit
from core.errors import InputError

LONGEST_NAME = 40
FIRST_YEAR, LAST_YEAR = 2000, 2100
_YEARS = {"first": FIRST_YEAR, "last": LAST_YEAR}


def set_holiday(*, day: date, kind: DayKind | None, actor: Any, now: datetime, name: str = "") -> None:
    """Make a day a holiday or a make-up workday, or (None) a plain day again.

    Calendars follow when they are published anew (`calendar_version.publish_special_days`); what is published stays.
    InputError at `day` or `name`.
    """
    name = name.strip()
    if len(name) > LONGEST_NAME:
        raise InputError("too_long", _("Please write at most %(count)s characters.") % {"count": LONGEST_NAME}, "name")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError("year", _("Please give a day of the years %(first)s to %(last)s.") % _YEARS, "day")
    with transaction.atomic():
        rows = Holiday.objects.select_for_update().filter(day=day)
        before = rows.values("kind", "name").first()
        after = {"kind": kind.value, "name": name} if kind else None
        if before == after:
            return
        if after is None:
            rows.delete()
        else:
            Holiday.objects.update_or_create(day=day, defaults=after)
        changes = {"day": [before, after]}
        audit.record(
            actor=actor, action="holiday.set_holiday", subject=f"contracts.holiday:{day}", changes=changes, now=now
        )


def seed(*, actor: Any, now: datetime) -> int:
    """Add the days of announced years that the table has nothing about, so that edited years stay; answers how many."""
    days = announced_china()
    with transaction.atomic():
        known = set(Holiday.objects.values_list("day__year", flat=True).distinct())
        rows = [Holiday(day=day, kind=DayKind.OFF) for day in sorted(days.off) if day.year not in known]
        rows += [Holiday(day=day, kind=DayKind.WORK) for day in sorted(days.work) if day.year not in known]
        Holiday.objects.bulk_create(rows, ignore_conflicts=True)
        if rows:
            changes = {"years": sorted({row.day.year for row in rows})}
            audit.record(actor=actor, action="holiday.seed", subject="contracts.holiday", changes=changes, now=now)
    return len(rows)
