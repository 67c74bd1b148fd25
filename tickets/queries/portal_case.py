"""What a customer's contact reads of their own cases; all starts from `cases_for`."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.queries.user import duty_managers
from tickets.enums import BACKSTAGE_KINDS, OPEN, EventKind, State
from tickets.models import Event, Ticket
from tickets.queries.ticket import tickets_for

A_PAGE = 20
MOST_OPEN = 20
MOST_EVENTS = 400
LIVE = frozenset({*OPEN, State.RESOLVED})


def cases_for(user: Any) -> QuerySet[Ticket]:
    """The tickets that the contact sees, as services: without trainings and depot repairs, which have pages of their
    own.
    """
    return tickets_for(user).exclude(kind__in=sorted(BACKSTAGE_KINDS))


def live_cases(user: Any) -> list[Ticket]:
    """What is open or waits for the customer's confirmation, the newest first. One statement."""
    found = cases_for(user).filter(state__in=sorted(LIVE)).select_related("asset")
    return list(found.order_by("-id")[:MOST_OPEN])


def case_list(user: Any, words: str) -> QuerySet[Ticket]:
    """All cases, the newest first; with `words` those whose number or subject has every one of them."""
    found = cases_for(user).select_related("asset", "site").order_by("-id")
    for word in words.split():
        found = found.filter(Q(number__icontains=word) | Q(subject__icontains=word))
    return found


def case_for(user: Any, number: str) -> Ticket | None:
    """One case with what its page names, or None. One statement."""
    named = ("contact", "site", "asset__product", "merged_into")
    return cases_for(user).select_related(*named).filter(number=number).first()


def events_of_case(user: Any, ticket: Ticket, kinds: frozenset[str]) -> list[Event]:
    """The events of these kinds that stand, in order, with their messages; nothing internal, nothing about sheets.

    Of cases merged into this one that the user sees, what was said. One statement.
    """
    told = cases_for(user).filter(Q(pk=ticket.pk) | Q(merged_into=ticket.pk))
    return _told(kinds, ticket, Q(ticket__in=told.order_by().values("pk")))


def events_of_ticket(ticket: Ticket, kinds: frozenset[str]) -> list[Event]:
    """The same for one ticket, whoever asks. One statement."""
    return _told(kinds, ticket, Q(ticket=ticket))


def manager_on_duty() -> User | None:
    """Who calls the customer about a late promise."""
    return duty_managers().first()


def _told(kinds: frozenset[str], ticket: Ticket, where: Q) -> list[Event]:
    own = Q(ticket=ticket) | Q(kind=EventKind.MESSAGE)
    internal = Q(kind__in=(EventKind.MESSAGE, EventKind.ATTACHED), data__internal=True)
    standing = ~Exists(Event.objects.filter(voids=OuterRef("pk")))
    found = Event.objects.filter(where, own, standing, about="", kind__in=sorted(kinds)).exclude(internal)
    newest = found.select_related("actor", "message__from_contact").order_by("-id")[:MOST_EVENTS]
    return list(newest)[::-1]
