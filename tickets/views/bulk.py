"""Acts on several tickets of the queue: choose them, say what, see what became of each.

Step one is a GET with the chosen rows (`pick=number:version`) or `all=1` for every ticket of the list whose query
string is `query`; step two posts the same with the values. Of what the person does not see nothing is told.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.domain.idempotency import Answer, answer_to, each_once
from core.errors import RuleError
from core.permissions import require
from tickets.domain import bulk
from tickets.domain.bulk import MOST, Pick, Report
from tickets.enums import Severity, State
from tickets.forms.bulk import BulkAssignForm, BulkForm, BulkSeverityForm, BulkStateForm
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for
from tickets.views.dialog import fingerprint
from tickets.views.listing import look_from

PICK = re.compile(r"([A-Z]{2}-[0-9]{4}-[0-9]{5,12})(?::([0-9]{1,9}))?")


@dataclass(frozen=True)
class Chosen:
    """What a request names: rows, or all of a list (as many as one act can take)."""

    picks: list[str]
    is_all: bool
    query: str
    tickets: list[Ticket]
    versions: dict[str, int] = field(default_factory=dict)

    def as_picks(self) -> list[Pick]:
        return [Pick(ticket, self.versions.get(ticket.number)) for ticket in self.tickets]


def chosen(request: HttpRequest) -> Chosen:
    """The visible ones of the tickets that a request names; of a whole list the first ones, asked for anew."""
    given = request.POST if request.method == "POST" else request.GET
    query, is_all = given.get("query", "")[:4000], given.get("all") == "1"
    if is_all:
        found = list(look_from(request.user, query, clock.now()).listed[:MOST])
        return Chosen([], True, query, found)
    versions = dict(_read(given.getlist("pick")[:MOST]))
    found = list(tickets_for(request.user).filter(number__in=versions).order_by("pk"))
    picks = [f"{ticket.number}:{versions[ticket.number]}" for ticket in found if versions[ticket.number] is not None]
    picks += [ticket.number for ticket in found if versions[ticket.number] is None]
    known = {number: version for number, version in versions.items() if version is not None}
    return Chosen(picks, False, query, found, known)


def _read(picks: list[str]) -> Iterator[tuple[str, int | None]]:
    for pick in picks:
        if match := PICK.fullmatch(pick):
            yield match[1], int(match[2]) if match[2] else None


@dataclass(frozen=True)
class Bulk:
    """One act on many: its route, its form, what it does and what is said of how many."""

    name: str
    title: Promise
    form: type[BulkForm]
    do: Callable[[Chosen, dict[str, Any], dict[str, Any]], Report]
    said: Callable[[int, dict[str, Any]], str]


def _assign(found: Chosen, data: dict[str, Any], who: dict[str, Any]) -> Report:
    return bulk.assign(picks=found.as_picks(), assignee=data["assignee"], **who)


def _set_state(found: Chosen, data: dict[str, Any], who: dict[str, Any]) -> Report:
    if data["state"] == State.RESOLVED:
        facts = {name: data[name] for name in BulkStateForm.FOR_RESOLVED}
        return bulk.resolve(picks=found.as_picks(), **facts, **who)
    return bulk.set_state(picks=found.as_picks(), state=data["state"], note=data["note"], **who)


def _set_severity(found: Chosen, data: dict[str, Any], who: dict[str, Any]) -> Report:
    return bulk.set_severity(picks=found.as_picks(), severity=data["severity"], **who)


def _assigned(n: int, data: dict[str, Any]) -> str:
    if data["assignee"] is None:
        return ngettext("%(n)s ticket taken from its assignee", "%(n)s tickets taken from their assignees", n) % {
            "n": n
        }
    facts = {"n": n, "name": data["assignee"].name}
    return ngettext("%(n)s ticket assigned to %(name)s", "%(n)s tickets assigned to %(name)s", n) % facts


def _stated(n: int, data: dict[str, Any]) -> str:
    facts = {"n": n, "state": State(data["state"]).label}
    return ngettext("%(n)s ticket set to “%(state)s”", "%(n)s tickets set to “%(state)s”", n) % facts


def _graded(n: int, data: dict[str, Any]) -> str:
    facts = {"n": n, "severity": Severity(data["severity"]).label}
    return ngettext("%(n)s ticket set to %(severity)s", "%(n)s tickets set to %(severity)s", n) % facts


ASSIGN = Bulk("bulk-assign", _("Assign"), BulkAssignForm, _assign, _assigned)
STATE = Bulk("bulk-state", _("Set the state"), BulkStateForm, _set_state, _stated)
SEVERITY = Bulk("bulk-severity", _("Set the severity"), BulkSeverityForm, _set_severity, _graded)


def _view(what: Bulk) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        return _run(what, request)

    view.__name__ = what.name.replace("-", "_")
    return require_http_methods(["GET", "HEAD", "POST"])(view)


bulk_assign, bulk_state, bulk_severity = _view(ASSIGN), _view(STATE), _view(SEVERITY)


def _run(what: Bulk, request: HttpRequest) -> HttpResponse:
    require(request.user, "tickets.bulk_ticket")
    found = chosen(request)
    form = what.form(request.POST if request.method == "POST" else None, user=request.user)
    if request.method != "POST":
        return _draw(request, what, found, form)
    if not form.is_valid():
        return _draw(request, what, found, form, 422)
    key = request.POST.get("idempotency_key", "")
    who = {"actor": request.user, "tick": clock.now}

    def act() -> Answer:
        if not found.tickets:
            raise RuleError("nothing_chosen", gettext("Please choose tickets first."))
        report = what.do(found, form.cleaned_data, who)
        return Answer(200, report.as_json() | {"said": what.said(report.done, form.cleaned_data)})

    try:
        told = each_once(actor=request.user, key=key, request=fingerprint(request), now=clock.now(), act=act).body
    except RuleError as error:
        form.add_error(None, error.message)
        return _draw(request, what, found, form, 409)
    undo_url = reverse("tickets:bulk-undo", args=[key]) if told["events"] else ""
    return _result(request, what.title, told, undo_url, found.query)


def _draw(request: HttpRequest, what: Bulk, found: Chosen, form: BulkForm, status: int = 200) -> HttpResponse:
    context = {
        "what": what,
        "url": reverse(f"tickets:{what.name}"),
        "found": found,
        "count": len(found.tickets),
        "most": MOST,
        "form": form,
        "back_url": f"{reverse('tickets:ticket-list')}?{found.query}",
    }
    return render(request, "tickets/bulk_form.html", context, status=status)


def _result(request: HttpRequest, title: Any, told: dict[str, Any], undo_url: str, query: str) -> HttpResponse:
    """All done: a toast over the list. Otherwise which ones were not, and why."""
    back_url = f"{reverse('tickets:ticket-list')}?{query}"
    context = {"title": title, "told": told, "undo_url": undo_url, "back_url": back_url}
    if request.htmx:  # type: ignore[attr-defined]
        response = render(
            request,
            "tickets/bulk_result.html" if told["refused"] else "wb/toast_oob.html",
            context | {"text": told["said"]},
        )
        response["HX-Trigger"] = "queue:changed"
        return response
    return render(request, "tickets/bulk_result.html", context)


@require_POST
def bulk_undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take one's own bulk act back, ticket by ticket."""
    require(request.user, "tickets.bulk_ticket")
    answer = answer_to(request.user, key)
    if answer is None or not isinstance(answer.body, dict) or "events" not in answer.body:
        raise Http404
    stored = {name: answer.body[name] for name in ("done", "refused", "events", "began_at", "ended_at")}
    try:
        report = bulk.take_back(report=Report(**stored), actor=request.user, tick=clock.now)
    except RuleError as error:
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(error.message, status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, error.message)
        return redirect("tickets:ticket-list")
    text = ngettext("%(n)s ticket is as it was before", "%(n)s tickets are as they were before", report.done)
    told = report.as_json() | {"said": text % {"n": report.done}}
    if request.htmx or report.refused:  # type: ignore[attr-defined]
        return _undone(request, told)
    messages.success(request, told["said"])
    return redirect("tickets:ticket-list")


def _undone(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return _result(request, gettext("Taken back"), told, "", "")
    reasons = "；".join(f"{number}：{reason}" for number, reason in told["refused"])
    text = f"{told['said']}。{reasons}" if reasons else told["said"]
    response = render(request, "wb/toast_oob.html", {"text": text})
    response["HX-Trigger"] = "queue:changed"
    return response
