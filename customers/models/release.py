from django.conf import settings
from django.db import models


class Release(models.Model):
    """A published version of a product's software, e.g. 5.2.1. `minimum` is the oldest one it can be installed over."""

    product = models.ForeignKey("customers.Product", on_delete=models.PROTECT, related_name="releases")
    number = models.CharField(max_length=40)
    released_on = models.DateField()
    notes = models.TextField(blank=True)
    minimum = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="release_version")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.number}"


class ReleaseNotice(models.Model):
    """A customer was told of a release, once."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="notices")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    receivers = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "customer"], name="release_told_once")]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.customer_id}"
