"""Short lists on one page, each the beginning of a longer one: what the workbench and the duty desk are made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, TextField, Value, Window
from django.utils.functional import Promise

from tickets.enums import ClockState
from tickets.models import Clock, Ticket
from tickets.queries.ticket import tickets_for

CALLBACK = "manager_callback"
"""The target of decisions' one-hour call back, met by the duty manager's call."""


@dataclass(frozen=True)
class Strip:
    """A list of tickets under a heading; `all_url` opens the whole of it where there is such a list."""

    key: str
    label: Promise
    empty: Promise
    tickets: Callable[[Any, datetime], QuerySet[Ticket]]
    most: int = 5
    all_url: str = ""


@dataclass(frozen=True)
class Shown:
    """The first tickets of a strip and how many there are in all."""

    strip: Strip
    tickets: list[Ticket]
    total: int


def first_of(strips: Sequence[Strip], user: Any, now: datetime) -> list[Shown]:
    """The beginning and length of each strip, most pressing first. Two statements, however many strips."""
    parts = [_numbered(strip, user, now) for strip in strips]
    found = list(parts[0].union(*parts[1:], all=True)) if len(parts) > 1 else list(parts[0])
    by_id = tickets_for(user).in_bulk({pk for _key, pk, _total in found}) if found else {}
    return [_shown(strip, found, by_id) for strip in strips]


def _numbered(strip: Strip, user: Any, now: datetime) -> QuerySet[Any, Any]:
    order = ("clock_rank", "next_due_at", "pk")
    rows = strip.tickets(user, now).select_related(None).order_by(*order)
    told = rows.annotate(
        strip=Value(strip.key, TextField()),
        total=Window(Count("*")),
    )
    return told.values_list("strip", "pk", "total")[: strip.most]


def _shown(strip: Strip, found: Sequence[tuple[str, int, int]], by_id: Mapping[int, Ticket]) -> Shown:
    mine = [(pk, total) for key, pk, total in found if key == strip.key]
    return Shown(strip, [by_id[pk] for pk, _total in mine if pk in by_id], mine[0][1] if mine else 0)


def with_call_due(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Those whose customer waits for the duty manager's call."""
    unmet = (ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED)
    owed = Clock.objects.filter(ticket=OuterRef("pk"), target=CALLBACK, round=OuterRef("round"), state__in=unmet)
    return tickets.filter(Exists(owed))
