from django.db import models
from django.utils.translation import gettext_lazy as _


class Locality(models.TextChoices):
    """Local = inside the urban area of a service centre's city; its counties and other cities are remote [003]."""

    LOCAL = "local", _("Local")
    REMOTE = "remote", _("Remote")


class ProductKind(models.TextChoices):
    HARDWARE = "hardware", _("Hardware")
    SOFTWARE = "software", _("Software")
