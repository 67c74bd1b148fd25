from django.conf import settings
from django.db import models

from customers.enums import PartnerKind


class Partner(models.Model):
    """An office, service partner, subcontractor or maker [000][001]. Customers may be served through it."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16, choices=PartnerKind.choices)
    contact_name = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PartnerStaff(models.Model):
    """A member of staff with the role partner works for this partner and sees its customers."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "user"], name="partner_staff")]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.user_id}"
