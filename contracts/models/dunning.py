from django.conf import settings
from django.db import models

from contracts.enums import DunningKind


class DunningStep(models.Model):
    """One step of asking for overdue money, each kind once for an instalment. `file` is the letter as it was sent."""

    payment = models.ForeignKey("contracts.Payment", on_delete=models.PROTECT, related_name="dunning")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=DunningKind.choices)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    open_amount = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=500, blank=True)
    file = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payment", "kind"], name="dunning_once")]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.kind}"
