from django.db import models
from django.utils.translation import gettext_lazy as _


class Locality(models.TextChoices):
    """Local = inside the urban area of a service centre's city; its counties and other cities are remote [003]."""

    LOCAL = "local", _("Local")
    REMOTE = "remote", _("Remote")


class ProductKind(models.TextChoices):
    HARDWARE = "hardware", _("Hardware")
    SOFTWARE = "software", _("Software")


class LoginState(models.TextChoices):
    """Whether a contact can log in to the portal."""

    ACTIVE = "active", _("Can log in")
    INVITED = "invited", _("Invited")
    NOT_INVITED = "not_invited", _("Not invited")
    DISABLED = "disabled", _("Disabled")


class AssetLevel(models.TextChoices):
    """Systems hold devices and further systems; a device holds nothing."""

    SYSTEM = "system", _("System")
    DEVICE = "device", _("Device")


class AssetState(models.TextChoices):
    """Where in its life an installed thing is; a retired one is served no longer."""

    IN_USE = "in_use", _("In use")
    SPARE = "spare", _("Spare")
    IN_REPAIR = "in_repair", _("In repair")
    RETIRED = "retired", _("Retired")


class AssetChangeKind(models.TextChoices):
    """What of an asset changed, as its life line tells it."""

    STATE = "state", _("State")
    VERSION = "version", _("Software version")
    SITE = "site", _("Site")


class ContactRole(models.TextChoices):
    """What a person decides or does at the customer."""

    DECISION_MAKER = "decision_maker", _("Decision maker")
    USER = "user", _("User of the devices")
    FINANCE = "finance", _("Finance")
    OTHER = "other", _("Other")


class PartnerKind(models.TextChoices):
    OFFICE = "office", _("Office")
    PARTNER = "partner", _("Service partner")
    SUBCONTRACTOR = "subcontractor", _("Subcontractor")
    MAKER = "maker", _("Maker")


class ImportKind(models.TextChoices):
    """What a file of master data holds, in the order in which files are taken in."""

    CUSTOMER = "customer", _("Customers")
    SITE = "site", _("Sites")
    CONTACT = "contact", _("Contacts")
    ASSET = "asset", _("Devices")


class ImportState(models.TextChoices):
    """Where a file of master data is on its way in."""

    WAITING = "waiting", _("Being read")
    CHECKED = "checked", _("To be confirmed")
    STARTED = "started", _("Being taken in")
    DONE = "done", _("Taken in")
    FAILED = "failed", _("Could not be read")
    DISCARDED = "discarded", _("Discarded")


class Verdict(models.TextChoices):
    """What is known of a row of such a file: to take in, to correct, or registered already just so."""

    GOOD = "good", _("Good")
    BAD = "bad", _("To correct")
    SAME = "same", _("Registered already")


class ServiceKind(models.TextChoices):
    """Of what a coverage verdict is given [001][003][004]."""

    PHONE_ADVICE = "phone_advice", _("Advice by phone")
    REMOTE = "remote", _("Remote support")
    VISIT = "visit", _("Visit and travel")
    LABOUR = "labour", _("Labour")
    PARTS = "parts", _("Spare parts")
    LOANER = "loaner", _("Loaner unit")
    SOFTWARE_VERSION = "software_version", _("New software version")
    REQUIREMENT_DEFECT = "requirement_defect", _("Defect against the agreed requirements")


class Cover(models.TextChoices):
    MATERIAL_MAKE = "material_make", _("Faults of material and make")
    ALL_BUT_MISUSE = "all_but_misuse", _("All faults but those from misuse")
    ANY_CAUSE = "any_cause", _("Faults of any cause")


class WarrantyStart(models.TextChoices):
    ACCEPTANCE_DAY = "acceptance_day", _("On the day of acceptance")
    DAY_AFTER_ACCEPTANCE = "day_after_acceptance", _("On the day after acceptance")
    FINAL_ACCEPTANCE_DAY = "final_acceptance_day", _("On the day of final acceptance")
    CONTRACT_END = "contract_end", _("When the contract has ended")


class ChargedInside(models.TextChoices):
    """What costs money even inside the term [004]."""

    LONG_DISTANCE_TRAVEL = "long_distance_travel", _("Travel over long distances")
    LONG_DISTANCE_LABOUR = "long_distance_labour", _("Labour over long distances")


class PriceBasis(models.TextChoices):
    """What a service costs that is not included."""

    COST = "cost", _("At cost")
    COST_AT_MOST_BID = "cost_at_most_bid", _("At cost, at most the bid price")
    PREFERENTIAL = "preferential", _("At a preferential price")
    LIST = "list", _("At list price")


class ReplacedPart(models.TextChoices):
    """Which warranty a replaced part has."""

    REMAINDER = "remainder", _("Shares the remaining term of the device")
    RESTART = "restart", _("A full new term for equipment and key parts")
    EXTEND = "extend", _("The old part's remaining term, longer by the days from fault to exchange")
