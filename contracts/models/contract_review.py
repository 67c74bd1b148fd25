from django.conf import settings
from django.db import models

from contracts.enums import ReviewState


class ContractReview(models.Model):
    """What one department says of a contract in one round. A decided one stays as it is; a change asks anew."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.CASCADE, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ReviewState.choices, default=ReviewState.ASKED)
    opinion = models.TextField(max_length=2000, blank=True)
    measures = models.TextField(max_length=2000, blank=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "round", "department"], name="contract_review_once")]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.round}: {self.department_id}"
