import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from customers.enums import AssetChangeKind, AssetLevel, AssetState

LABEL_BYTES = 16


def new_label_key() -> str:
    """What the code on the device's label leads to: 128 random bits, so that no label can be guessed from another."""
    return secrets.token_urlsafe(LABEL_BYTES)


class Asset(models.Model):
    """An installed device or system at a customer's site. `label_key` stands in the address on its label.

    `parent` is the system at the same site that it belongs to. `accepted_in` is the number of the certificate by which
    it was accepted, empty where the day was typed by hand.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="assets")
    site = models.ForeignKey("customers.Site", on_delete=models.PROTECT, related_name="assets")
    product = models.ForeignKey("customers.Product", on_delete=models.PROTECT, related_name="assets")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    level = models.CharField(max_length=8, choices=AssetLevel.choices, default=AssetLevel.DEVICE)
    state = models.CharField(max_length=10, choices=AssetState.choices, default=AssetState.IN_USE)
    name = models.CharField(max_length=80)
    serial = models.CharField(max_length=60, blank=True)
    software_version = models.CharField(max_length=40, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    accepted_in = models.CharField(max_length=20, blank=True)
    label_key = models.CharField(max_length=22, unique=True, default=new_label_key, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="asset_tenant"),
            models.UniqueConstraint(fields=["id", "customer", "site"], name="asset_place"),
            models.UniqueConstraint(fields=["product", "serial"], name="asset_serial", condition=~Q(serial="")),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="asset_not_its_own_part"),
        ]

    def __str__(self) -> str:
        return self.name


class AssetChange(models.Model):
    """One line of an asset's life: a state, software version or site that became another one. Never updated."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=AssetChangeKind.choices)
    before = models.CharField(max_length=80, blank=True)
    after = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["asset", "-at"], name="asset_change_life")]

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.kind} {self.before} → {self.after}"
