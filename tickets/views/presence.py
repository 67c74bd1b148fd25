"""The heartbeat of an open ticket page: says that one is here, answers who else is."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from core.clock import now
from tickets.domain import presence
from tickets.queries.presence import viewers
from tickets.queries.ticket import tickets_for


@require_POST
def beat(request: HttpRequest, number: str) -> HttpResponse:
    """`mode` is viewing, replying or gone. 204 where nobody else is here."""
    at, mode = now(), request.POST.get("mode", "")
    if not tickets_for(request.user).filter(number=number).exists():
        raise Http404
    if mode == "gone":
        presence.leave(number=number, user=request.user, now=at)
        return HttpResponse(status=204)
    presence.beat(number=number, user=request.user, replying=mode == "replying", now=at)
    others = viewers([number], request.user, at).get(number, [])
    if not others:
        return HttpResponse(status=204)
    return render(request, "tickets/ticket_presence.html", {"viewers": others})
