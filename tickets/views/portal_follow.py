"""Following a case without a login: number and phone open its state and promise for an hour, and nothing else."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.domain import throttle
from core import clock
from core.errors import InputError, RuleError
from tickets.domain.portal_case import say
from tickets.domain.portal_promise import Promise
from tickets.domain.portal_track import KINDS, Step, track
from tickets.enums import State
from tickets.forms.portal_case import FollowMessageForm
from tickets.forms.portal_device import FollowForm
from tickets.models import Ticket
from tickets.queries.portal_case import events_of_ticket, manager_on_duty
from tickets.queries.portal_follow import followed, ticket_of_phone
from tickets.views.portal_page import rows_of, token

OPEN_FOR = timedelta(hours=1)
MOST = 5
SESSION = "follow"


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for number and phone. An unknown number, another phone and no phone get the same answer."""
    form = FollowForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _ask(request, form)
    names = _counted(request, str(request.POST.get("number", "")))
    if not throttle.take(*names):
        return throttled(request)
    ticket = None
    if form.is_valid() and not form.is_trapped:
        ticket = ticket_of_phone(form.cleaned_data["number"], form.cleaned_data["phone"])
    if ticket is None:
        if form.is_valid():
            form.add_error(None, _("No case with this number and phone. Please check both, or call our hotline."))
        return _ask(request, form, 422)
    throttle.give_back(*names)
    allow(request, ticket.number, clock.now())
    return redirect("tickets:follow-case", number=ticket.number)


@require_http_methods(["GET", "HEAD", "POST"])
def follow_case(request: HttpRequest, number: str) -> HttpResponse:
    """The state of one case; a part of the page for its poll."""
    now = clock.now()
    if not is_allowed(request, number, now):
        return redirect("tickets:follow")
    ticket = followed(number)
    if ticket is None:
        raise Http404
    if request.method == "POST":
        return _say(request, ticket, now)
    return _draw(request, ticket, now, FollowMessageForm())


def allow(request: HttpRequest, number: str, now: datetime) -> None:
    """Let this browser follow a case for an hour."""
    until = int((now + OPEN_FOR).timestamp())
    kept = {name: end for name, end in _allowed(request).items() if end > now.timestamp() and name != number}
    request.session[SESSION] = dict([*kept.items(), (number, until)][-MOST:])


def is_allowed(request: HttpRequest, number: str, now: datetime) -> bool:
    return bool(_allowed(request).get(number, 0) > now.timestamp())


def throttled(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", {"seconds": throttle.WINDOW_SECONDS}, status=429)
    response["Retry-After"] = str(throttle.WINDOW_SECONDS)
    return response


def _allowed(request: HttpRequest) -> dict[str, int]:
    kept: dict[str, int] = request.session.get(SESSION, {})
    return kept


def _counted(request: HttpRequest, number: str) -> tuple[str, str]:
    address: str = request.client_ip  # type: ignore[attr-defined]  # set by the access middleware
    return f"follow:{address}", f"follow:{number.strip().upper()}"


def _say(request: HttpRequest, ticket: Ticket, now: datetime) -> HttpResponse:
    if not throttle.take(*_counted(request, ticket.number)):
        return throttled(request)
    form = FollowMessageForm(request.POST)
    if not form.is_valid():
        return _draw(request, ticket, now, form, 422)
    try:
        say(ticket=ticket, body=form.cleaned_data["body"], contact=None, actor=None, now=now)
    except RuleError as error:
        form.add_error("body", error.message)
        return _draw(request, ticket, now, form, 422 if isinstance(error, InputError) else 409)
    return redirect(f"{request.path}?sent=1")


def _draw(request: HttpRequest, ticket: Ticket, now: datetime, form: Any, status: int = 200) -> HttpResponse:
    promise = rows_of([ticket], now)[0].promise
    mark = token(ticket.version, promise.look)
    if request.GET.get("since") == mark:
        return HttpResponse(status=204)
    late = promise.kind == "late"
    manager = manager_on_duty() if late else None
    page: dict[str, Any] = {
        "ticket": ticket,
        "promise": promise,
        "manager": manager.name if manager else "",
        "steps": _steps(ticket, promise),
        "token": mark,
        "form": form,
        "may_say": ticket.state not in (State.CLOSED, State.CANCELLED),
        "sent": "sent" in request.GET,
    }
    template = "portal_follow_live" if "since" in request.GET else "portal_follow_case"
    return render(request, f"tickets/{template}.html", page, status=status)


def _steps(ticket: Ticket, promise: Promise) -> list[Step]:
    return track(ticket, events_of_ticket(ticket, KINDS - {"message", "attached"}), promise.targets)


def _ask(request: HttpRequest, form: FollowForm, status: int = 200) -> HttpResponse:
    return render(request, "tickets/portal_follow.html", {"form": form}, status=status)
