"""Telling administrators that a coming year's holidays are not announced yet (promises.yaml rule 12)."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.queries.user import administrators
from contracts.domain.calendar_version import ZONE
from contracts.queries.calendar import missing_years
from core.domain import notification


def warn_missing(now: datetime) -> int:
    """One notification and mail a year and administrator, however often it runs. Returns the years that are missing."""
    years = missing_years(now.astimezone(ZoneInfo(ZONE)).date())
    for year in years:
        for user in administrators():
            notification.notify(
                user=user,
                key=f"holidays:{year}",
                kind="holidays",
                text=partial(_text, year),
                url=f"/settings/holidays/?year={year}",
                now=now,
                mail=True,
            )
    return len(years)


def _text(year: int) -> str:
    return _("Public holidays of %(year)s are not entered. Its weekdays count as working days so far.") % {"year": year}
