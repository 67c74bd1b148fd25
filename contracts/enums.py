from django.db import models
from django.utils.translation import gettext_lazy as _

from core.flow import flow


class SetScope(models.TextChoices):
    CONTRACT = "contract", _("Contract")
    HOUSE = "house", _("House")


class ContractState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("In force")
    TERMINATED = "terminated", _("Terminated")


CONTRACT_FLOW = flow(
    "contract",
    {
        ContractState.DRAFT: [ContractState.ACTIVE],
        ContractState.ACTIVE: [ContractState.TERMINATED],
    },
)


class DayKind(models.TextChoices):
    """What the state council announced for a day that is not what its weekday says."""

    OFF = "off", _("Public holiday")
    WORK = "work", _("Make-up workday")


class Coverage(models.TextChoices):
    """Who pays, as a fact of the ticket. It never switches a clock off (decisions 4)."""

    WARRANTY = "warranty", _("Covered by warranty")
    CONTRACT = "contract", _("Covered by contract")
    FREE_AFTER = "free_after", _("Free after expiry")
    EXCLUDED = "excluded", _("Excluded")
    EXPIRED = "expired", _("Expired")
    UNKNOWN = "unknown", _("To be checked")
