from django.db import models


class RenewalNotice(models.Model):
    """The owner of a contract was told, so many days before its end, once."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.CASCADE, related_name="renewal_notices")
    days = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "days"], name="renewal_notice_once")]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.days}"
