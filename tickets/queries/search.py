"""What search finds of the tickets, on the search page and in lists."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext as _

from core.grams import Query
from core.queries.search import MOST_HITS, Group, Hit
from core.queries.words import having
from customers.queries.search import Bearers, bearers_of, with_word
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for

COLUMNS = {"c": "customer", "p": "contact", "a": "asset"}


def with_words(tickets: QuerySet[Ticket], query: Query) -> QuerySet[Ticket]:
    """Those that hold every word of the query themselves or in the name of their customer, contact or device. Asks
    one statement at once, for the names.
    """
    if not query.readings:
        return tickets
    bearers = bearers_of({word: None for words in query.readings for word in words})
    return tickets.filter(having(query, or_else=lambda word: _of(bearers, word)))


def _of(bearers: Bearers, word: str) -> Q:
    """Tickets of a customer, contact or device with the word."""
    named = bearers.keys.get(word)
    either = Q(words__grams__overlap=named) if named else Q()
    for kind in sorted(bearers.common):
        either |= Q(**{f"{COLUMNS[kind]}__in": with_word(kind, word)})
    return either


def found(user: Any, query: Query) -> list[Group]:
    """The tickets that the person sees and the query finds: the one with just that number, then those of the newest
    numbers. Two statements.
    """
    number = query.typed.upper()
    tickets = with_words(tickets_for(user).select_related(None).select_related("customer"), query)
    same = ExpressionWrapper(Q(number=number), output_field=BooleanField())
    order = ("-same", "-number") if number.startswith("WB-") else ("-number",)
    listed = list(tickets.annotate(same=same).order_by(*order)[: MOST_HITS + 1])
    more = "/tickets/?" + urlencode({"view": "every", "q": query.typed}) if len(listed) > MOST_HITS else ""
    return [Group(_("Tickets"), [_hit(ticket, number) for ticket in listed[:MOST_HITS]], more)]


def _hit(ticket: Ticket, number: str) -> Hit:
    return Hit(
        title=ticket.subject,
        url=f"/tickets/{ticket.number}/",
        sub=f"{ticket.number} · {ticket.customer.short_name}",
        badge=ticket.get_state_display(),
        exact=ticket.number == number,
    )
