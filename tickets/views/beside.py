"""What the ticket page asks for when it needs it: similar tickets, colleagues to mention, macros to write with."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import UserKind
from accounts.queries.user import users_for
from core import clock
from core.permissions import can, require
from tickets.domain.draft import Writing, keep
from tickets.domain.macro import effects_of, filled, values_for
from tickets.enums import EntryMode
from tickets.models import Link, Ticket
from tickets.queries.draft import draft_of
from tickets.queries.history import links_of
from tickets.queries.macro import usable_macros
from tickets.queries.similar import similar_to
from tickets.views.draft import macro_of
from tickets.views.page import found

MOST_PEOPLE, MOST_MACROS, LONGEST = 8, 30, 100
_RIGHTS = {EntryMode.REPLY: "reply", EntryMode.NOTE: "note", EntryMode.HEAR: "hear"}


@require_safe
def similar(request: HttpRequest, number: str) -> HttpResponse:
    """Linked and similar tickets: two cards of the page, or a page of their own without script."""
    ticket = found(request, number)
    context = {
        "ticket": ticket,
        "links": [_other_end(link, ticket) for link in links_of(ticket, request.user)],
        "similar": similar_to(ticket, request.user),
    }
    part = "_cards" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"tickets/ticket_similar{part}.html", context)


def _other_end(link: Link, ticket: Ticket) -> dict[str, Any]:
    """What the other ticket is to this one."""
    return {"kind": link.get_kind_display(), "ticket": link.other if link.ticket_id == ticket.pk else link.ticket}


@require_safe
def colleagues(request: HttpRequest, number: str) -> HttpResponse:
    """Whom a note may mention, by the beginning of the name."""
    ticket = found(request, number)
    require(request.user, "tickets.note_ticket", ticket)
    typed = request.GET.get("q", "")[:LONGEST].replace("\x00", "")
    people = users_for(request.user).filter(kind=UserKind.STAFF, is_active=True, name__icontains=typed)
    me: Any = request.user
    listed = people.exclude(pk=me.pk).select_related("team").order_by("name", "pk")[:MOST_PEOPLE]
    options = [{"value": one.name, "label": one.name, "hint": one.team.name if one.team else ""} for one in listed]
    return render(request, "wb/options.html", {"options": options})


@require_http_methods(["GET", "HEAD", "POST"])
def macros(request: HttpRequest, number: str) -> HttpResponse:
    """The macros with their variables filled, to pick one. Picked without script it becomes the draft."""
    ticket, now = found(request, number), clock.now()
    require(request.user, "tickets.note_ticket", ticket)
    if request.method == "POST":
        return _pick(request, ticket, now)
    typed = request.GET.get("q", "")[:LONGEST].replace("\x00", "")
    context = {
        "ticket": ticket,
        "typed": typed,
        "offers": _offers(request.user, ticket, typed, now),
        "back_url": reverse("tickets:ticket-detail", args=[ticket.number]),
        "part": request.htmx and request.htmx.target == "macro-list",  # type: ignore[attr-defined]
    }
    template = "tickets/ticket_macro_list.html" if context["part"] else "tickets/ticket_macros.html"
    return render(request, template, context)


def _offers(user: Any, ticket: Ticket, typed: str, now: datetime) -> list[dict[str, Any]]:
    modes = {str(mode) for mode, right in _RIGHTS.items() if can(user, f"tickets.{right}_ticket", ticket)}
    values = values_for(ticket, user, now)
    listed = usable_macros(user, modes, typed)[:MOST_MACROS]
    return [
        {
            "macro": one,
            "text": filled(one.body, values),
            "effects": effects_of(one),
            "further": effects_of(one, state=False),
        }
        for one in listed
    ]


def _pick(request: HttpRequest, ticket: Ticket, now: datetime) -> HttpResponse:
    """What was written before stays above the macro's text."""
    macro = macro_of(request.user, request.POST.get("macro", ""))
    if macro is None:
        raise Http404
    before = draft_of(ticket, request.user)
    text = filled(macro.body, values_for(ticket, request.user, now))
    body = f"{before.body}\n{text}" if before else text
    keep(ticket=ticket, user=request.user, writing=Writing(macro.mode, body, macro), now=now, force=True)
    messages.success(request, _("The macro stands in the composer. Please check it and send it."))
    return redirect(reverse("tickets:ticket-detail", args=[ticket.number]) + "#composer")
