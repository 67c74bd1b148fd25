from django.conf import settings
from django.db import models
from django.db.models import Q


class ServiceCenter(models.Model):
    """One of our own offices [001][003]. `districts` are the urban ones of its city: sites there are local."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    city = models.CharField(max_length=40)
    districts = models.JSONField(default=list, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    contact = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=200, blank=True)
    repairs = models.TextField(max_length=1000, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="service_center_coordinates",
            )
        ]

    def __str__(self) -> str:
        return self.name
