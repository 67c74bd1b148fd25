"""The words of a report: first texts from its figures, reasons and shares as a customer reads them."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.language import is_chinese
from reports.enums import Section
from reports.queries.report_month import Month
from tickets.enums import BreachReason, Cause

FEWEST = 5
"""Below so many judged promises a percentage would say nothing."""

# Why we were late, as we say it to the customer: never their fault, never another customer, no names.
REASONS = {
    BreachReason.PARTS: gettext_lazy("A spare part had to be brought in first."),
    BreachReason.TRAVEL: gettext_lazy("The way to the site took longer than planned."),
    BreachReason.UNASSIGNED: gettext_lazy("We assigned an engineer too late."),
    BreachReason.WORKLOAD: gettext_lazy("Many requests came at the same time."),
    BreachReason.DIFFICULT: gettext_lazy("Finding the cause took longer than usual."),
    BreachReason.VENDOR: gettext_lazy("The maker's support was needed."),
    BreachReason.CUSTOMER: gettext_lazy("Agreeing on a date took longer."),
    BreachReason.LATE_ENTRY: gettext_lazy("It was done in time and recorded later."),
}
UNKNOWN_REASON = gettext_lazy("We are looking into the reason.")


def reason_in_words(code: str) -> str:
    return str(REASONS.get(code, UNKNOWN_REASON))  # type: ignore[call-overload]


def share(promise: dict[str, Any]) -> str:
    """Met of what is judged, 97.5%; too few say so."""
    judged = promise["met"] + promise["late"]
    return formats.percent(promise["met"] / judged) if judged >= FEWEST else _("Too few to tell")


def satisfaction_in_words(said: dict[str, Any]) -> str:
    """What the stars of the month come to; nothing without any."""
    if not said["count"]:
        return ""
    facts = {"count": said["count"], "average": f"{said['average']:.1f}"}
    text = _("%(count)s ratings, %(average)s of 5 stars on average") % facts
    if said["count"] < FEWEST:
        return text
    return text + _(", %(share)s satisfied") % {"share": formats.percent(said["satisfied"])}


def target_in_words(promise: dict[str, Any], *, short: bool = False) -> str:
    if not is_chinese():
        return str(promise["en"])
    return str(promise["short"] if short else promise["zh"])


def month_in_words(month: Month) -> str:
    """2026年10月, October 2026."""
    return date_format(month.first, "YEAR_MONTH_FORMAT")


def first_texts(figures: dict[str, Any]) -> dict[str, str]:
    """What stands in a new draft, in the customers' language: the figures in sentences, to go on from."""
    with translation.override(settings.LANGUAGE_CODE):
        return {
            Section.EQUIPMENT: _equipment(figures),
            Section.ANALYSIS: _analysis(figures),
            Section.SERVICE: _service(figures),
            Section.PLAN: _plan(figures),
        }


def _equipment(figures: dict[str, Any]) -> str:
    if not figures["counts"]["reported"]:
        return _("No fault was reported this month; the equipment was in normal operation.")
    if not figures["devices"]:
        return _("The equipment was in operation this month; the requests concerned no single device.")
    name, _serial, _site, count = figures["devices"][0]
    facts = {"devices": len(figures["devices"]), "name": name, "count": count}
    return _("The equipment was in operation this month. Most requests concerned %(name)s (%(count)s).") % facts


def _analysis(figures: dict[str, Any]) -> str:
    if not figures["causes"]:
        return _("There is no finding to report this month.")
    causes = [f"{Cause(code).label} {count}" for code, count in figures["causes"]]
    return _("Causes found: %(causes)s.") % {"causes": _("; ").join(causes)}


def _service(figures: dict[str, Any]) -> str:
    if not (figures["counts"]["reported"] or figures["counts"]["resolved"]):
        return _("There were no new requests this month.")
    text = _("This month you reported %(reported)s requests; %(resolved)s were solved, %(open)s are being worked on.")
    late = sum(promise["late"] for promise in figures["promises"])
    said = str(text % figures["counts"])
    if not figures["promises"]:
        return said
    if late:
        return said + _("We were later than promised in %(late)s cases and apologise; they are listed below.") % {
            "late": late
        }
    return said + _("All promised times that came due were kept.")


def _plan(figures: dict[str, Any]) -> str:
    if figures["counts"]["open"]:
        return str(_("We go on working on the %(open)s open requests and keep you informed.") % figures["counts"])
    return _("We continue the service as agreed in the contract.")
