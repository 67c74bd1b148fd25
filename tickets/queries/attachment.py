from typing import Any

from django.db.models import QuerySet

from accounts.enums import UserKind
from core.models import Attachment
from core.queries.attachment import attachments_of
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for

PARENT = "tickets.ticket"


def sees_attachment(user: Any, attachment: Attachment) -> bool:
    """Whoever sees the ticket sees its files; internal ones only our own people and REST clients."""
    if attachment.internal and not sees_internal(user):
        return False
    mine = tickets_for(user).filter(number=attachment.parent_key, customer=attachment.customer_id)
    return mine.exists()


def files_of(ticket: Ticket, user: Any) -> QuerySet[Attachment]:
    """The files of a ticket that the user sees, as far as this user may see them."""
    return attachments_of(PARENT, ticket.number, internal=sees_internal(user))


def sees_internal(user: Any) -> bool:
    return getattr(user, "kind", UserKind.CONTACT) in (UserKind.STAFF, UserKind.CLIENT)
