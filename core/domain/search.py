"""What search keeps: a person's last searches, and the searchable texts, which each app writes where it writes the
rows; building them anew mends what came past the product.
"""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache

from core.grams import Query
from core.queries.search import MOST_RECENT, recent, recent_key

KEPT_SECONDS = 90 * 24 * 3600
Builder = Callable[[], int]
_builders: dict[str, Builder] = {}


def register_builder(name: str, build: Builder) -> None:
    """Declare in `AppConfig.ready` what writes an app's texts anew and answers how many. Idempotent."""
    _builders[name] = build


def rebuild() -> dict[str, int]:
    """Write all searchable texts anew, in transactions of their own; how many, by name."""
    return {name: build() for name, build in sorted(_builders.items())}


def remember(user: Any, query: Query) -> None:
    """Put a search on top of the person's last ones, which are a hint and may be lost."""
    others = [typed for typed in recent(user) if typed != query.typed]
    cache.set(recent_key(user), [query.typed, *others][:MOST_RECENT], KEPT_SECONDS)
