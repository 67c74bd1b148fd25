"""What happened to a ticket, for lists of entries. The caller has found the ticket to be visible."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tickets.models import Event, Link, Message, Ticket
from tickets.queries.attachment import sees_internal
from tickets.queries.ticket import tickets_for


def events_of(ticket: Ticket) -> QuerySet[Event]:
    """All events in the order of entry, with the actor and the event that one voids."""
    return Event.objects.filter(ticket=ticket).select_related("actor", "voids").order_by("id")


def messages_of(ticket: Ticket, user: Any) -> QuerySet[Message]:
    """The messages in order, each with `taken_back`; internal ones only for who may see such."""
    taken_back = Exists(Event.objects.filter(voids=OuterRef("event")))
    messages = Message.objects.filter(ticket=ticket).annotate(taken_back=taken_back)
    shown = messages if sees_internal(user) else messages.filter(internal=False)
    return shown.select_related("event", "author", "from_contact", "to_contact").order_by("id")


def links_of(ticket: Ticket, user: Any) -> QuerySet[Link]:
    """The links to and from a ticket whose other end the user sees."""
    visible = tickets_for(user).values("pk")
    found = Link.objects.filter(Q(ticket=ticket, other__in=visible) | Q(other=ticket, ticket__in=visible))
    return found.select_related("ticket", "other").order_by("id")
