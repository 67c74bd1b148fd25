from django.db import models
from django.db.models import F, Q

from tickets.enums import LinkKind


class Link(models.Model):
    """Two tickets of one customer that belong together."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="linked_from")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=LinkKind.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "other"], name="link_once"),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="link_not_self"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.other_id}"
