from django.db import models
from django.db.models import F, Q

from contracts.enums import ContractState


class Contract(models.Model):
    """A service contract of one customer, both days of its term included."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=ContractState.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="contract_tenant"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_term"),
        ]

    def __str__(self) -> str:
        return self.number


class ContractLine(models.Model):
    """What a contract covers, under which promises: one asset, one site, or (both empty) the whole customer."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="lines")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    promise_set = models.ForeignKey("contracts.PromiseSet", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("customers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey("customers.Asset", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tell_customer = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="contract_line_tenant"),
            models.CheckConstraint(condition=Q(site=None) | Q(asset=None), name="contract_line_one_object"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.pk}"
