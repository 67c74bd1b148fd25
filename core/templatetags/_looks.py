"""Icon, colour and word of every chip. In a family each look has its own icon and word: colour alone says nothing."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Look:
    """`tone` is the CSS class wb-tone-<tone>, `icon` a name in static/icons.svg, `word` the translated word."""

    tone: str
    icon: str
    word: str | Promise


RUNNING = {
    "normal": Look("normal", "clock", _("On track")),
    "soon": Look("soon", "hourglass", _("Due soon")),
    "critical": Look("critical", "flame", _("About to breach")),
    "off_hours": Look("off", "moon", _("Outside service hours")),
}
SLA = {
    "paused": Look("paused", "player-pause", _("Paused")),
    "breached": Look("breached", "octagon-minus", _("Breached")),
    "met": Look("met", "circle-check", _("Met")),
    "met_late": Look("missed", "circle-x", _("Missed")),
    "not_needed": Look("none", "ban", _("Not needed")),
    "waiting": Look("none", "circle-dashed", _("Not started")),
    "none": Look("none", "minus", _("Not agreed by contract")),
}
SEVERITY = {
    1: Look("sev1", "alert-octagon", _("Severity 1")),
    2: Look("sev2", "alert-triangle", _("Severity 2")),
    3: Look("sev3", "alert-circle", _("Severity 3")),
    4: Look("sev4", "help-circle", _("Severity 4")),
}
STATE = {
    "new": Look("plain", "circle-plus", _("New")),
    "accepted": Look("plain", "user-check", _("Accepted")),
    "in_progress": Look("plain", "tool", _("In progress")),
    "waiting_customer": Look("plain", "user-question", _("Waiting for customer")),
    "waiting_parts": Look("plain", "package", _("Waiting for parts")),
    "waiting_vendor": Look("plain", "building-factory-2", _("Waiting for vendor")),
    "waiting_other": Look("plain", "dots-circle-horizontal", _("Waiting")),
    "resolved": Look("plain", "checks", _("Resolved")),
    "closed": Look("plain", "archive", _("Closed")),
    "cancelled": Look("plain", "x", _("Cancelled")),
}
COVERAGE = {
    "covered": Look("met", "shield-check", _("Covered")),
    "expiring": Look("soon", "shield-half", _("Expiring soon")),
    "expired": Look("paused", "currency-yuan", _("Cover ended")),
    "out_of_scope": Look("missed", "shield-off", _("Outside the contract")),
    "unknown": Look("sev4", "help", _("To be checked")),
}


def sla(state: str, level: str) -> Look:
    """The look of a clock. A running clock without a level is on track."""
    return RUNNING[level or "normal"] if state == "running" else SLA[state]
