"""The parts of an open ticket page that an act or time has changed, for htmx to put into their places."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from tickets.enums import EventKind
from tickets.queries.timeline import A_PAGE, Story, mark_of, since
from tickets.views.page import Page

# These change lines that are already on the page.
_REACHING_BACK = frozenset({EventKind.VOIDED, EventKind.MERGED})


def draw_parts(
    request: HttpRequest, page: Page, news: Story | None = None, *, toast: str = "", undo_url: str = ""
) -> HttpResponse:
    """Head, clocks, story, cards. Lines are added to the story where the page said how far it goes, else it is drawn
    anew.
    """
    known = request.POST.get("after", "")
    if known:
        news = since(page.ticket, mark_of(known), page.show)
    adds = news is not None and adds_only(news)
    if news and adds:
        page.story = news
    context: dict[str, Any] = {
        "page": page,
        "ticket": page.ticket,
        "adds": adds,
        "toast": toast,
        "undo_url": undo_url,
        "acted": request.method == "POST",
        "composed": request.headers.get("HX-Target") == "composer",
    }
    response = render(request, "tickets/ticket_parts.html", context)
    if any(event.kind == EventKind.LINKED for event in page.story.events):
        trigger_client_event(response, "wb:linked", {})
    return response


def adds_only(news: Story) -> bool:
    """Whether the news can simply be put behind what is there."""
    return len(news.events) < A_PAGE and not any(event.kind in _REACHING_BACK for event in news.events)
