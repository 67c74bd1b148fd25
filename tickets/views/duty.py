"""S02: the duty manager's desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.queries.notification import unread_of_kind
from tickets.queries.duty import STRIPS
from tickets.views.strip import draw_strip, drawn, may, named

ROUTE = "tickets:duty"
MOST_ESCALATIONS = 8


@require_safe
def duty(request: HttpRequest) -> HttpResponse:
    """The whole page, or with `?strip=` one strip of it for the poll."""
    now = clock.now()
    key = request.GET.get("strip", "")
    asked = named(STRIPS, key)
    if asked:
        return draw_strip(request, asked, now, ROUTE)
    unread = unread_of_kind(request.user, "escalation")[: MOST_ESCALATIONS + 1]
    context = {"escalations": unread[:MOST_ESCALATIONS], "more_escalations": len(unread) > MOST_ESCALATIONS}
    if key == "escalations":
        return render(request, "tickets/strip_escalations.html", context)
    strips = drawn(STRIPS, request.user, now, ROUTE)
    quiet = not unread and not any(one.rows for one in strips)
    return render(request, "tickets/duty.html", context | {"strips": strips, "may": may(request.user), "quiet": quiet})
