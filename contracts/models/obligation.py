from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.enums import ObligationKind, Per


class Obligation(models.Model):
    """What we owe at least: `times` in every period of the term. More is free.

    Without days of its own it lasts as long as the contract. `source` names the promise set it was adopted from.
    Periods that ended before `counts_from`, the day it was registered, are nobody's miss.
    """

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="obligations")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ObligationKind.choices)
    what = models.CharField(max_length=120, blank=True)
    times = models.PositiveSmallIntegerField()
    per = models.CharField(max_length=8, choices=Per.choices)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=20, blank=True)
    counts_from = models.DateField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="obligation_tenant"),
            models.UniqueConstraint(
                fields=["contract", "kind", "source"], name="obligation_adopted_once", condition=~Q(source="")
            ),
            models.CheckConstraint(condition=Q(times__gte=1), name="obligation_times"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="obligation_term"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.kind} {self.times}/{self.per}"


class ObligationDone(models.Model):
    """One thing that was done for an obligation, once a `key`. Taken back, it stays on record and counts no more."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="done")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    done_on = models.DateField()
    what = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["obligation", "key"], name="obligation_done_once")]
        indexes = [models.Index(fields=["obligation", "done_on"], name="obligation_done_day")]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.done_on}"


class ObligationMiss(models.Model):
    """A period that ended short of what was owed; the row is what makes its escalation happen once."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="misses")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    owed = models.PositiveSmallIntegerField()
    done = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settlement = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["obligation", "first"], name="obligation_miss_once")]
        indexes = [
            models.Index(fields=["obligation"], name="obligation_miss_open", condition=Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.first} – {self.last}: {self.done}/{self.owed}"
