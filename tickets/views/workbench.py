"""S01: the agent's workbench."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.queries.notification import todays
from tickets.queries.workbench import STRIPS, on_shift
from tickets.views.strip import draw_strip, drawn, may, named

ROUTE = "tickets:workbench"
MOST_NOTICES = 6


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """The whole page, or with `?strip=` one strip of it for the poll."""
    now = clock.now()
    asked = named(STRIPS, request.GET.get("strip", ""))
    if asked:
        return draw_strip(request, asked, now, ROUTE)
    context = {
        "strips": drawn(STRIPS, request.user, now, ROUTE),
        "may": may(request.user),
        "people": on_shift(),
        "notices": todays(request.user, now)[:MOST_NOTICES],
    }
    return render(request, "tickets/workbench.html", context)
