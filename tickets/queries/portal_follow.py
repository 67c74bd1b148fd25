"""Cases found without a login: by number and the phone that was given with the report."""

from core.errors import InputError
from customers.domain.phone import stored
from tickets.enums import BACKSTAGE_KINDS
from tickets.models import Ticket


def ticket_of_phone(number: str, phone: str) -> Ticket | None:
    """The case of this number if this phone belongs to its caller or contact, however it is written. One statement."""
    ticket = followed(number.strip().upper())
    typed = _same(phone)
    if ticket is None or not typed:
        return None
    known = {_same(ticket.caller_phone), _same(ticket.contact.phone if ticket.contact else "")}
    return ticket if typed in known else None


def followed(number: str) -> Ticket | None:
    """A case by its number, for somebody who has shown that it is theirs; none of a customer no longer served.

    One statement.
    """
    found = Ticket.objects.exclude(kind__in=sorted(BACKSTAGE_KINDS)).select_related("customer", "contact", "assignee")
    return found.filter(number=number, customer__is_active=True).first()


def _same(phone: str) -> str:
    """A number in the one form in which two can be compared, without extension; "" for what is none."""
    try:
        return stored(phone).partition(";")[0]
    except InputError:
        return ""
