"""What the ticket page and its dialogs read besides clocks and story. The caller has found the ticket to be visible."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from customers.models import Contact
from customers.queries.customer import contacts_for
from tickets.enums import ClockState, ParticipantReason
from tickets.models import Clock, Participant, Ticket
from tickets.queries.ticket import tickets_for

SUGGESTED = 20
_NAMED = (
    "contact",
    "created_by",
    "site",
    "asset__product",
    "asset__site",
    "line__contract",
    "line__promise_set",
    "assignee__team",
    "merged_into",
)


def ticket_for(user: Any, number: str) -> Ticket | None:
    """The ticket with all that its page names, and whether others were merged into it, if the user may know of it. One
    statement.
    """
    merged = Exists(Ticket.objects.filter(merged_into=OuterRef("pk")))
    return tickets_for(user).select_related(*_NAMED).annotate(has_merged=merged).filter(number=number).first()


def followers_of(ticket: Ticket) -> list[Participant]:
    """Who wants to be told, by name."""
    following = Participant.objects.filter(ticket=ticket, why=ParticipantReason.FOLLOWER, until=None)
    return list(following.select_related("user").order_by("user__name", "pk"))


def recipients_of(ticket: Ticket, user: Any) -> QuerySet[Contact]:
    """The contacts of the customer whom an answer can go to, by name."""
    return contacts_for(user).filter(customer=ticket.customer_id, is_active=True).order_by("name", "pk")


def names_of(ids: Collection[int]) -> dict[int, str]:
    """The names of people, by id; nothing is asked for nobody."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def late_clocks(ticket: Ticket, now: datetime) -> list[Clock]:
    """The clocks that were missed by `now` and have no reason yet."""
    late = Q(state__in=(ClockState.BREACHED, ClockState.MET_LATE)) | Q(state=ClockState.RUNNING, due_at__lt=now)
    return list(Clock.objects.filter(late, ticket=ticket, breach_reason="").order_by("due_at"))


def other_tickets(ticket: Ticket, user: Any) -> list[Ticket]:
    """The customer's latest other tickets."""
    found = tickets_for(user).filter(customer=ticket.customer_id).exclude(pk=ticket.pk)
    return list(found.order_by("-id")[:SUGGESTED])
