from django.db import models
from django.db.models import Q

from feedback.enums import Stars

COMMENT_MAX = 2000


class Rating(models.Model):
    """What the customer says of a service once it is done: once a round of the ticket, never changed."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="ratings", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(
        "customers.Contact", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    round = models.PositiveSmallIntegerField()
    stars = models.PositiveSmallIntegerField(choices=Stars.choices)
    comment = models.TextField(max_length=COMMENT_MAX, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round"], name="rating_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_stars"),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="rating_customer"),
            models.Index(fields=["created_at"], name="rating_created"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.stars}"
