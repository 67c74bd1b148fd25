"""Why a deadline is what it is: for the person who has to explain it to a customer."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from contracts.domain.promise_set import PromiseSet, Row
from contracts.domain.promise_words import goal_of
from tickets.domain.caches import standing
from tickets.domain.clock import row_of, view_of
from tickets.domain.promises import Bound
from tickets.enums import REBINDING
from tickets.models import Clock, Event


def why_of(clock: Clock, bound: Bound, now: datetime) -> dict[str, Any]:
    """Everything that made a deadline what it is, for a person who has to explain it. One statement."""
    view = view_of(clock, bound, now)
    promise_set = bound.wording_of(clock)
    row = row_of(promise_set, clock)
    return {
        "target_name": view.target_name,
        "promise": f"{view.set_name} ({view.set_code})",
        "calendar": view.calendar_name,
        "row": _rule(row, bound) if row else "",
        "started_at": clock.started_at,
        "due_at": clock.computed_due_at,
        "agreed_due": view.agreed_due,
        "used_seconds": view.used_seconds,
        "events": [_moved(event, bound) for event in _movers(clock, promise_set, row)],
    }


def _rule(row: Row, bound: Bound) -> str:
    counted = _("%(goal)s from: %(event)s") % {"goal": goal_of(row), "event": bound.event_name(row.from_event)}
    if row.armed_by == row.from_event:
        return counted
    return counted + _(", once: %(event)s") % {"event": bound.event_name(row.armed_by)}


def _movers(clock: Clock, promise_set: PromiseSet, row: Row | None) -> list[Event]:
    """The standing events that started, held, moved or ended the clock."""
    target = promise_set.vocabulary.targets[clock.target]
    kinds = {"paused", "resumed", "facts_changed", "date_agreed", "reopened", "resolved", target.met_by} | REBINDING
    if row:
        kinds |= {row.from_event, row.armed_by}
    events = Event.objects.filter(Q(about=clock.about) | Q(kind__in=REBINDING), ticket=clock.ticket_id).select_related(
        "actor"
    )
    return sorted((event for event in standing(events) if event.kind in kinds), key=lambda event: (event.at, event.seq))


def _moved(event: Event, bound: Bound) -> dict[str, Any]:
    return {
        "at": event.at,
        "label": bound.event_name(event.kind),
        "actor": event.actor.name if event.actor else "",
        "note": event.data.get("note", ""),
    }
