"""The cached columns of a ticket as a fold over its events: the last value that was set and not taken back
(decisions 2).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tickets.models import Event, Ticket

COLUMNS = (
    "state",
    "assignee_id",
    "severity",
    "kind",
    "channel",
    "site_id",
    "asset_id",
    "line_id",
    "locality",
    "distance_km",
    "coverage",
    "coverage_by_hand",
    "coverage_reason",
    "round",
    "cause",
    "solution",
    "resolved_at",
    "closed_at",
    "merged_into_id",
    "customer_waits",
)
_UNSET: dict[str, Any] = {
    "assignee_id": None,
    "cause": "",
    "solution": "",
    "resolved_at": None,
    "closed_at": None,
    "merged_into_id": None,
    "customer_waits": False,
    "coverage_by_hand": False,
    "coverage_reason": "",
}
_TIMES = frozenset({"resolved_at", "closed_at"})


def encode(values: dict[str, Any]) -> dict[str, Any]:
    """Column values as JSON. A column that is no cache is a mistake of the caller."""
    unknown = values.keys() - set(COLUMNS)
    if unknown:
        raise ValueError(f"not caches: {sorted(unknown)}")
    return {column: value.isoformat() if isinstance(value, datetime) else value for column, value in values.items()}


def folded(events: Iterable[Event]) -> dict[str, Any]:
    """The columns that the events set, in the order of entry; voided events and voids themselves do not count."""
    values = dict(_UNSET)
    for event in standing(events):
        values |= event.data.get("set", {})
    return {column: _decode(column, value) for column, value in values.items()}


def standing(events: Iterable[Event]) -> list[Event]:
    """The events that count: neither voided nor voiding, in the order of entry."""
    listed = sorted(events, key=lambda event: event.seq)
    voided = {event.voids_id for event in listed if event.voids_id}
    return [event for event in listed if event.pk not in voided and not event.voids_id]


def _decode(column: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if column in _TIMES and value else value


def snapshot(ticket: Ticket) -> dict[str, Any]:
    """The cached columns as JSON, for audit and for the loser of a stale edit."""
    return encode({column: getattr(ticket, column) for column in COLUMNS})


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Changed columns as {column: [before, after]}."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
