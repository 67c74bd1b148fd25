from django.db import models
from django.db.models import F, Q


class Warranty(models.Model):
    """The warranty of an asset, both days included, from the contract line that its acceptance names."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey("customers.Asset", on_delete=models.PROTECT, related_name="warranties")
    line = models.ForeignKey("contracts.ContractLine", on_delete=models.PROTECT, related_name="warranties")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="warranty_term")]

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.starts_on} – {self.ends_on}"
