from django.db import models
from django.db.models import F, Q


class Warranty(models.Model):
    """The warranty of an asset, both days included, from the contract line that its acceptance names.

    With `part` it is that of one replaced part of the asset only. `terms` are the line's terms as they stood when it
    began; empty where it was typed by hand: then the line's count. `origin` is the key text of what it began with:
    "acceptance:<number>", "replaced:<day>", or "" for one typed by hand.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey("customers.Asset", on_delete=models.PROTECT, related_name="warranties")
    line = models.ForeignKey("contracts.ContractLine", on_delete=models.PROTECT, related_name="warranties")
    starts_on = models.DateField()
    ends_on = models.DateField()
    part = models.CharField(max_length=120, blank=True)
    terms = models.JSONField(default=dict, blank=True)
    origin = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="warranty_term"),
            models.UniqueConstraint(fields=["asset", "part", "origin"], name="warranty_once", condition=~Q(origin="")),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.starts_on} – {self.ends_on}"
