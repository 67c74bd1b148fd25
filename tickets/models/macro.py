from django.conf import settings
from django.db import models
from django.db.models import Q

from tickets.enums import EntryMode, Severity, State


class Macro(models.Model):
    """A text that is written again and again, with variables such as {{number}}, and what goes with its sending.

    Without an owner it is everybody's. `preset` names the shipped ones, so that they are installed once and never
    again.
    """

    name = models.CharField(max_length=60)
    body = models.TextField(max_length=4000)
    mode = models.CharField(max_length=8, choices=EntryMode.choices, default=EntryMode.REPLY)
    next_state = models.CharField(max_length=16, choices=State.choices, blank=True)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, null=True)
    assign_to_me = models.BooleanField(default=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    preset = models.CharField(max_length=32, blank=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=100)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["preset"], name="macro_preset_once", condition=~Q(preset=""))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.owner_id is None
