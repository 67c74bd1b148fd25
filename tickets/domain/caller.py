"""A request of somebody who is no authorised caller is confirmed with one who is [004]."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InputError
from customers.domain import caller
from customers.models import Contact
from tickets.domain import message
from tickets.models import Ticket


def confirm(*, ticket: Ticket, contact: Contact, actor: Any, now: datetime) -> None:
    """Note with whom the request was confirmed, beside the ticket and as an internal note in its story.

    InputError at `contact` for somebody else's contact or no authorised caller, RuleError if it is confirmed already.
    """
    if contact.customer_id != ticket.customer_id:
        raise InputError("does_not_exist", _("This entry does not exist at the customer."), "contact")
    message.note(
        ticket=ticket,
        body=_("The request is confirmed with the authorised caller %(name)s.") % {"name": contact.name},
        actor=actor,
        now=now,
        also=lambda act: _keep(ticket, contact, actor, now),
    )


def _keep(ticket: Ticket, contact: Contact, actor: Any, now: datetime) -> None:
    caller.confirm(contact=contact, subject=subject_of(ticket), actor=actor, now=now)


def subject_of(ticket: Ticket) -> str:
    return f"tickets.ticket:{ticket.number}"
