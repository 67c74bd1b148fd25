"""What a ticket is found by, written in the transaction that writes the ticket (docs/adr/0010).

Its own words only: customers, contacts and devices are named by key and searched in their own words, so that a new
name of theirs counts at once. Messages and notes are not among them.
"""

from typing import Any

from django.db import transaction
from django.db.models import F, Func, Max, Value

from core.grams import grams_of, phone_text, text_of
from core.hooks import after
from customers.queries.search import key_of
from tickets.models import Ticket, TicketWords

CHUNK = 1000


def sources(ticket: Ticket) -> tuple[Any, ...]:
    """All that decides by what the ticket is found, for comparing before and after an act."""
    return (
        ticket.number,
        ticket.subject,
        ticket.description,
        ticket.caller_name,
        ticket.caller_phone,
        ticket.solution,
        ticket.customer_id,
        ticket.contact_id,
        ticket.asset_id,
    )


def keep(ticket: Ticket) -> None:
    """Write what the ticket is found by."""
    _write([ticket])


def build() -> int:
    """Write the words of all tickets anew, a part at a time. How many."""
    last = Ticket.objects.aggregate(last=Max("pk"))["last"] or 0
    return sum(_write_part(start) for start in range(0, last + 1, CHUNK))


@after("customers.merge")
def follow_merge(*, keeper: Any, doubled: Any, **_facts: Any) -> None:
    """The tickets of a customer that was merged into another are found by the one that stays."""
    old, new = key_of("c", doubled.pk), key_of("c", keeper.pk)
    named = TicketWords.objects.filter(ticket__customer=keeper, grams__contains=[old])
    named.update(grams=Func(F("grams"), Value(old), Value(new), function="array_replace"))


@transaction.atomic
def _write_part(start: int) -> int:
    """The tickets are locked as an act locks them, so that none changes between reading and writing."""
    part = Ticket.objects.filter(pk__gte=start, pk__lt=start + CHUNK).order_by("pk")
    return _write(list(part.select_for_update(no_key=True)))


def _write(tickets: list[Ticket]) -> int:
    made = [_words(ticket) for ticket in tickets]
    TicketWords.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["ticket"], update_fields=["text", "grams"]
    )
    return len(made)


def _words(ticket: Ticket) -> TicketWords:
    text = text_of(
        ticket.number,
        ticket.subject,
        ticket.description,
        ticket.caller_name,
        phone_text(ticket.caller_phone),
        ticket.solution,
    )
    kinds = (("c", ticket.customer_id), ("p", ticket.contact_id), ("a", ticket.asset_id))
    keys = [key_of(kind, pk) for kind, pk in kinds if pk]
    return TicketWords(ticket=ticket, text=text, grams=[*grams_of(text), *keys])
