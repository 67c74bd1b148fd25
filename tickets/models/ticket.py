from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.enums import Coverage
from customers.enums import Locality
from tickets.enums import OPEN, Cause, Channel, ClockRank, Kind, Maintenance, Severity, State


class Ticket(models.Model):
    """One request or fault of a customer.

    Subject, customer and numbers are its own; everything below the line is a cache of the fold of its events and is
    written by `tickets.domain.fold` alone.
    """

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="tickets", db_index=False)
    contact = models.ForeignKey(
        "customers.Contact", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    caller_name = models.CharField(max_length=60, blank=True)
    caller_phone = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=160)
    description = models.TextField(max_length=20000, blank=True)
    maintenance = models.CharField(max_length=12, choices=Maintenance.choices, blank=True)
    reported_at = models.DateTimeField()
    occurred_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    folded_at = models.DateTimeField()
    refold_at = models.DateTimeField(null=True)
    needs_review = models.BooleanField(default=False)

    # caches of the fold
    # ------------------------------------------------------------------------------------------------
    state = models.CharField(max_length=16, choices=State.choices, default=State.NEW)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    site = models.ForeignKey("customers.Site", null=True, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey("customers.Asset", null=True, on_delete=models.PROTECT, related_name="tickets")
    line = models.ForeignKey(
        "contracts.ContractLine", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    locality = models.CharField(max_length=8, choices=Locality.choices, blank=True)
    distance_km = models.PositiveSmallIntegerField(null=True)
    coverage = models.CharField(max_length=12, choices=Coverage.choices, default=Coverage.UNKNOWN)
    coverage_by_hand = models.BooleanField(default=False)
    coverage_reason = models.CharField(max_length=500, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    cause = models.CharField(max_length=16, choices=Cause.choices, blank=True)
    solution = models.TextField(max_length=20000, blank=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged", db_index=False)
    customer_waits = models.BooleanField(default=False)
    next_due_at = models.DateTimeField(null=True)
    next_target = models.CharField(max_length=32, blank=True)
    critical_at = models.DateTimeField(null=True)
    clock_rank = models.PositiveSmallIntegerField(choices=ClockRank.choices, default=ClockRank.NONE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="ticket_tenant"),
            models.CheckConstraint(condition=Q(severity__gte=1, severity__lte=4), name="ticket_severity"),
        ]
        indexes = [
            models.Index(
                fields=["clock_rank", "next_due_at", "id"], name="ticket_queue", condition=Q(state__in=sorted(OPEN))
            ),
            models.Index(
                fields=["assignee", "clock_rank", "next_due_at"],
                name="ticket_mine",
                condition=Q(state__in=sorted(OPEN)),
            ),
            models.Index(fields=["refold_at"], name="ticket_refold", condition=Q(refold_at__isnull=False)),
            models.Index(fields=["resolved_at"], name="ticket_silent", condition=Q(state=State.RESOLVED)),
            models.Index(fields=["id"], name="ticket_review", condition=Q(needs_review=True)),
            models.Index(fields=["merged_into"], name="ticket_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["customer", "-reported_at"], name="ticket_customer"),
            models.Index(fields=["-reported_at"], name="ticket_reported"),
            models.Index(fields=["-updated_at"], name="ticket_updated"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
