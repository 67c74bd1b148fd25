"""S03: the work queue, its rows, and what is new in it."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock
from core.permissions import can, require
from customers.queries.customer import customers_for
from tickets.enums import ENDED, OPEN
from tickets.filters import TicketFilter, sorted_by
from tickets.forms.queue import QueueForm
from tickets.models import Ticket
from tickets.queries import queue
from tickets.queries.ticket import tickets_for
from tickets.tables import PAST, VIEWS, counts, rows_of, tickets_in, view_of

COUNTED = 5_000
OURS = ("since", "new")


class BoundedPaginator(Paginator):
    """Counts no further than `COUNTED`, so that no list costs more than its first pages."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:COUNTED].count()  # type: ignore[attr-defined]


class Look:
    """One person's look at the queue: which view, which filters, which order, which page."""

    def __init__(self, request: HttpRequest) -> None:
        self.user: Any = request.user
        self.asked: QueryDict = request.GET
        self.now: datetime = clock.now()
        self.view = view_of(self.asked.get("view", ""), self.user)
        states = ENDED if self.view is PAST else OPEN
        self.form = QueueForm(self.asked, user=self.user, sort=self.view.sort, states=states)
        self.query = self.form.query()

    @property
    def listed(self) -> QuerySet[Ticket]:
        """The tickets of the view that pass the filters, in the order asked for.

        The assignee is one of the form's choices, so that the filter need not look for the person once more.
        """
        query, shown = self.query.copy(), tickets_in(self.view, self.user, self.now)
        for assignee in query.pop("assignee", []):
            shown = shown.filter(assignee=int(assignee))
        return sorted_by(TicketFilter(query, queryset=shown).qs, self.form.order)

    def page(self) -> Page:
        return BoundedPaginator(self.listed, queue.A_PAGE).get_page(self.asked.get("page"))

    @property
    def page_slice(self) -> slice:
        """The rows of the page asked for, without counting."""
        asked = self.asked.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
        first = (max(number, 1) - 1) * queue.A_PAGE
        return slice(first, first + queue.A_PAGE)

    def without(self, *names: str) -> QueryDict:
        """The query string without these parameters and without what the watcher of the list adds."""
        kept = self.asked.copy()
        for name in (*names, *OURS):
            kept.pop(name, None)
        return kept

    @cached_property
    def customer_name(self) -> str:
        """The customer filtered by, or what was typed; empty for one that the user does not see."""
        known = self.form.cleaned_data
        if not known.get("customer"):
            return str(known.get("customer_text") or "")
        return customers_for(self.user).filter(pk=known["customer"]).values_list("name", flat=True).first() or ""

    @property
    def may(self) -> dict[str, bool]:
        return {act: can(self.user, f"tickets.{act}_ticket") for act in ("assign", "claim")}


@require_safe
def ticket_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "tickets.list_ticket")
    look = Look(request)
    exact = _exact(look)
    if exact:
        return redirect("tickets:ticket-detail", number=exact)
    page = look.page()
    tickets = list(page)
    context = {
        "rows": rows_of(tickets, look.now),
        "page_obj": page,
        "view": look.view,
        "views": _tabs(look),
        "filters": look.form,
        "customer_text": look.customer_name,
        "active": _active(look),
        "reset_url": f"?view={look.view.key}" if look.query else "",
        "empty": _empty(look),
        "may": look.may,
        **_watch(look, queue.token(tickets), 0),
    }
    return render(request, "tickets/ticket_list.html", context)


@require_safe
def ticket_rows(request: HttpRequest) -> HttpResponse:
    """What changed since the page was drawn: its rows anew, and how many would come in. 204 where nothing did.

    `since` names the rows on the page with the stamp of each, `new` the number of rows offered already.
    """
    require(request.user, "tickets.list_ticket")
    look = Look(request)
    known = queue.read_token(look.asked.get("since", ""))
    found = queue.page_and_known(look.user, look.listed[look.page_slice], known)
    shown = [ticket for ticket in found if ticket.pk in known]
    new = len(queue.entered([ticket.pk for ticket in found if ticket.on_page], known))  # type: ignore[attr-defined]
    gone = sorted(known.keys() - {ticket.pk for ticket in shown})
    changed = [ticket for ticket in shown if queue.stamp(ticket) != known[ticket.pk]]
    if not (changed or gone or str(new) != look.asked.get("new", "0")):
        return HttpResponse(status=204)
    context = {"rows": rows_of(changed, look.now), "gone": gone, "may": look.may}
    return render(request, "tickets/ticket_fresh.html", context | _watch(look, queue.token(shown), new))


@require_safe
def ticket_row(request: HttpRequest, number: str) -> HttpResponse:
    """One row as it is now, asked for when its deadline crosses a mark."""
    require(request.user, "tickets.list_ticket")
    return row_response(request, get_object_or_404(tickets_for(request.user), number=number))


def row_response(request: HttpRequest, ticket: Ticket, text: str = "", *, oob: bool = False) -> HttpResponse:
    """One row of the queue as it is now, the answer to an act on it; with a toast if there is something to say.

    `oob`: the act was done in a dialog, so that the row is put into its place out of band.
    """
    may = {act: can(request.user, f"tickets.{act}_ticket") for act in ("assign", "claim")}
    context = {"row": rows_of([ticket], clock.now())[0], "may": may, "oob": oob, "text": text}
    return render(request, "tickets/ticket_row_answer.html", context)


def _exact(look: Look) -> str:
    """The number of a visible ticket, where just that was searched for."""
    wanted = str(look.form.cleaned_data.get("q") or "").upper()
    if not wanted.startswith("WB-"):
        return ""
    return tickets_for(look.user).filter(number=wanted).values_list("number", flat=True).first() or ""


def _watch(look: Look, since: str, new: int) -> dict[str, Any]:
    """What the watcher of the list needs: where to ask next, how many new rows to offer, where they are."""
    here, ask = look.without(), look.without()
    ask["since"], ask["new"] = since, str(new)
    return {
        "watch_url": f"{reverse('tickets:ticket-rows')}?{ask.urlencode()}",
        "new": new,
        "list_url": f"{reverse('tickets:ticket-list')}?{here.urlencode()}",
    }


def _tabs(look: Look) -> list[dict[str, Any]]:
    figures = counts(look.user, look.now)
    return [
        {
            "label": view.label,
            "url": f"?view={view.key}",
            "count": figures.get(view.key),
            "active": view is look.view,
        }
        for view in (*VIEWS, PAST)
    ]


def _active(look: Look) -> list[dict[str, str]]:
    """The filters that are set out of sight, each with the address without it."""
    shown = []
    for field in look.form.more:
        value = look.form.cleaned_data.get(field.name)
        if value:
            choices: Any = look.form.fields[field.name]
            label = _("%(name)s: %(value)s") % {"name": field.label, "value": dict(choices.choices)[value]}
            shown.append({"label": label, "remove_url": f"?{look.without(field.name, 'page').urlencode()}"})
    if look.customer_name:
        rest = look.without("customer", "customer_text", "page")
        shown.append({"label": look.customer_name, "remove_url": f"?{rest.urlencode()}"})
    return shown


def _empty(look: Look) -> dict[str, Any]:
    """What an empty list says, and what to do next."""
    view, words = look.view, str(look.form.cleaned_data.get("q") or "")
    if words and view is not PAST:
        ended = QueryDict(mutable=True)
        ended.update({"view": PAST.key, "q": words})
        return _nothing(_("No ticket fits."), _("Search the ended tickets"), f"?{ended.urlencode()}")
    if look.query:
        return _nothing(_("No ticket fits."), _("Clear filters"), f"?view={view.key}")
    if view.key == "mine" and look.may["claim"]:
        return _nothing(view.empty, _("Look at unassigned tickets"), "?view=unassigned")
    if view.key == "all" and can(look.user, "tickets.report_ticket"):
        return _nothing(view.empty, _("New ticket"), reverse("tickets:ticket-create"))
    return _nothing(view.empty, _("Look at all open tickets"), "" if view.key == "all" else "?view=all")


def _nothing(text: Any, label: str, url: str) -> dict[str, Any]:
    return {"text": text, "label": label, "url": url}
