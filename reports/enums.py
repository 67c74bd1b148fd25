from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    """How long a span a customer's report covers."""

    MONTH = "month", _("Monthly report")


class ReportState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class Section(models.TextChoices):
    """The parts of the report that a person writes, in their order [001]."""

    EQUIPMENT = "equipment", _("Condition of the equipment")
    ANALYSIS = "analysis", _("Fault analysis and measures")
    SERVICE = "service", _("Service overview")
    PLAN = "plan", _("Next steps and advice")


class SimulationState(models.TextChoices):
    """How far a simulation is."""

    WAITING = "waiting", _("Waiting its turn")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Stopped")
    FAILED = "failed", _("Failed")


class FindingKind(models.TextChoices):
    """What another wording would have made of a promise of a ticket."""

    NEWLY = "newly", _("Would have been late")
    STILL = "still", _("Late both ways")
    SPARED = "spared", _("Late now, not then")
