from django.db import models
from django.db.models import Q

from tickets.enums import ClockState


class Clock(models.Model):
    """One promise of one round of one ticket: the stored result of `replay`, kept so that due steps are found by index.

    `row` is the index of the winning row in the version's document. `pending` lists the ladder steps still to come, as
    {"step", "at", "skipped"}; `next_step_at` is the earliest instant at which the sweep has to look at this clock
    again.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="clocks", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    set_code = models.CharField(max_length=20)
    promise_version = models.ForeignKey(
        "contracts.PromiseVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    calendar_version = models.ForeignKey(
        "contracts.CalendarVersion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    about = models.CharField(max_length=80, blank=True)
    target = models.CharField(max_length=32)
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=ClockState.choices)
    row = models.PositiveSmallIntegerField(null=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    computed_due_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(default=False)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    budget_seconds = models.PositiveIntegerField(null=True)
    used_seconds = models.PositiveIntegerField(default=0)
    paused_since = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=32, blank=True)
    breach_reason = models.CharField(max_length=16, blank=True)
    pending = models.JSONField(default=list)
    next_step_at = models.DateTimeField(null=True)
    refold_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "set_code", "about", "target", "round"], name="clock_once"),
        ]
        indexes = [
            models.Index(fields=["next_step_at"], name="clock_due", condition=Q(next_step_at__isnull=False)),
            models.Index(fields=["refold_at"], name="clock_refold", condition=Q(refold_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.target}/{self.round} {self.state}"
