from django.db import models


class Asset(models.Model):
    """An installed device or system at a customer's site."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="assets")
    site = models.ForeignKey("customers.Site", on_delete=models.PROTECT, related_name="assets")
    product = models.ForeignKey("customers.Product", on_delete=models.PROTECT, related_name="assets")
    name = models.CharField(max_length=80)
    serial = models.CharField(max_length=60, blank=True)
    accepted_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="asset_tenant"),
            models.UniqueConstraint(fields=["product", "serial"], name="asset_serial", condition=~models.Q(serial="")),
        ]

    def __str__(self) -> str:
        return self.name
