"""From what a customer says about a fault to its severity (domain.md §5); the customer never picks a level."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.enums import ProductKind
from tickets.enums import Kind, Severity


class Impact(models.TextChoices):
    """What the customer is asked."""

    STOPPED = "stopped", _("Nothing works, our business has stopped")
    LIMITED = "limited", _("It runs, but much of our business is held up")
    PART = "part", _("Some functions fail, the rest works")
    HELP = "help", _("Nothing is broken, I have a question or a wish")


_SEVERITY = {
    Impact.STOPPED: Severity.ONE,
    Impact.LIMITED: Severity.TWO,
    Impact.PART: Severity.THREE,
    Impact.HELP: Severity.FOUR,
}


def severity_of(impact: str, device_kind: str = "", *, others_take_over: bool = False) -> int:
    """The level of the answers. `device_kind` is a ProductKind, "" for a device that is not known.

    Level 1 is a whole system down, 2 a serious limitation, 3 a part of it, 4 help. Where others take over nothing is
    down as a whole: one failed unit of several is a part (3), a system or something unknown at most a limitation (2).
    """
    severity = _SEVERITY[Impact(impact)]
    if not others_take_over:
        return int(severity)
    return int(max(severity, Severity.THREE if device_kind == ProductKind.HARDWARE else Severity.TWO))


def kind_of(impact: str) -> str:
    """A fault, or a question where nothing is broken."""
    return str(Kind.QUESTION if impact == Impact.HELP else Kind.FAULT)
