from datetime import datetime
from typing import Any

from django.core.files import File

from core.domain.attachment import store
from core.models import Attachment
from tickets.domain.act import act_on
from tickets.enums import EventKind, Source
from tickets.models import Ticket
from tickets.queries.attachment import PARENT


def attach(
    *,
    ticket: Ticket,
    upload: "File[bytes]",
    internal: bool,
    actor: Any,
    now: datetime,
    version: int | None = None,
    source: str = Source.DESK,
) -> Attachment:
    """Add a file to a ticket; an `internal` one is never shown to the customer.

    Raises InputError at `file` for what is not accepted. If the transaction is rolled back, the file is removed again.
    """
    with act_on(ticket, actor=actor, now=now, action="attach", version=version, source=source) as act:
        attachment = store(
            upload=upload,
            customer_id=act.ticket.customer_id,
            parent_kind=PARENT,
            parent_key=act.ticket.number,
            internal=internal,
            actor=actor,
            now=now,
        )
        data = {"attachment": str(attachment.pk), "name": attachment.name, "internal": internal}
        act.record(EventKind.ATTACHED, data=data)
    return attachment
