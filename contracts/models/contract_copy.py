from django.conf import settings
from django.db import models


class ContractCopy(models.Model):
    """A copy of a signed contract, or of one of its supplements, for a department, which acknowledges it."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.CASCADE, related_name="copies")
    supplement = models.ForeignKey(
        "contracts.Supplement", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "supplement", "department"], name="contract_copy_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.department_id}"
