from typing import Any

from django.db.models import Q, QuerySet

from tickets.models import Macro


def macros_for(user: Any) -> QuerySet[Macro]:
    """The macros a person may know of: everybody's and their own."""
    if not getattr(user, "is_staff_member", False):
        return Macro.objects.none()
    return Macro.objects.filter(Q(owner=None) | Q(owner=user)).select_related("owner")


def usable_macros(user: Any, modes: set[str], words: str = "") -> QuerySet[Macro]:
    """The active ones for what the person may write; with `words` those that have all of them in name or text."""
    found = macros_for(user).filter(is_active=True, mode__in=modes)
    for word in words.split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(body__icontains=word))
    return found
