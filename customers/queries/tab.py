"""The tabs of a customer's page; upper apps add theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from customers.models import Customer

Provider = Callable[[Any, Customer], str]


@dataclass(frozen=True)
class Tab:
    """`provider(request, customer)` answers ready HTML, in at most four statements."""

    order: int
    key: str
    label: str | Promise
    provider: Provider


_tabs: dict[str, Tab] = {}


def register(key: str, label: str | Promise, provider: Provider, order: int = 100) -> None:
    """Add a tab; the same key again replaces it. Called in an app's `AppConfig.ready`."""
    _tabs[key] = Tab(order, key, label, provider)


def tabs() -> list[Tab]:
    return sorted(_tabs.values(), key=lambda tab: (tab.order, tab.key))
