from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxState(models.TextChoices):
    NEW = "new", _("Waiting")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")
    VOID = "void", _("Withdrawn")
