"""A ticket beside the queue: its clocks, its last words, a quick answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.clock import now
from tickets.views.page import found, page_of

LAST = 3
CLOCKS = 4


@require_safe
def ticket_preview(request: HttpRequest, number: str) -> HttpResponse:
    """The panel beside the list; without script a small page."""
    page = page_of(request, found(request, number), now())
    context = {
        "page": page,
        "ticket": page.ticket,
        "entries": page.entries[-LAST:],
        "clocks": page.clocks[:CLOCKS],
        "mode": "note" if request.GET.get("mode") == "note" or not page.may_reply else "reply",
    }
    return render(request, "tickets/ticket_preview.html", context)
