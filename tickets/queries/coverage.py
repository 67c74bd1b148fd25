"""How the coverage of a ticket was judged, from the report on. The caller has found the ticket to be visible."""

from django.db.models import Exists, OuterRef

from tickets.models import Event, Ticket


def judgements_of(ticket: Ticket) -> list[Event]:
    """The events that said what the coverage is, the newest first, each with `taken_back`; one statement."""
    taken_back = Exists(Event.objects.filter(voids=OuterRef("pk")))
    found = Event.objects.filter(ticket=ticket, data__facts__has_key="coverage").select_related("actor")
    return list(found.annotate(taken_back=taken_back).order_by("-seq"))
