from django.db import models


class Escalation(models.Model):
    """A ladder step that a clock reached, once a clock. `due_at` is the step's own instant, `skipped` the lower
    steps it stands for.
    """

    clock = models.ForeignKey("tickets.Clock", on_delete=models.PROTECT, related_name="escalations", db_index=False)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="escalations", db_index=False)
    step = models.CharField(max_length=8)
    due_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    skipped = models.JSONField(default=list)
    told = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "step"], name="escalation_once")]
        indexes = [models.Index(fields=["ticket", "id"], name="escalation_ticket")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.step}"
