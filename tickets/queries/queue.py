"""What has changed on a page of the queue since it was drawn."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from tickets.models import Ticket
from tickets.queries.ticket import open_tickets_for, tickets_for

A_PAGE = 50
BIG_INT = 2**63
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def my_open_count(user: Any) -> int:
    """How many open tickets the user holds: the number beside the navigation. One statement."""
    return open_tickets_for(user).order_by().filter(assignee=user).count()


def stamp(ticket: Ticket) -> str:
    """A word that changes with every write to the ticket, those of the sweep included."""
    return f"{(ticket.updated_at - EPOCH) // MICROSECOND & 0xFFFFFFFF:x}"


def token(tickets: list[Ticket]) -> str:
    """The rows on a page and the stamp of each, as a word for an address; `read_token` is its reverse."""
    return ".".join(f"{ticket.pk}-{stamp(ticket)}" for ticket in tickets)


def read_token(text: str) -> dict[int, str]:
    """Stamps by ticket id. Whatever is no token of ours counts as nothing known."""
    known = {}
    for part in text.split(".", A_PAGE)[:A_PAGE]:
        number, _dash, version = part.partition("-")
        if number.isascii() and number.isdigit() and len(number) < 20 and int(number) < BIG_INT:
            known[int(number)] = version
    return known


def page_and_known(user: Any, page: QuerySet[Ticket], known: Mapping[int, str]) -> list[Ticket]:
    """The tickets of one page of a list (a sliced queryset, whose order is kept) and the `known` ones, as far as the
    user still sees them; `on_page` tells which are on the page. One statement.
    """
    on_page = Q(pk__in=page.values("pk"))
    told = Case(When(on_page, then=Value(True)), default=Value(False), output_field=BooleanField())
    either = page.values("pk").union(Ticket.objects.filter(pk__in=list(known)).values("pk"))  # "or" would read all
    found = tickets_for(user).annotate(on_page=told).filter(pk__in=either)
    return list(found.order_by(*page.query.order_by))


def entered(on_page: list[int], known: Mapping[int, str]) -> list[int]:
    """Which tickets came into a page: those that were not on it, but for the tail of a full page, which only moved up
    from the next one.
    """
    shown = list(on_page)
    while len(on_page) == A_PAGE and shown and shown[-1] not in known:
        shown.pop()
    return [pk for pk in shown if pk not in known]
