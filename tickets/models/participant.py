from django.conf import settings
from django.db import models
from django.db.models import Q

from tickets.enums import ParticipantReason


class Participant(models.Model):
    """Why a person takes part in a ticket, and so may see it (decisions 21). `until` empty: still."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, choices=ParticipantReason.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "user", "why"], name="participant_once", condition=Q(until__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["user", "ticket"], name="participant_user", condition=Q(until__isnull=True))]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.user_id} {self.why}"
