"""One person's look at the queue: which view, which filters, which order, which columns, which page.

The same look serves the page, its poll, bulk acts "on all", exports, the next ticket and the neighbours of one.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict

from core import clock
from core.permissions import can
from customers.queries.customer import customers_for
from tickets.enums import ENDED, OPEN, State
from tickets.filters import TicketFilter, sorted_by
from tickets.forms.queue import QueueForm
from tickets.models import SavedView, Ticket
from tickets.queries import queue
from tickets.queries.saved_view import saved_views_for
from tickets.tables import EVERY, PAST, View, columns_of, tickets_in, view_of

COUNTED = 5_000
NEIGHBOURS = 500
OURS = ("since", "new", "page")
STATES = {PAST.key: ENDED, EVERY.key: frozenset(State)}


class BoundedPaginator(Paginator):
    """Counts no further than `COUNTED`, so that no list costs more than its first pages; not at all if told."""

    def __init__(self, tickets: QuerySet[Ticket], known: int | None = None) -> None:
        super().__init__(tickets, queue.A_PAGE)
        self.known = known

    @cached_property
    def count(self) -> int:
        if self.known is not None:
            return self.known
        return self.object_list.order_by()[:COUNTED].count()  # type: ignore[attr-defined]


class Look:
    """What a query string means to a person. `?v=` names a saved view, whose query it stands for; what is given beside
    it counts more. A saved view that the person does not see is 404.
    """

    def __init__(self, user: Any, given: QueryDict, now: datetime, saved_views: list[SavedView] | None = None) -> None:
        self.user, self.given, self.now = user, given, now
        if saved_views is not None:
            self.saved_views = saved_views
        self.asked = self._with_saved()
        self.view: View = view_of(self.asked.get("view", ""), user)
        states = STATES.get(self.view.key, OPEN)
        self.form = QueueForm(self.asked, user=user, sort=self.view.sort, states=states)
        self.query = self.form.query()

    # --- Saved views and columns -------------------------------------------------------------------------------------

    @cached_property
    def saved_views(self) -> list[SavedView]:
        """Every saved view of the person, the nameless one with the columns first. One statement."""
        return list(saved_views_for(self.user))

    @cached_property
    def saved(self) -> SavedView | None:
        """The saved view that is looked at."""
        key = self.given.get("v", "")
        if not key:
            return None
        found = next((view for view in self.saved_views if view.name and str(view.pk) == key), None)
        if found is None:
            raise Http404
        return found

    def _with_saved(self) -> QueryDict:
        if self.saved is None:
            return self.given
        asked = QueryDict(self.saved.query, mutable=True)
        for name, values in self.given.lists():
            asked.setlist(name, values)
        return asked

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the saved view, else the person's, else the shipped ones."""
        own = next((view.columns for view in self.saved_views if not view.name), "")
        return columns_of(self.saved.columns if self.saved and self.saved.columns else own)

    @property
    def text(self) -> str:
        """The look as a query string that does not depend on a saved view: what saving stores."""
        query = QueryDict(mutable=True)
        query["view"] = self.view.key
        query.update(self.form.given)
        if self.form.order != self.view.sort:
            query["sort"] = self.form.order
        return query.urlencode()

    @property
    def is_changed(self) -> bool:
        """Whether what is looked at differs from the saved view."""
        return self.saved is not None and self.text != self.saved.query

    # --- Tickets ------------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether the view holds open tickets only, so that it can be counted with the tabs."""
        return self.view not in (PAST, EVERY)

    @property
    def is_counted(self) -> bool:
        """Whether its tab shows a number; words are looked up by a statement of their own, which no tab is worth."""
        return self.is_open and "q" not in self.query

    @cached_property
    def listed(self) -> QuerySet[Ticket]:
        """The tickets of the view that pass the filters, in the order asked for.

        The assignee is a number that the form has checked, so that the filter need not look for the person.
        """
        query, shown = self.query.copy(), tickets_in(self.view, self.user, self.now)
        for assignee in query.pop("assignee", []):
            shown = shown.filter(assignee=int(assignee))
        return sorted_by(TicketFilter(query, queryset=shown).qs, self.form.order)

    def page(self, known: int | None = None) -> Page:
        return BoundedPaginator(self.listed, known).get_page(self.asked.get("page"))

    @property
    def page_slice(self) -> slice:
        """The rows of the page asked for, without counting."""
        asked = self.asked.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
        first = (max(number, 1) - 1) * queue.A_PAGE
        return slice(first, first + queue.A_PAGE)

    # --- Addresses ----------------------------------------------------------------------------------------------------

    def without(self, *names: str) -> QueryDict:
        """The query string without these parameters and without what the watcher of the list adds; what the saved view
        sets is emptied instead.
        """
        kept = self.given.copy()
        for name in (*names, *OURS[:2]):
            kept.pop(name, None)
            if self.saved and name in QueryDict(self.saved.query):
                kept[name] = ""
        return kept

    @property
    def here(self) -> str:
        """The query string of this look, from its first page."""
        return self.without("page").urlencode()

    def customer_name(self, tickets: list[Ticket]) -> str:
        """The customer filtered by, or what was typed; empty for one that the user does not see. The tickets listed
        know it already.
        """
        known = self.form.cleaned_data
        if not known.get("customer"):
            return str(known.get("customer_text") or "")
        if tickets:
            return tickets[0].customer.name
        return customers_for(self.user).filter(pk=known["customer"]).values_list("name", flat=True).first() or ""

    @property
    def may(self) -> Mapping[str, bool]:
        acts = ("assign", "claim", "bulk", "export")
        return {act: can(self.user, f"tickets.{act}_ticket") for act in acts}


def look_of(request: HttpRequest) -> Look:
    return Look(request.user, request.GET, clock.now())


def look_from(user: Any, query: str, now: datetime) -> Look:
    """The look of a query string handed over as text."""
    return Look(user, QueryDict(query[:4000]), now)


def look_behind(request: HttpRequest) -> Look:
    """The look of the list that a part of its page was asked from."""
    address = getattr(request.htmx, "current_url", None) or ""  # type: ignore[attr-defined]
    query = QueryDict(urlsplit(address).query)
    kept = QueryDict(mutable=True)
    if query.get("v", "").isdigit():
        kept["v"] = query["v"]
    try:
        return Look(request.user, kept, clock.now())
    except Http404:
        return Look(request.user, QueryDict(), clock.now())


def queue_of(request: HttpRequest) -> str:
    """The query string of the list that the person came from: `?queue=`, else the page before. "" if it was none."""
    if "queue" in request.GET:
        return request.GET["queue"][:4000]
    before = urlsplit(request.headers.get("Referer", ""))
    same = before.netloc == request.get_host() and before.path == "/tickets/"
    return before.query[:4000] if same else ""


def neighbours(user: Any, query: str, ticket: Ticket, now: datetime) -> tuple[str, str]:
    """The numbers of the tickets before and after this one in the list of a query string, "" where there is none.

    Of a ticket that has left the list, or stands beyond its first 500: nothing before it, the first one after. Two
    statements (the second finds the person's saved views, where `?v=` names one).
    """
    try:
        look = look_from(user, query, now)
    except Http404:
        return "", ""
    numbers = list(look.listed.values_list("number", flat=True)[:NEIGHBOURS])
    if ticket.number not in numbers:
        return "", next(iter(numbers), "")
    at = numbers.index(ticket.number)
    return numbers[at - 1] if at else "", next(iter(numbers[at + 1 :]), "")
