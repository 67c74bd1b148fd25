"""Which access data a person may know of, and who has looked at it. Nothing here reads a cipher."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from customers.models import Customer, Secret, SecretLook
from customers.permissions import helped_customers, is_secret_keeper


def secrets_for(user: Any) -> QuerySet[Secret]:
    """Its keepers: that of every customer. Engineers: that of customers whom they are at work for. Others: none."""
    kept = Secret.objects.filter(removed_at=None).defer("cipher").order_by("name", "pk")
    if is_secret_keeper(user):
        return kept
    condition = helped_customers(user)
    if condition is None:
        return kept.none()
    return kept.filter(customer__in=Customer.objects.filter(condition).order_by().values("pk"))


def listed(user: Any, *, customer: int | None = None, asset: int | None = None) -> list[Secret]:
    """The access data of a customer or a device with the number of looks and the last one (`looked`, `looked_at`)."""
    which = Q(customer=customer) if customer else Q(asset=asset)
    rows = secrets_for(user).filter(which).select_related("asset")
    return list(rows.annotate(looked=Count("looks"), looked_at=Max("looks__at")))


def looks_of(secret: Secret) -> QuerySet[SecretLook]:
    """Who had it shown, the newest first."""
    return secret.looks.select_related("user").order_by("-id")


def all_looks() -> QuerySet[SecretLook]:
    """Every look at any access data, also at what has been removed since; the newest first."""
    found = SecretLook.objects.select_related("user", "secret", "customer").defer("secret__cipher")
    return found.order_by("-id")
