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


class Theme(models.TextChoices):
    SYSTEM = "system", _("Follow the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    COMPACT = "compact", _("Compact")
    NORMAL = "normal", _("Standard")
    RELAXED = "relaxed", _("Relaxed")
