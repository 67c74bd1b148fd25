from collections.abc import Collection
from typing import Any

from tickets.enums import ClockState
from tickets.models import Clock, Event, Ticket


def clocks_of(tickets: Collection[Ticket]) -> dict[int, list[Clock]]:
    """The clocks of some tickets, by ticket id; withdrawn ones left out. One statement."""
    found: dict[int, list[Clock]] = {ticket.pk: [] for ticket in tickets}
    shown = Clock.objects.filter(ticket__in=found).exclude(state=ClockState.WITHDRAWN)
    for clock in shown.order_by("due_at", "pk"):
        found[clock.ticket_id].append(clock)
    return found


def reports_of(tickets: Collection[Ticket]) -> dict[int, dict[str, Any]]:
    """The data of the `reported` events of some tickets, by ticket id. One statement."""
    ids = [ticket.pk for ticket in tickets]
    return dict(Event.objects.filter(ticket__in=ids, seq=1).values_list("ticket_id", "data"))
