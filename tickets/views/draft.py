"""Keeping the draft of a composer: every two seconds of writing by script, by its button without."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.clock import now
from core.errors import InputError, RuleError
from core.permissions import require
from tickets.domain.draft import Writing, keep
from tickets.models import Macro, Ticket
from tickets.queries.draft import draft_of, stamp_of
from tickets.queries.macro import macros_for
from tickets.views.page import found

MAX_ID = 2**63


@require_POST
def save(request: HttpRequest, number: str) -> HttpResponse:
    """200 with the draft's line, 409 with the newer one of another window, 422 for a text that cannot be kept."""
    ticket = found(request, number)
    require(request.user, "tickets.note_ticket", ticket)
    try:
        kept = keep(
            ticket=ticket,
            user=request.user,
            writing=writing_of(request),
            now=now(),
            force="force" in request.POST or not _by_script(request),
        )
    except RuleError as error:
        return _refused(request, ticket, error)
    if _by_script(request):
        return _line(request, {"draft": kept, "stamp": stamp_of(kept)})
    messages.success(request, _("Draft saved") if kept else _("There is nothing to save yet."))
    return redirect("tickets:ticket-detail", number=number)


def writing_of(request: HttpRequest) -> Writing:
    sent = request.POST
    return Writing(
        mode=sent.get("mode", ""),
        body=sent.get("body", ""),
        macro=macro_of(request.user, sent.get("macro", "")),
        known=sent.get("known", ""),
    )


def macro_of(user: Any, given: str) -> Macro | None:
    """The macro that a form names, if the person may know of it."""
    known = given.isascii() and given.isdigit() and int(given) < MAX_ID
    return macros_for(user).filter(pk=given).first() if known else None


def _refused(request: HttpRequest, ticket: Ticket, error: RuleError) -> HttpResponse:
    status = 422 if isinstance(error, InputError) else 409
    if not _by_script(request):
        messages.error(request, error.message)
        return redirect("tickets:ticket-detail", number=ticket.number)
    newer = draft_of(ticket, request.user) if error.code == "newer_draft" else None
    return _line(request, {"message": error.message, "newer": newer, "stamp": stamp_of(newer)}, status)


def _line(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "tickets/ticket_draft.html", context, status=status)


def _by_script(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]
