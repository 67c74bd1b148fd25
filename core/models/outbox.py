from django.db import models

from core.enums import OutboxState


class Outbox(models.Model):
    """A message that must leave, written in the transaction that causes it.

    `payload` holds references, never texts: texts are made at delivery. `lease_until` marks a row that a worker is
    busy with.
    """

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=48)
    payload = models.JSONField()
    state = models.CharField(max_length=8, choices=OutboxState.choices, default=OutboxState.NEW)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], name="outbox_waiting", condition=models.Q(state=OutboxState.NEW)),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"
