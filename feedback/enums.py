from django.db import models
from django.utils.translation import gettext_lazy as _


class Stars(models.IntegerChoices):
    """How content the customer is with a service."""

    ONE = 1, _("Very dissatisfied")
    TWO = 2, _("Dissatisfied")
    THREE = 3, _("Neither nor")
    FOUR = 4, _("Satisfied")
    FIVE = 5, _("Very satisfied")


SATISFIED = frozenset({Stars.FOUR, Stars.FIVE})
LOW = frozenset({Stars.ONE, Stars.TWO})
