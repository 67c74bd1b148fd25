"""What was said about a case, for the customer's page. Only what is theirs to read ever comes in here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tickets.domain.message import UNDO
from tickets.enums import EventKind
from tickets.models import Event, Ticket
from tickets.views.words import file_url


@dataclass
class Entry:
    """A line of the thread; `mine` was written by the reader, `ours` by us."""

    id: int
    at: datetime
    author: str
    body: str
    ours: bool
    mine: bool = False
    event: Event | None = None
    files: list[dict[str, str]] = field(default_factory=list)

    @property
    def outgoing(self) -> bool:
        """As the timeline's partial calls what we say."""
        return self.ours


def thread(ticket: Ticket, events: list[Event], reader: Any, now: datetime) -> list[Entry]:
    """What was said, in order; a file hangs on the message that it was sent with. Our own words appear once they
    cannot be taken back any more.
    """
    told: list[Entry] = []
    for event in events:
        if event.kind == EventKind.ATTACHED and _joined(event, told):
            continue
        entry = _entry(ticket, event, reader, now)
        if entry:
            told.append(entry)
    return told


def _entry(ticket: Ticket, event: Event, reader: Any, now: datetime) -> Entry | None:
    tell = _TELL.get(event.kind)
    entry = tell(ticket, event, reader) if tell else None
    if entry is None or (entry.ours and event.recorded_at > now - UNDO and event.actor_id):
        return None
    entry.event = event
    return entry


def _said(ticket: Ticket, event: Event, reader: Any) -> Entry:
    message = event.message
    if message.from_contact:
        mine = reader is not None and message.from_contact_id == reader.pk
        author = _("You") if mine else message.from_contact.name
        return Entry(event.pk, event.recorded_at, author, message.body, ours=False, mine=mine)
    if event.actor and "said_by" not in event.data:
        return Entry(event.pk, event.recorded_at, event.actor.name, message.body, ours=True)
    author = event.data.get("said_by") or ticket.caller_name or _("Caller")
    return Entry(event.pk, event.recorded_at, author, message.body, ours=False)


def _reported(ticket: Ticket, event: Event, reader: Any) -> Entry:
    mine = reader is not None and ticket.contact_id == reader.pk and event.actor_id == reader.user_id
    name = ticket.caller_name or (ticket.contact.name if ticket.contact else ticket.customer.short_name)
    author = _("You") if mine else name
    return Entry(event.pk, event.recorded_at, author, ticket.description or ticket.subject, ours=False, mine=mine)


def _file(ticket: Ticket, event: Event, reader: Any) -> Entry:
    mine = reader is not None and event.actor_id == reader.user_id
    ours = event.actor is not None and event.actor.is_staff_member
    author = _("You") if mine else event.actor.name if event.actor else ticket.caller_name
    entry = Entry(event.pk, event.recorded_at, author, "", ours=ours, mine=mine)
    entry.files.append(_link(event))
    return entry


def _solved(ticket: Ticket, event: Event, reader: Any) -> Entry:
    author = event.actor.name if event.actor else _("Service desk")
    words = event.data.get("set", {}).get("solution", "")
    return Entry(event.pk, event.recorded_at, author, _("What we have done: %(words)s") % {"words": words}, ours=True)


def _again(ticket: Ticket, event: Event, reader: Any) -> Entry:
    mine = reader is not None and event.actor_id == reader.user_id
    staff = event.actor is not None and event.actor.is_staff_member
    author = _("You") if mine else event.actor.name if event.actor and not staff else _("Service desk")
    words = "" if staff else event.data.get("reason", "")
    said = _("Not solved yet: %(words)s") % {"words": words} if words else _("We go on working on it.")
    return Entry(event.pk, event.recorded_at, author, said, ours=staff, mine=mine)


def _link(event: Event) -> dict[str, str]:
    return {"name": event.data["name"], "url": file_url(event)}


def _joined(event: Event, told: list[Entry]) -> bool:
    sent_with = told[-1].event if told else None
    if sent_with is None or (sent_with.actor_id, sent_with.recorded_at) != (event.actor_id, event.recorded_at):
        return False
    told[-1].files.append(_link(event))
    return True


_TELL: dict[str, Callable[[Ticket, Event, Any], Entry]] = {
    EventKind.REPORTED: _reported,
    EventKind.MESSAGE: _said,
    EventKind.ATTACHED: _file,
    EventKind.RESOLVED: _solved,
    EventKind.REOPENED: _again,
}
