from typing import Any

from django.db.models import QuerySet

from core.models import Notification


def notifications_for(user: Any) -> QuerySet[Notification]:
    """A person's own list, newest first."""
    return Notification.objects.filter(user=user).order_by("-id")


def unread_count(user: Any) -> int:
    return Notification.objects.filter(user=user, read_at=None).count()
