from django.conf import settings
from django.db import models
from django.db.models import Q


class Invoice(models.Model):
    """An invoice as finance issued it, for one instalment or the whole contract. Voided, it stays on record."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="invoices")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(
        "contracts.Payment", null=True, blank=True, on_delete=models.PROTECT, related_name="invoices"
    )
    number = models.CharField(max_length=30, unique=True)
    issued_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_amount")]

    def __str__(self) -> str:
        return self.number
