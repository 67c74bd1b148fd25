from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from core.models import Mute, Notification


@dataclass
class Subject:
    """Kinds of notification that people look at together."""

    key: str
    label: Promise
    kinds: set[str] = field(default_factory=set)


_subjects: dict[str, Subject] = {}


def register_subject(key: str, label: Promise, kinds: Iterable[str]) -> None:
    """Name kinds of notification in `AppConfig.ready`; the same key again adds further kinds."""
    _subjects.setdefault(key, Subject(key, label)).kinds.update(kinds)


def subjects() -> list[Subject]:
    return list(_subjects.values())


def subject_of(key: str) -> Subject | None:
    return _subjects.get(key)


def notifications_for(user: Any) -> QuerySet[Notification]:
    """A person's own list, newest first."""
    return Notification.objects.filter(user=user).order_by("-created_at", "-id")


def unread_count(user: Any) -> int:
    return Notification.objects.filter(user=user, read_at=None).count()


def unread_by_kind(user: Any) -> dict[str, int]:
    """How many lines of each kind are unread. One statement."""
    unread = Notification.objects.filter(user=user, read_at=None).order_by()
    return dict(unread.values_list("kind").annotate(count=Count("pk")))


def unread_of_kind(user: Any, kind: str) -> QuerySet[Notification]:
    return notifications_for(user).filter(kind=kind, read_at=None)


def todays(user: Any, now: datetime) -> QuerySet[Notification]:
    """Those since midnight where the person is."""
    midnight = datetime.combine(now.astimezone(timezone.get_current_timezone()), time.min)
    return notifications_for(user).filter(created_at__gte=timezone.make_aware(midnight))


def muted_urls(user: Any) -> set[str]:
    """The places that the person has muted."""
    return set(Mute.objects.filter(user=user).values_list("url", flat=True))
