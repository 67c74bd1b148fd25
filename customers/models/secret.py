import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Secret(models.Model):
    """Access data of a customer's system. Address, user, password and parameters are in `cipher` alone, sealed by
    core.crypto for `ref`; a removed one keeps its name, for the list of looks, and no cipher.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="secrets")
    asset = models.ForeignKey(
        "customers.Asset", null=True, blank=True, on_delete=models.PROTECT, related_name="secrets"
    )
    name = models.CharField(max_length=80)
    cipher = models.BinaryField(blank=True, default=b"")
    sealed_at = models.DateTimeField()
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="secret_tenant"),
            models.UniqueConstraint(
                fields=["customer", "name"], name="secret_name", condition=Q(removed_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(cipher=b""), name="secret_removed_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SecretLook(models.Model):
    """Who had a secret shown, when and why. Append-only."""

    secret = models.ForeignKey(Secret, on_delete=models.PROTECT, related_name="looks", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["secret", "-id"], name="secret_look_of"),
            models.Index(fields=["-id"], name="secret_look_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.secret_id}: {self.user_id}"
