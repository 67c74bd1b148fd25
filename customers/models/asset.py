import secrets

from django.db import models

LABEL_BYTES = 16


def new_label_key() -> str:
    """What the code on the device's label leads to: 128 random bits, so that no label can be guessed from another."""
    return secrets.token_urlsafe(LABEL_BYTES)


class Asset(models.Model):
    """An installed device or system at a customer's site. `label_key` stands in the address on its label."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="assets")
    site = models.ForeignKey("customers.Site", on_delete=models.PROTECT, related_name="assets")
    product = models.ForeignKey("customers.Product", on_delete=models.PROTECT, related_name="assets")
    name = models.CharField(max_length=80)
    serial = models.CharField(max_length=60, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    label_key = models.CharField(max_length=22, unique=True, default=new_label_key, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="asset_tenant"),
            models.UniqueConstraint(fields=["product", "serial"], name="asset_serial", condition=~models.Q(serial="")),
        ]

    def __str__(self) -> str:
        return self.name
