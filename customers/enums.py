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
