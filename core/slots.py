"""Places in a lower app's page that upper apps fill (decisions 29).

A provider gets (request, subject) and answers ready HTML or "" for nothing. Lower templates write
`{% slot "ticket.side" ticket %}` and know nothing of who fills it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

Provider = Callable[[HttpRequest, Any], str]


@dataclass(frozen=True, order=True)
class Entry:
    order: int
    name: str
    provider: Provider


_slots: dict[str, list[Entry]] = defaultdict(list)


def register(slot: str, name: str, provider: Provider, order: int = 100) -> None:
    """Fill a slot. The same name again replaces the provider, so that registering twice changes nothing."""
    kept = [entry for entry in _slots[slot] if entry.name != name]
    _slots[slot] = sorted([*kept, Entry(order, name, provider)], key=lambda entry: (entry.order, entry.name))


def render(slot: str, request: HttpRequest, subject: Any) -> list[str]:
    return [html for entry in _slots[slot] if (html := entry.provider(request, subject))]
