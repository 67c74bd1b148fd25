from django.db import models

from customers.enums import Locality


class Site(models.Model):
    """Where equipment stands. `locality` and `distance_km` (by road, from our service centre) decide promises."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200)
    district = models.CharField(max_length=40, blank=True)
    locality = models.CharField(max_length=8, choices=Locality.choices)
    distance_km = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id", "customer"], name="site_tenant")]

    def __str__(self) -> str:
        return self.name
