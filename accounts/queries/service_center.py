"""Reads of our own offices. Whoever logs in may know where we are; only staff see those that are closed."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import ServiceCenter
from accounts.permissions import is_staff


def service_centers_for(user: Any) -> QuerySet[ServiceCenter]:
    if is_staff(user):
        return ServiceCenter.objects.select_related("head")
    open_ones = ServiceCenter.objects.select_related("head").filter(is_active=True)
    return open_ones if getattr(user, "is_active", False) else open_ones.none()


def working_centers() -> QuerySet[ServiceCenter]:
    """Those that send people to customers now."""
    return ServiceCenter.objects.filter(is_active=True)
