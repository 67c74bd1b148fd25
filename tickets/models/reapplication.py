from django.conf import settings
from django.db import models
from django.db.models import Q

from tickets.enums import ReapplicationState


class Reapplication(models.Model):
    """New versions of promise sets and calendars applied to open tickets, on somebody's order.

    `promises` and `calendars` are {old version: new version}, as ids. A tick works through the tickets by their key
    (`cursor` is the last one done) and takes the row for a while (`lease_until`). `total` tickets stood under an old
    version at the start; `done` have been looked at, `changed` now stand under a new one, `moved` clocks with them.
    """

    promises = models.JSONField(default=dict)
    calendars = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=ReapplicationState.choices, default=ReapplicationState.RUNNING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cursor = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    failed = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["id"], name="reapplication_running", condition=Q(state="running"))]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class ReapplicationMove(models.Model):
    """A clock that a re-application moved, started or withdrew: for the record of what was done to whom."""

    reapplication = models.ForeignKey(Reapplication, on_delete=models.PROTECT, related_name="moves")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="+", db_index=False)
    set_code = models.CharField(max_length=20)
    target = models.CharField(max_length=32)
    round = models.PositiveSmallIntegerField()
    about = models.CharField(max_length=80, blank=True)
    old_due = models.DateTimeField(null=True)
    new_due = models.DateTimeField(null=True)
    old_state = models.CharField(max_length=12, blank=True)
    new_state = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reapplication", "ticket", "set_code", "target", "round", "about"],
                name="reapplication_move_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.target}/{self.round}"
