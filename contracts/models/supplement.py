from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.enums import SupplementState


class Supplement(models.Model):
    """A numbered change of a signed contract: in words, and as what it does to term, amount and lines from a day on.

    It changes nothing before it is signed.
    """

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="supplements")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=SupplementState.choices, default=SupplementState.DRAFT)
    effective_on = models.DateField()
    reason = models.TextField(max_length=2000)
    ends_on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="supplement_number"),
            models.UniqueConstraint(fields=["id", "customer"], name="supplement_tenant"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="supplement_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}-{self.number}"


class SupplementLine(models.Model):
    """One line that a supplement ends (`ends`) or adds (all else)."""

    supplement = models.ForeignKey(Supplement, on_delete=models.CASCADE, related_name="lines")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    ends = models.ForeignKey(
        "contracts.ContractLine", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    promise_set = models.ForeignKey(
        "contracts.PromiseSet", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    site = models.ForeignKey("customers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey("customers.Asset", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tell_customer = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None, promise_set__isnull=False)
                | Q(ends__isnull=False, promise_set=None, site=None, asset=None),
                name="supplement_line_one_way",
            ),
            models.CheckConstraint(condition=Q(site=None) | Q(asset=None), name="supplement_line_one_object"),
        ]

    def __str__(self) -> str:
        return f"{self.supplement_id}/{self.pk}"
