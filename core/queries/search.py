"""S08: what people find by a few characters. Every app registers its source; each answers only rows that the person
sees.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.functional import Promise

from core.grams import Query

MOST_HITS = 8
MOST_RECENT = 8


@dataclass(frozen=True)
class Hit:
    """One thing found; `exact` if the query is just its number."""

    title: str
    url: str
    sub: str = ""
    badge: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Group:
    """Things of one kind, best first. `more_url`: the list of all, where there are more than `MOST_HITS`."""

    label: str | Promise
    hits: list[Hit]
    more_url: str = ""


@dataclass(frozen=True)
class Found:
    groups: list[Group]

    @property
    def hits(self) -> list[Hit]:
        return [hit for group in self.groups for hit in group.hits]

    @property
    def first(self) -> Hit | None:
        """What Enter opens: the exact one, else the first on the page."""
        return next((hit for hit in self.hits if hit.exact), next(iter(self.hits), None))


Source = Callable[[Any, Query], list[Group]]
_sources: dict[str, tuple[int, Source]] = {}


def register(name: str, order: int, source: Source) -> None:
    """Add a source in `AppConfig.ready`; the same name again replaces it. A source asks one or two statements."""
    _sources[name] = (order, source)


def search(user: Any, query: Query) -> Found:
    """The groups in which something was found; none for a query that is too short."""
    if query.is_too_short:
        return Found([])
    ordered = sorted(_sources.values(), key=lambda entry: entry[0])
    groups = [group for _order, source in ordered for group in source(user, query)]
    return Found([group for group in groups if group.hits])


def recent(user: Any) -> list[str]:
    """The person's last searches, newest first. A hint, so the cache keeps it."""
    kept = cache.get(recent_key(user), [])
    return [str(typed) for typed in kept][:MOST_RECENT]


def recent_key(user: Any) -> str:
    return f"search:{user.pk}"
