from datetime import datetime
from typing import Any

from tickets.domain.act import act_on
from tickets.domain.text import cleaned
from tickets.enums import EventKind, Source
from tickets.models import Ticket


def review(
    *,
    ticket: Ticket,
    note: str,
    actor: Any,
    now: datetime,
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """The duty manager has looked at a late entry that turned a breach (待复核, decisions 9). Without the flag nothing
    changes.
    """
    with act_on(ticket, actor=actor, now=now, action="review", version=version, source=source) as act:
        if act.ticket.needs_review:
            act.ticket.needs_review = False
            act.record(EventKind.REVIEWED, data={"note": cleaned(note, "note", limit=500, required=False)})
    return ticket
