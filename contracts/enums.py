from django.db import models
from django.utils.translation import gettext_lazy as _

from core.flow import flow

# The words of warranty terms are the catalogue's too, and stand there; contracts and what is above read them here.
from customers.enums import ChargedInside as ChargedInside
from customers.enums import Cover as Cover
from customers.enums import PriceBasis as PriceBasis
from customers.enums import ReplacedPart as ReplacedPart
from customers.enums import ServiceKind as ServiceKind
from customers.enums import WarrantyStart as WarrantyStart


class SetScope(models.TextChoices):
    CONTRACT = "contract", _("Contract")
    HOUSE = "house", _("House")


class ContractState(models.TextChoices):
    """From draft to active by review, approval and signature ([002]); a rejection or a change goes back."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved")
    SIGNED = "signed", _("Signed")
    ACTIVE = "active", _("In force")
    EXPIRED = "expired", _("Term over")
    TERMINATED = "terminated", _("Terminated")


# States in which a contract may be written directly; later only supplements change it.
OPEN_STATES = (ContractState.DRAFT, ContractState.REVIEW, ContractState.APPROVED)
# Signed, whatever came after: on the days of its term it gives cover and promises.
COVERING_STATES = (
    ContractState.SIGNED,
    ContractState.ACTIVE,
    ContractState.EXPIRED,
    ContractState.TERMINATED,
)

CONTRACT_FLOW = flow(
    "contract",
    {
        ContractState.DRAFT: [ContractState.REVIEW],
        ContractState.REVIEW: [ContractState.DRAFT, ContractState.REVIEW, ContractState.APPROVED],
        ContractState.APPROVED: [ContractState.REVIEW, ContractState.SIGNED],
        ContractState.SIGNED: [ContractState.ACTIVE, ContractState.TERMINATED],
        ContractState.ACTIVE: [ContractState.EXPIRED, ContractState.TERMINATED],
        ContractState.EXPIRED: [ContractState.ACTIVE],
    },
)


class ReviewState(models.TextChoices):
    ASKED = "asked", _("Asked")
    APPROVED = "approved", _("Agrees")
    REJECTED = "rejected", _("Does not agree")


class SupplementState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    SIGNED = "signed", _("Signed")
    DROPPED = "dropped", _("Dropped")


SUPPLEMENT_FLOW = flow(
    "supplement",
    {
        SupplementState.DRAFT: [SupplementState.APPROVED, SupplementState.DROPPED],
        SupplementState.APPROVED: [SupplementState.DRAFT, SupplementState.SIGNED, SupplementState.DROPPED],
    },
)


class DocumentKind(models.TextChoices):
    CONTRACT = "contract", _("Contract text")
    ANNEX = "annex", _("Annex")
    SUPPLEMENT = "supplement", _("Supplement")
    OTHER = "other", _("Other document")


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


class AcceptanceStage(models.TextChoices):
    """The stages of acceptance in their order [001][003]; a contract line says which one starts its warranties."""

    PRELIMINARY = "preliminary", _("Preliminary acceptance")
    TRIAL = "trial", _("Trial run")
    FINAL = "final", _("Final acceptance")


class AcceptanceState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")
    DISCARDED = "discarded", _("Draft discarded")


ACCEPTANCE_FLOW = flow("acceptance", {AcceptanceState.DRAFT: [AcceptanceState.SIGNED, AcceptanceState.DISCARDED]})


class FaultCause(models.TextChoices):
    """What a fault comes from, as far as a cover asks."""

    UNKNOWN = "unknown", _("Not known yet")
    MATERIAL = "material", _("Material or make")
    MISUSE = "misuse", _("Misuse")
    FORCE_MAJEURE = "force_majeure", _("Force majeure")
    THIRD_PARTY = "third_party", _("Third party")


class ProductScope(models.TextChoices):
    """Which assets of a line a warranty class is about; the empty value: all."""

    HARDWARE = "hardware", _("Hardware")
    SOFTWARE = "software", _("Software")
    NAMED = "named", _("The named products")


class ObligationKind(models.TextChoices):
    """What we owe at least (domain.md §4)."""

    INSPECTION = "inspection", _("Inspection")
    REPORT = "report", _("Service report")
    VISIT = "visit", _("Visit")
    RESIDENT = "resident", _("Resident engineer")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Other service")


class Per(models.TextChoices):
    """In which stretch of the term an obligation is owed anew, counted from its first day."""

    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")
    YEAR = "year", _("a year")
    TERM = "term", _("in the whole term")


class Pace(models.TextChoices):
    """How far we are with what we owe in the present period."""

    COMING = "coming", _("not begun")
    DONE = "done", _("done")
    ON_PACE = "on_pace", _("on pace")
    SOON = "soon", _("due soon")
    BEHIND = "behind", _("behind pace")
    MISSED = "missed", _("missed")
    ENDED = "ended", _("ended")


class QuotaKind(models.TextChoices):
    """What a customer may use at most, each in a unit of its own."""

    TRAINING = "training", _("Training days")
    VISIT = "visit", _("Visits")
    REMOTE = "remote", _("Hours of remote support")
    OTHER = "other", _("Other services")


class DrawState(models.TextChoices):
    RESERVED = "reserved", _("Reserved")
    DRAWN = "drawn", _("Used")
    RELEASED = "released", _("Released")


class DunningKind(models.TextChoices):
    """The steps of asking for overdue money, in their order."""

    LETTER = "letter", _("Letter")
    CALL = "call", _("Call")
    LEGAL = "legal", _("Legal steps")


class PaymentReminder(models.IntegerChoices):
    """What finance was last told about an instalment."""

    NONE = 0, _("nothing")
    COMING = 1, _("due soon")
    OVERDUE = 2, _("overdue")
    LETTER = 3, _("a letter is due")
    CALL = 4, _("a call is due")
    LEGAL = 5, _("legal steps are due")


class Age(models.TextChoices):
    """How long an open amount has been due."""

    NOT_DUE = "not_due", _("Not due")
    DAYS_30 = "days_30", _("1–30 days")
    DAYS_60 = "days_60", _("31–60 days")
    DAYS_90 = "days_90", _("61–90 days")
    OLDER = "older", _("Over 90 days")


class PenaltyPer(models.TextChoices):
    """What a missed target costs us, as the liability clause counts it."""

    BREACH = "breach", _("each time")
    HOUR = "hour", _("each hour begun")
    DAY = "day", _("each day begun")
