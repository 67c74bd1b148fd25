"""What every page of the portal begins with: the contact who asks, and how promises are told to them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from zlib import crc32

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.domain.idempotency import Answer, once
from customers.models import Contact
from tickets.domain.clock import is_present, view_of
from tickets.domain.portal_promise import Promise, promise_of
from tickets.domain.promises import bound_of
from tickets.models import Event, Ticket
from tickets.queries.clock import bindings_of, clocks_of
from tickets.views.dialog import fingerprint

View = Callable[..., HttpResponse]


def contact_of(user: Any) -> Contact | None:
    """The active contact behind a login. One statement, once a request."""
    contact: Contact | None = getattr(user, "contact", None)
    return contact if contact and contact.is_active else None


def portal(view: View) -> View:
    """Let only contacts in who still belong to a customer; the others are told whom to ask."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if contact_of(request.user) is None:
            return render(request, "tickets/portal_nobody.html")
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True)
class Row:
    """A case in a list, with its promise."""

    ticket: Ticket
    promise: Promise

    @property
    def url(self) -> str:
        return reverse("tickets:portal-case", args=[self.ticket.number])

    @property
    def look(self) -> tuple[Any, ...]:
        return (self.ticket.pk, self.ticket.version, self.promise.look)


def rows_of(tickets: Collection[Ticket], now: datetime, bindings: Mapping[int, list[Event]] | None = None) -> list[Row]:
    """The cases with their promises. Two statements, however many; one where the binding events are at hand."""
    if not tickets:
        return []
    clocks, bindings = clocks_of(tickets), bindings or bindings_of(tickets)
    rows = []
    for ticket in tickets:
        bound = bound_of(bindings[ticket.pk])
        views = [view_of(clock, bound, now) for clock in clocks[ticket.pk] if is_present(clock, ticket, bound)]
        rows.append(Row(ticket, promise_of(ticket, views, bound, now)))
    return rows


def token(*looks: Any) -> str:
    """A word that changes whenever what is shown does."""
    return f"{crc32(repr(looks).encode()):08x}"


def effect(request: HttpRequest, now: datetime, act: Callable[[], str]) -> str:
    """Act once for each key of a form; a repetition gets the first one's answer. Without a key there is no
    repetition to tell.
    """
    key = request.POST.get("idempotency_key", "")
    if not key:
        return act()
    answer = once(actor=request.user, key=key, request=fingerprint(request), now=now, act=lambda: Answer(200, act()))
    return str(answer.body)
