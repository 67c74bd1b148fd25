from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Receipt(models.Model):
    """Money that came in for an instalment. `surplus` is what was more than was owed: noted, not counted."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="receipts")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey("contracts.Payment", on_delete=models.PROTECT, related_name="receipts")
    received_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    surplus = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_amount"),
            models.CheckConstraint(condition=Q(surplus__gte=0, surplus__lte=F("amount")), name="receipt_surplus"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.received_on} {self.amount}"
