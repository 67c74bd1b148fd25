from django.db import models

from core.models.words import Words


class CustomerWords(Words):
    """What a customer is found by."""

    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, primary_key=True, related_name="words"
    )


class ContactWords(Words):
    """What a contact is found by."""

    contact = models.OneToOneField(
        "customers.Contact", on_delete=models.CASCADE, primary_key=True, related_name="words"
    )


class AssetWords(Words):
    """What a device is found by."""

    asset = models.OneToOneField("customers.Asset", on_delete=models.CASCADE, primary_key=True, related_name="words")
