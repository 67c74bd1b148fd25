"""How terms are told, on the desk and in the portal."""

from datetime import date

from django.utils.translation import gettext as _

from core import clock
from core.clock import office_day

EXPIRING_DAYS = 90
# The level of a verdict (contracts.domain.coverage) as wb/chip_coverage draws it.
LOOKS = {"ok": "covered", "soon": "expiring", "paid": "expired", "check": "unknown"}


def today() -> date:
    """The day in the office: terms count in its zone."""
    return office_day(clock.now())


def until_words(day: date) -> str:
    return _("until %(day)s") % {"day": day.isoformat()}
