from django.db import models
from django.db.models import F, Q

from contracts.enums import PaymentReminder


class Payment(models.Model):
    """One instalment that the customer owes under a contract, in CNY.

    `received` is the sum of its receipts that count, kept under the row's lock; `reminder` is the last step that
    finance was told of.
    """

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="payments")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=120)
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    received = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    reminder = models.PositiveSmallIntegerField(choices=PaymentReminder.choices, default=PaymentReminder.NONE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="payment_tenant"),
            models.UniqueConstraint(fields=["contract", "number"], name="payment_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount"),
            models.CheckConstraint(condition=Q(received__gte=0, received__lte=F("amount")), name="payment_received"),
        ]
        indexes = [models.Index(fields=["due_on"], name="payment_open", condition=Q(received__lt=F("amount")))]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.number}"
