from django.conf import settings
from django.db import models

from tickets.enums import REBINDING, Source


class Event(models.Model):
    """Something that happened to a ticket. Append-only; a mistake is taken back by an event that voids it (decisions
    2, 10).

    `at` is when it happened, `recorded_at` when we learned of it. `seq` is gap-free per ticket. `batch` groups the
    events of one act. `data` carries the promise vocabulary's values (reason, target, due, changed facts) and, under
    "set", the cached columns that the event changes.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="events", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source = models.CharField(max_length=8, choices=Source.choices)
    batch = models.UUIDField()
    data = models.JSONField(default=dict)
    voids = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="voided_by")

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "seq"], name="event_seq"),
            models.UniqueConstraint(fields=["voids"], name="event_voided_once"),
        ]
        indexes = [
            models.Index(fields=["ticket"], name="event_arrived", condition=models.Q(kind="checked_in")),
            models.Index(fields=["ticket"], name="event_rebinding", condition=models.Q(kind__in=sorted(REBINDING))),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}#{self.seq} {self.kind}"
