from django.conf import settings
from django.db import models

from tickets.enums import EntryMode


class Draft(models.Model):
    """What a person has begun to write on a ticket and has not sent: one a person and ticket, shown to nobody else.

    `macro` is the one it was made from, whose further effects go with the sending.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=8, choices=EntryMode.choices)
    body = models.TextField(max_length=20000)
    macro = models.ForeignKey("tickets.Macro", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "ticket"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.user_id} {self.mode}"
