from django.db import models
from django.db.models import Q

from customers.enums import Locality


class Site(models.Model):
    """Where equipment stands. `locality` and `distance_km` (by road, from our service centre) decide promises.

    Both are estimated from district, coordinates and `service_center` unless the site `is_placed_by_hand`.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200)
    district = models.CharField(max_length=40, blank=True)
    locality = models.CharField(max_length=8, choices=Locality.choices)
    distance_km = models.PositiveSmallIntegerField()
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    service_center = models.ForeignKey(
        "accounts.ServiceCenter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_placed_by_hand = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="site_tenant"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="site_coordinates",
            ),
        ]

    def __str__(self) -> str:
        return self.name
