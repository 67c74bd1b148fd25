from django.db import models
from django.utils.translation import gettext_lazy as _


class UserKind(models.TextChoices):
    STAFF = "staff", _("Staff")
    CONTACT = "contact", _("Customer contact")
    CLIENT = "client", _("REST client")


class Role(models.TextChoices):
    """The roles of decisions 20: codes in code, granted per user."""

    AGENT = "agent", _("Agent")
    DUTY_MANAGER = "duty_manager", _("Duty manager")
    ENGINEER = "engineer", _("Field engineer")
    TRAINER = "trainer", _("Trainer")
    QUALITY = "quality", _("Quality officer")
    SERVICE_MANAGER = "service_manager", _("Service manager")
    REVIEWER = "reviewer", _("Department reviewer")
    STORES = "stores", _("Commerce and stores")
    FINANCE = "finance", _("Finance")
    MANAGER = "manager", _("Manager")
    DIRECTOR = "director", _("Director")
    ADMIN = "admin", _("Administrator")
    PARTNER = "partner", _("Partner staff")
    CONTACT = "contact", _("Customer contact")
    CONTACT_ADMIN = "contact_admin", _("Customer administrator")
    CLIENT = "client", _("REST client")


# What each role is for, in the order in which they are offered.
ROLE_USES = {
    Role.AGENT: _("Answers the hotline: registers requests, replies to customers, finds who can help"),
    Role.DUTY_MANAGER: _("Runs the shift: assigns work, watches deadlines, decides what gets late"),
    Role.ENGINEER: _("Works at the customer's or remotely on the tickets that he or she takes part in"),
    Role.TRAINER: _("Trains the customers' people"),
    Role.QUALITY: _("Reads all requests and ratings, calls customers back"),
    Role.SERVICE_MANAGER: _("Keeps customers, contracts and obligations, writes the reports"),
    Role.REVIEWER: _("Speaks for the department of his or her team when contracts are reviewed"),
    Role.STORES: _("Keeps commerce and spare parts"),
    Role.FINANCE: _("Keeps invoices, receipts and reminders"),
    Role.MANAGER: _("Answers for the service: approves contracts, reads every figure"),
    Role.DIRECTOR: _("Reads every figure and report, approves contracts"),
    Role.ADMIN: _("Sets the installation up: people, calendars, promise sets"),
    Role.PARTNER: _("Works for a service partner and sees that partner's customers"),
}

# Who works on every customer's tickets; engineers and partners see their own work only (decisions 21).
DESK_ROLES = frozenset(
    {
        Role.AGENT,
        Role.DUTY_MANAGER,
        Role.SERVICE_MANAGER,
        Role.QUALITY,
        Role.MANAGER,
        Role.DIRECTOR,
        Role.ADMIN,
    }
)
STAFF_ROLES = frozenset(set(Role) - {Role.CONTACT, Role.CONTACT_ADMIN, Role.CLIENT})

# Who may hold a ticket.
ASSIGNABLE_ROLES = frozenset(
    {Role.AGENT, Role.DUTY_MANAGER, Role.ENGINEER, Role.TRAINER, Role.SERVICE_MANAGER, Role.PARTNER}
)

# Which roles a kind of user can be granted.
ROLES_OF_KIND = {
    UserKind.STAFF: STAFF_ROLES,
    UserKind.CONTACT: frozenset({Role.CONTACT, Role.CONTACT_ADMIN}),
    UserKind.CLIENT: frozenset({Role.CLIENT}),
}


class Scope(models.TextChoices):
    """What an API token may be used for; never more than its user may do."""

    READ = "read", _("Read only")
    WRITE = "write", _("Read and write")


class Purpose(models.TextChoices):
    """What a mailed link is for; it is good for nothing else."""

    LOGIN = "login", _("Log in")
    INVITE = "invite", _("Invitation")
    RATING = "rating", _("Rating")


class FirstAccess(models.TextChoices):
    """How somebody new of our staff gets in for the first time."""

    INVITATION = "invitation", _("Invitation by e-mail")
    PASSWORD = "password", _("Temporary password, shown once")


class Access(models.TextChoices):
    """Whether somebody can log in, or a program call."""

    READY = "ready", _("Can log in")
    TEMPORARY = "temporary", _("Temporary password")
    INVITED = "invited", _("Invited")
    NONE = "none", _("No access yet")
    TOKEN = "token", _("Has a token")
    DISABLED = "disabled", _("Disabled")


class Theme(models.TextChoices):
    SYSTEM = "system", _("Follow the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    COMPACT = "compact", _("Compact")
    NORMAL = "normal", _("Standard")
    RELAXED = "relaxed", _("Relaxed")
