from django.conf import settings
from django.db import models
from django.db.models import Q


class CarePlan(models.Model):
    """How often a customer is visited and by whom [000]; `next_on` is the next visit."""

    customer = models.OneToOneField("customers.Customer", on_delete=models.PROTECT, related_name="care_plan")
    every_months = models.PositiveSmallIntegerField()
    next_on = models.DateField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_on"], name="care_plan_next")]
        constraints = [
            models.CheckConstraint(condition=Q(every_months__gte=1, every_months__lte=36), name="care_plan_months")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.next_on}"
