"""The story of a ticket as the lines of its page, made of events and escalations."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from contracts.domain.promise_words import set_name
from contracts.enums import Coverage
from core import formats
from core.permissions import can
from tickets.domain.promises import Bound
from tickets.domain.undo import KEPT, WINDOW
from tickets.enums import Channel, EventKind, Source
from tickets.models import Escalation, Event, Ticket
from tickets.queries.page import names_of
from tickets.queries.timeline import Story, facts_before
from tickets.views.words import ICONS, Words, facts_ahead, file_url, label

FOLDED = 20
_SAID_BY_THE_MESSAGE = frozenset({EventKind.RESPONDED, EventKind.PLAN_SENT})


@dataclass
class Entry:
    """One line as the templates take it. `kind` is message, note or system."""

    id: str
    kind: str
    at: datetime
    event: Event | None = None
    text: Any = ""
    icon: str = "info-circle"
    actor: str = ""
    author: str = ""
    meta: str = ""
    body: str = ""
    outgoing: bool = False
    voided: bool = False
    flags: list[str] = field(default_factory=list)
    files: list[dict[str, str]] = field(default_factory=list)
    undo_url: str = ""
    void_url: str = ""


@dataclass
class Teller:
    """Tells the story of one ticket to one person at one moment."""

    ticket: Ticket
    bound: Bound
    user: User
    now: datetime

    def entries(self, story: Story) -> list[Entry]:
        """The lines in the order in which we learned of them. What only repeats another line is left out."""
        words = self._words(story)
        batches: dict[UUID, list[Event]] = defaultdict(list)
        for event in story.events:
            batches[event.batch].append(event)
        told: list[Entry] = []
        for event in story.events:
            if not _joined(event, told):
                told += self._of_event(event, batches[event.batch], words)
        told += [self._of_step(step, words) for step in story.escalations]
        return sorted(told, key=lambda entry: entry.at)

    def _words(self, story: Story) -> Words:
        wanted = {event.data["to"] for event in story.events if event.kind == EventKind.ASSIGNED and event.data["to"]}
        wanted |= {pk for step in story.escalations for pk in step.told}
        known = {event.actor.pk: event.actor.name for event in story.events if event.actor}
        changed = any(event.kind == EventKind.FACTS_CHANGED for event in story.events)
        before = facts_ahead(facts_before(self.ticket)) if changed else {}
        return Words(self.ticket, self.bound, self.now, known | names_of(wanted - known.keys()), before)

    def _of_event(self, event: Event, batch: list[Event], words: Words) -> list[Entry]:
        shown = [one for one in batch if not _is_silent(one, batch)]
        if event not in shown:
            return []
        if event.kind == EventKind.REPORTED:
            entries = self._report(event)
        elif event.kind == EventKind.MESSAGE:
            entries = [self._message(event, batch)]
        else:
            entries = [self._line(event, batch, words)]
        entries[0].event = event
        entries[0].voided = bool(getattr(event, "taken_back", False))
        if event is shown[0]:
            self._offer_undo(entries[0], event, batch)
        return entries

    def _report(self, event: Event) -> list[Entry]:
        """What the customer said, and under which promise that fell."""
        ticket = self.ticket
        caller = ticket.caller_name or (ticket.contact.name if ticket.contact else ticket.customer.short_name)
        phone = ticket.caller_phone or (ticket.contact.phone if ticket.contact else "")
        channel = label(Channel.choices, event.data.get("facts", {}).get("channel", ""))
        meta = [ticket.customer.short_name, channel, formats.phone(phone) if phone else ""]
        said = Entry(
            id=str(event.pk),
            kind="message",
            at=event.recorded_at,
            author=caller,
            meta=" · ".join(part for part in meta if part),
            body=ticket.description or ticket.subject,
        )
        return [said, self._promised(event)]

    def _promised(self, event: Event) -> Entry:
        coverage = label(Coverage.choices, event.data.get("facts", {}).get("coverage", ""))
        contract = self.bound.contract
        named = set_name(contract) if contract else ""
        promise = _("promise: %(name)s") % {"name": named} if named else _("no promise by contract")
        text = _("Coverage checked: %(coverage)s, %(promise)s") % {"coverage": coverage, "promise": promise}
        return Entry(id=f"{event.pk}-promise", kind="system", at=event.recorded_at, text=text, icon="shield-check")

    def _message(self, event: Event, batch: list[Event]) -> Entry:
        message = event.message
        spoken = message.from_contact_id or "said_by" in event.data
        writer = message.from_contact or event.actor
        author = event.data.get("said_by") or (writer.name if writer else _("System"))
        flags = [_("Plan")] if any(one.kind == EventKind.PLAN_SENT for one in batch) else []
        if event.ticket_id != self.ticket.pk:
            flags.append(_("from %(number)s") % {"number": event.ticket_number})  # type: ignore[attr-defined]
        to = message.to_contact
        return Entry(
            id=str(event.pk),
            kind="note" if message.internal else "message",
            at=event.recorded_at,
            author=author,
            meta=_("to %(name)s") % {"name": to.name} if to else _noted_by(event) if spoken else "",
            body=message.body,
            outgoing=not spoken,
            flags=flags,
        )

    def _line(self, event: Event, batch: list[Event], words: Words) -> Entry:
        heard = event.kind == EventKind.RESUMED and any(one.kind == EventKind.MESSAGE for one in batch)
        return Entry(
            id=str(event.pk),
            kind="system",
            at=event.recorded_at,
            text=_("The customer has replied, deadlines run on") if heard and not _replied(batch) else words.of(event),
            icon=ICONS.get(EventKind(event.kind), "clock") if event.kind in EventKind.values else "clipboard-list",
            actor=event.actor.name if event.actor else "",
        )

    def _of_step(self, step: Escalation, words: Words) -> Entry:
        return Entry(
            id=f"step-{step.pk}",
            kind="system",
            at=step.recorded_at,
            text=words.of_step(step),
            icon="bell",
        )

    def _offer_undo(self, entry: Entry, event: Event, batch: list[Event]) -> None:
        if entry.voided or event.ticket_id != self.ticket.pk or any(one.kind in KEPT for one in batch):
            return
        url = undo_url(self.ticket, event)
        if event.actor_id == self.user.pk and self.now <= event.recorded_at + WINDOW:
            entry.undo_url = url
        elif can(self.user, "tickets.void_ticket", self.ticket):
            entry.void_url = url


@dataclass(frozen=True)
class Run:
    """Lines that belong together on the page; a long row of system lines is folded away."""

    entries: list[Entry]

    @property
    def is_folded(self) -> bool:
        return len(self.entries) > FOLDED and self.entries[0].kind == "system"


def runs_of(entries: Sequence[Entry]) -> list[Run]:
    """Messages and notes one by one, system lines by rows."""
    return [Run(list(row)) for _key, row in groupby(entries, key=lambda entry: entry.kind == "system" or entry.id)]


def _noted_by(event: Event) -> str:
    """Who wrote down what the customer said aloud; what the customer wrote needs no such word."""
    at_the_desk = event.source in (Source.DESK, Source.API) and event.actor
    return _("noted by %(name)s") % {"name": event.actor.name} if at_the_desk and event.actor else ""


def _replied(batch: list[Event]) -> bool:
    """Whether the message of an act is ours."""
    said = next(one for one in batch if one.kind == EventKind.MESSAGE)
    return not (said.message.from_contact_id or "said_by" in said.data)


def undo_url(ticket: Ticket, event: Event) -> str:
    return f"{reverse('tickets:ticket-undo', args=[ticket.number])}?entry={event.seq}"


def _joined(event: Event, told: Sequence[Entry]) -> bool:
    """Hang a file on the message that it was sent with."""
    last = next((entry for entry in reversed(told) if entry.kind != "system"), None)
    if event.kind != EventKind.ATTACHED or last is None or last.event is None:
        return False
    sent_with = last.event
    together = (sent_with.actor_id, sent_with.recorded_at) == (event.actor_id, event.recorded_at)
    if not together or (last.kind == "note") != event.data["internal"]:
        return False
    last.files.append({"name": event.data["name"], "url": file_url(event)})
    return True


def _is_silent(event: Event, batch: list[Event]) -> bool:
    """What another line of the same act says already."""
    if event.kind in _SAID_BY_THE_MESSAGE:
        return any(one.kind == EventKind.MESSAGE for one in batch)
    if event.kind == EventKind.VOIDED:
        return event is not next(one for one in batch if one.kind == EventKind.VOIDED)
    if event.kind == EventKind.STATE_CHANGED:
        later = [one for one in batch if one.seq > event.seq and "state" in one.data.get("set", {})]
        return bool(later) or "state" not in event.data.get("set", {})
    return False
