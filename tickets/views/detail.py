"""S04: one ticket with its clocks, its story and what may be done about it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.clock import now
from tickets.domain.promises import promises_of
from tickets.domain.why import why_of
from tickets.queries.clock import clocks_of
from tickets.queries.timeline import Mark, mark_of, since
from tickets.views.page import Page, found, page_of
from tickets.views.parts import draw_parts

MAX_ID = 2**63 - 1


@require_safe
def ticket_detail(request: HttpRequest, number: str) -> HttpResponse:
    page = page_of(request, found(request, number), now())
    mode = page.draft.mode if page.draft else request.GET.get("mode", "")
    context = {"page": page, "ticket": page.ticket, "form": page.composer, "mode": page.mode_of(mode)}
    return render(request, "tickets/ticket_detail.html", context)


@require_safe
def timeline(request: HttpRequest, number: str) -> HttpResponse:
    """The lines that came after `?after=`, with the parts of the page that they change; 204 where there are none.

    `?entry=` is one line as it is now: after ten seconds it cannot be undone any more.
    """
    page = page_of(request, found(request, number), now())
    if "entry" in request.GET:
        return _entry(request, page)
    known = request.GET.get("after", "")
    news = since(page.ticket, mark_of(known), page.show) if known else None
    if news and not (news.events or news.escalations):
        return HttpResponse(status=204)
    return draw_parts(request, page, news)


def _entry(request: HttpRequest, page: Page) -> HttpResponse:
    wanted = request.GET["entry"]
    event = mark_of(wanted).event
    page.story = since(page.ticket, Mark(event - 1, MAX_ID), page.show)
    entry = next((one for one in page.entries if one.id == str(event)), None)
    if entry is None:
        raise Http404
    return render(request, "tickets/ticket_entry.html", {"page": page, "ticket": page.ticket, "entry": entry})


@require_safe
def clocks(request: HttpRequest, number: str) -> HttpResponse:
    """The clocks as they are now; 204 where they still look like `?since=`."""
    page = page_of(request, found(request, number), now())
    if request.GET.get("since") == page.token:
        return HttpResponse(status=204)
    return render(request, "tickets/ticket_clocks.html", {"page": page, "ticket": page.ticket})


@require_safe
def why(request: HttpRequest, number: str, clock: int) -> HttpResponse:
    """Why a deadline is what it is."""
    ticket = found(request, number)
    row = next((one for one in clocks_of([ticket])[ticket.pk] if one.pk == clock), None)
    if row is None:
        raise Http404
    told = why_of(row, promises_of(ticket), now())
    return render(request, "tickets/ticket_why.html", {"ticket": ticket, "why": told})
