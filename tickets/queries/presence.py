"""Who has a ticket open right now: a hint in the cache and nowhere else. While Redis is away nobody is shown.

Ask only for tickets that the person sees.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache

from core import clock

STAYS_SECONDS = 45
"""Two missed beats; whoever went without a word is gone after that."""

Entry = tuple[str, bool, float]
"""Name, whether replying, when last heard of (epoch seconds)."""


@dataclass(frozen=True)
class Viewer:
    user_id: int
    name: str
    replying: bool


def viewers(numbers: Collection[str], except_user: Any, now: datetime | None = None) -> dict[str, list[Viewer]]:
    """Who else has each ticket open, those who write first; a ticket that nobody looks at is left out. One call of the
    cache, no statement.
    """
    at = now or clock.now()
    found = cache.get_many([key_of(number) for number in numbers]) if numbers else {}
    seen = {number: _others(found.get(key_of(number)), except_user, at) for number in numbers}
    return {number: people for number, people in seen.items() if people}


def key_of(number: str) -> str:
    return f"presence:{number}"


def living(entry: Any, now: datetime) -> dict[int, Entry]:
    """The people of a cached entry who have been heard of lately, by user id."""
    since = now.timestamp() - STAYS_SECONDS
    return {pk: one for pk, one in (entry or {}).items() if one[2] > since}


def _others(entry: Any, except_user: Any, now: datetime) -> list[Viewer]:
    others = [
        Viewer(pk, name, replying)
        for pk, (name, replying, _at) in living(entry, now).items()
        if pk != getattr(except_user, "pk", None)
    ]
    return sorted(others, key=lambda one: (not one.replying, one.name))
