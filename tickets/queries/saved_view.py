"""Which saved views of the queue a person has."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tickets.models import SavedView, ViewPin


def saved_views_for(user: Any) -> QuerySet[SavedView]:
    """One's own views and the shared ones, by name; `pinned` tells which are among one's tabs. The nameless one with
    one's columns comes first.
    """
    pins = ViewPin.objects.filter(user=user, view=OuterRef("pk"))
    seen = SavedView.objects.filter(Q(owner=user) | Q(is_shared=True), deleted_at=None)
    return seen.annotate(pinned=Exists(pins)).select_related("owner").order_by("name", "pk")


def deleted_views_of(user: Any) -> QuerySet[SavedView]:
    """What the user has deleted, the latest first."""
    return SavedView.objects.filter(owner=user).exclude(deleted_at=None).order_by("-deleted_at")
