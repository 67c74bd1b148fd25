"""Pages made of strips of tickets (S01, S02): each strip is drawn with the page, polled alone, and drawn anew after an
act on one of its rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import trigger_client_event

from core.permissions import can
from tickets.queries.strip import Shown, Strip, first_of
from tickets.tables import Row, rows_of

CHANGED = "wb:changed"
"""Tells the strips of a page to draw themselves anew."""
FROM = "desk"
"""What the forms of a strip send as `from`."""


@dataclass(frozen=True)
class Drawn:
    """A strip with its rows; `url` is asked for it alone."""

    strip: Strip
    rows: list[Row]
    total: int
    url: str

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def drawn(strips: Sequence[Strip], user: Any, now: datetime, route: str) -> list[Drawn]:
    """Four statements, however many strips and rows."""
    shown = first_of(strips, user, now)
    tickets = {ticket.pk: ticket for one in shown for ticket in one.tickets}
    rows = {row.ticket.pk: row for row in rows_of(tickets.values(), now)}
    return [_drawn(one, rows, route) for one in shown]


def _drawn(shown: Shown, rows: dict[int, Row], route: str) -> Drawn:
    url = f"{reverse(route)}?strip={shown.strip.key}"
    return Drawn(shown.strip, [rows[ticket.pk] for ticket in shown.tickets], shown.total, url)


def named(strips: Sequence[Strip], key: str) -> Strip | None:
    return next((strip for strip in strips if strip.key == key), None)


def draw_strip(request: HttpRequest, strip: Strip, now: datetime, route: str) -> HttpResponse:
    """One strip as it is now."""
    (one,) = drawn([strip], request.user, now, route)
    return render(request, "tickets/strip.html", {"strip": one, "may": may(request.user)})


def may(user: Any) -> dict[str, bool]:
    return {act: can(user, f"tickets.{act}_ticket") for act in ("assign", "claim")}


def told(request: HttpRequest, text: str) -> HttpResponse:
    """The answer to an act on a row: a toast, and the strips draw themselves anew."""
    return trigger_client_event(render(request, "wb/toast_oob.html", {"text": text}), CHANGED)
