from django.conf import settings
from django.db import models


class Message(models.Model):
    """Words exchanged about a ticket: to or from the customer, or an internal note. Hangs on its `message` event."""

    event = models.OneToOneField("tickets.Event", on_delete=models.PROTECT, related_name="message")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="messages")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    internal = models.BooleanField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    from_contact = models.ForeignKey(
        "customers.Contact", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_contact = models.ForeignKey(
        "customers.Contact", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    body = models.TextField(max_length=20000)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.body[:60]
