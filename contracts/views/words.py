"""How terms are told, on the desk and in the portal."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from core import clock

EXPIRING_DAYS = 90
# The level of a verdict (contracts.domain.coverage) as wb/chip_coverage draws it.
LOOKS = {"ok": "covered", "soon": "expiring", "paid": "expired", "check": "unknown"}


def today() -> date:
    """The day in the office: terms count in its zone."""
    return clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def until_words(day: date) -> str:
    return _("until %(day)s") % {"day": day.isoformat()}
