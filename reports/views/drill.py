"""From a figure to the list of tickets behind it: the same days, the same filters."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from reports.queries.compliance import Kept
from reports.queries.selection import Selection


@dataclass(frozen=True)
class Drill:
    """Addresses of ticket lists that are as long as the figures of a selection."""

    selection: Selection

    def every(self, first: date | None = None, last: date | None = None, **more: Any) -> str:
        """Open and ended tickets of the selection, or of some of its days."""
        days = {"reported_from": first or self.selection.first, "reported_to": last or self.selection.last}
        return self._list("every", days | more)

    def open(self, view: str = "all", **more: Any) -> str:
        """What is open now in a view of the queue."""
        return self._list(view, more)

    def age(self, first: date | None, last: date | None) -> str:
        days: dict[str, Any] = {"reported_from": first, "reported_to": last}
        return self.open(**{name: day for name, day in days.items() if day})

    def _list(self, view: str, more: dict[str, Any]) -> str:
        query = {"view": view, **self.selection.facts, **more}
        return f"{reverse('tickets:ticket-list')}?{urlencode(query)}"


@dataclass(frozen=True)
class Share:
    """A compliance as it is shown: in per cent with its sample, each number with its list."""

    kept: Kept
    met_url: str
    late_url: str
    open_url: str


def share_of(drill: Drill, kept: Kept, target: str, **more: Any) -> Share:
    urls = (drill.every(target=target, outcome=outcome, **more) for outcome in ("met", "late", "open"))
    return Share(kept, *urls)
