"""Saying that one has a ticket open; `queries.presence` tells the others.

One cache entry a ticket, so that a list asks once for all its rows. Of two beats at the same instant one may be lost;
the next one, 20 s later, brings it back.
"""

from datetime import datetime
from typing import Any

from django.core.cache import cache

from tickets.queries.presence import STAYS_SECONDS, key_of, living

MOST = 20


def beat(*, number: str, user: Any, replying: bool, now: datetime) -> None:
    """The person has the ticket open, and has begun to write or not. The caller has found it to be visible."""
    people = living(cache.get(key_of(number)), now)
    people[user.pk] = (user.name, replying, now.timestamp())
    newest = sorted(people.items(), key=lambda one: -one[1][2])[:MOST]
    cache.set(key_of(number), dict(newest), STAYS_SECONDS)


def leave(*, number: str, user: Any, now: datetime) -> None:
    """The person has closed the ticket."""
    people = living(cache.get(key_of(number)), now)
    if people.pop(user.pk, None):
        cache.set(key_of(number), people, STAYS_SECONDS)
