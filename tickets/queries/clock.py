from collections.abc import Collection

from django.db.models import Q

from tickets.enums import REBINDING, ClockState
from tickets.models import Clock, Event, Ticket


def clocks_of(tickets: Collection[Ticket]) -> dict[int, list[Clock]]:
    """The clocks of some tickets, by ticket id; withdrawn ones left out. One statement."""
    found: dict[int, list[Clock]] = {ticket.pk: [] for ticket in tickets}
    shown = Clock.objects.filter(ticket__in=found).exclude(state=ClockState.WITHDRAWN)
    for clock in shown.order_by("due_at", "pk"):
        found[clock.ticket_id].append(clock)
    return found


def bindings_of(tickets: Collection[Ticket]) -> dict[int, list[Event]]:
    """The events that say which promises bind some tickets, by ticket id: the report and what changed it.
    One statement.
    """
    found: dict[int, list[Event]] = {ticket.pk: [] for ticket in tickets}
    binding = Event.objects.filter(Q(seq=1) | Q(kind__in=REBINDING), ticket__in=found)
    for event in binding.only("ticket_id", "seq", "kind", "at", "data").order_by("seq"):
        found[event.ticket_id].append(event)
    return found
