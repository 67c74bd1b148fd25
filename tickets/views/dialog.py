"""The one shape of every act on a ticket: find it, ask who may, read the form, act once, show what it is now."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from core import clock
from core.domain.idempotency import Answer, once
from core.errors import InputError, RuleError, StaleError
from core.permissions import require
from tickets.domain.undo import KEPT
from tickets.forms.base import ActForm
from tickets.models import Ticket
from tickets.queries.page import ticket_for
from tickets.queries.timeline import just_done, last_of
from tickets.views import queue, strip
from tickets.views.page import Page, found, page_of
from tickets.views.parts import draw_parts
from tickets.views.story import undo_url

View = Callable[[HttpRequest, str], HttpResponse]


@dataclass(frozen=True)
class Deed:
    """What an act hands to the domain: the ticket, the checked values, who and when."""

    ticket: Ticket
    form: Any
    user: Any
    now: datetime

    @property
    def data(self) -> dict[str, Any]:
        values: dict[str, Any] = self.form.cleaned_data
        return values

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.user, "now": self.now}

    @property
    def with_version(self) -> dict[str, Any]:
        return self.who | {"version": self.data["version"]}


Do = Callable[[Deed], Any]
Done = Promise | Callable[[Deed], str]


@dataclass(frozen=True)
class Act:
    """One act: who may, what is asked, what is done, and what is said before and after."""

    permission: str
    title: Promise
    done: "Done"
    do: "Do"
    form: type[ActForm] = ActForm
    submit: Promise | None = None
    intro: Promise | None = None
    template: str = "tickets/ticket_dialog.html"
    tone: str = "primary"
    draw: "Draw | None" = None
    more: Callable[[HttpRequest, Ticket], dict[str, Any]] = field(default=lambda request, ticket: {})


@dataclass(frozen=True)
class Drawing:
    """A dialog to be shown again. `theirs` is what somebody else has changed meanwhile."""

    act: Act
    ticket: Ticket
    form: ActForm
    now: datetime
    status: int = 200
    theirs: list[dict[str, Any]] = field(default_factory=list)


Draw = Callable[[HttpRequest, Drawing], HttpResponse]


def act(permission: str, title: Promise, done: Done, **options: Any) -> Callable[[Do], View]:
    """Turn `do(deed)` into the view of its name. `do` may answer the ticket to go on with."""

    def wrap(do: Do) -> View:
        described = Act(permission, title, done, do, **options)

        def view(request: HttpRequest, number: str) -> HttpResponse:
            return run(described, request, number)

        view.__name__, view.__doc__ = do.__name__, do.__doc__
        return require_http_methods(["GET", "HEAD", "POST"])(view)

    return wrap


def run(act: Act, request: HttpRequest, number: str) -> HttpResponse:
    ticket, now = found(request, number), clock.now()
    require(request.user, act.permission, ticket)
    asked = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = act.form(**asked, ticket=ticket, user=request.user, now=now, **act.more(request, ticket))
    draw = act.draw or draw_dialog
    if request.method != "POST":
        return draw(request, Drawing(act, ticket, form, now))
    if not form.is_valid():
        return draw(request, Drawing(act, ticket, form, now, 422))
    deed = Deed(ticket, form, request.user, now)
    try:
        number = effect(request, act, deed)
    except StaleError:
        return draw(request, stale(Drawing(act, ticket, form, now, 409), request))
    except RuleError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return draw(request, Drawing(act, ticket, form, now, 422 if isinstance(error, InputError) else 409))
    return answer(request, deed, number, act.done(deed) if callable(act.done) else str(act.done))


def effect(request: HttpRequest, act: Act, deed: Deed) -> str:
    """Act once for each key of a form; a repetition gets the same answer: the number of the ticket to go on with."""

    def do() -> Answer:
        shown = act.do(deed)
        return Answer(200, (shown if isinstance(shown, Ticket) else deed.ticket).number)

    key = request.POST.get("idempotency_key", "")
    if not key:
        return str(do().body)
    return str(once(actor=request.user, key=key, request=fingerprint(request), now=deed.now, act=do).body)


def fingerprint(request: HttpRequest) -> bytes:
    """What makes two submits the same: address, values, files by name and size."""
    own = ("csrfmiddlewaretoken", "idempotency_key", "after")
    values = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name not in own]
    files = [(name, file.name, file.size) for name, listed in request.FILES.lists() for file in listed]
    return sha256(repr((request.get_full_path(), values, files)).encode("utf-8", "surrogatepass")).digest()


def draw_dialog(request: HttpRequest, drawing: Drawing) -> HttpResponse:
    """The form in the shell's dialog, or as a page of its own."""
    act, form = drawing.act, drawing.form
    asked = form.data.get("version", "") if form.is_bound and not drawing.theirs else drawing.ticket.version
    context = {
        "act": act,
        "ticket": drawing.ticket,
        "form": form,
        "version": asked,
        "theirs": drawing.theirs,
        "origin": request.POST.get("from") or request.GET.get("from", ""),
        "back_url": reverse("tickets:ticket-detail", args=[drawing.ticket.number]),
    }
    return render(request, act.template, context, status=drawing.status)


def stale(drawing: Drawing, request: HttpRequest) -> Drawing:
    """The same form with what was typed, beside what the ticket is now; sent again it counts for the new version."""
    ticket = ticket_for(request.user, drawing.ticket.number) or drawing.ticket
    last = last_of(ticket)
    who = last.actor.name if last and last.actor else _("System")
    theirs = [
        {"label": _("Changed by"), "text": who},
        {"label": _("State"), "text": ticket.get_state_display()},
        {"label": _("Assignee"), "text": ticket.assignee.name if ticket.assignee else _("Unassigned")},
        {"label": _("Severity"), "text": ticket.get_severity_display()},
        {"label": _("Kind"), "text": ticket.get_kind_display()},
        {"label": _("Problem"), "text": ticket.subject},
    ]
    return Drawing(drawing.act, ticket, drawing.form, drawing.now, 409, theirs)


def answer(request: HttpRequest, deed: Deed, number: str, text: str) -> HttpResponse:
    """What has become of the ticket: a row of the queue, the parts of its page, or the page itself."""
    shown = ticket_for(request.user, number)
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    if shown and htmx and request.POST.get("from") == "queue":
        return queue.row_response(request, shown, text, oob=htmx.target == "wb-dialog-body")
    if htmx and request.POST.get("from") == strip.FROM:
        return strip.told(request, text)
    if shown and htmx and shown.pk == deed.ticket.pk:
        page = page_of(request, shown, deed.now)
        return draw_parts(request, page, toast=text, undo_url=_undo_url(page))
    messages.success(request, text)
    url = reverse("tickets:ticket-detail", args=[number]) if shown else reverse("tickets:ticket-list")
    return HttpResponseClientRedirect(url) if htmx else redirect(url)


def _undo_url(page: Page) -> str:
    """Where the act of this very moment can be taken back, "" if it cannot."""
    events = just_done(page.ticket, page.user, page.now)
    kept = {event.batch for event in events if event.kind in KEPT}
    first = next((event for event in events if event.batch not in kept), None)
    return undo_url(page.ticket, first) if first else ""
