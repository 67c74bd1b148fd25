from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.enums import DrawState, QuotaKind


class Quota(models.Model):
    """What the customer may use at most in the term. `reserved` and `used` are the sums of its draws, kept under the
    row's lock; the database refuses more than was granted.
    """

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="quotas")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=QuotaKind.choices)
    what = models.CharField(max_length=120, blank=True)
    granted = models.DecimalField(max_digits=8, decimal_places=2)
    reserved = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    used = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    source = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="quota_tenant"),
            models.UniqueConstraint(
                fields=["contract", "kind", "source"], name="quota_adopted_once", condition=~Q(source="")
            ),
            models.CheckConstraint(condition=Q(granted__gt=0), name="quota_granted"),
            models.CheckConstraint(condition=Q(reserved__gte=0, used__gte=0), name="quota_sums"),
            models.CheckConstraint(condition=Q(granted__gte=F("reserved") + F("used")), name="quota_not_exceeded"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.kind} {self.granted}"


class QuotaDraw(models.Model):
    """A use of a quota, once a `key`: reserved first or drawn at once; released, it counts no more and for good."""

    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="draws")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    state = models.CharField(max_length=8, choices=DrawState.choices)
    used_on = models.DateField()
    what = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quota", "key"], name="quota_draw_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="quota_draw_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.quota_id} {self.key} {self.amount}"
