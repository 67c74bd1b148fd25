"""The frame of every write to a ticket: lock, record events, fold, save, audit, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import hooks
from core.domain import audit
from core.errors import InputError, StaleError
from core.permissions import require
from tickets.domain import fold, participant, words
from tickets.domain.caches import difference, encode, snapshot
from tickets.enums import Source
from tickets.models import Event, Ticket

AHEAD = timedelta(seconds=60)
BACKDATE = timedelta(hours=24)


@dataclass
class Act:
    """What one person (or the system: actor None) does to one locked ticket at `now`. `words`: what the ticket is found
    by when the act begins.
    """

    ticket: Ticket
    actor: Any
    now: datetime
    source: str
    batch: UUID = field(default_factory=uuid4)
    events: list[Event] = field(default_factory=list)
    seq: int = 0
    folded: int = 0
    words: tuple[Any, ...] = ()

    def fold(self) -> None:
        """Store what the events so far mean; once a number of events. The first fold of an act makes a new version."""
        if self.folded == len(self.events):
            return
        if not self.folded:
            self.ticket.version += 1
            self.ticket.updated_at = self.now
        fold.refold(self.ticket, now=self.now)
        self.folded = len(self.events)

    def record(
        self,
        kind: str,
        *,
        at: datetime | None = None,
        about: str = "",
        data: dict[str, Any] | None = None,
        caches: dict[str, Any] | None = None,
        voids: Event | None = None,
    ) -> Event:
        """Append one event. `caches` are the cached columns that it sets, e.g. {"state": "resolved"}."""
        self.seq += 1
        event = Event.objects.create(
            ticket=self.ticket,
            customer_id=self.ticket.customer_id,
            seq=self.seq,
            kind=kind,
            about=about,
            at=min(at or self.now, self.now),  # a device may be a little ahead of us
            recorded_at=self.now,
            actor=self.actor,
            source=self.source,
            batch=self.batch,
            data={**(data or {}), **({"set": encode(caches)} if caches else {})},
            voids=voids,
        )
        self.events.append(event)
        for column, value in (caches or {}).items():
            setattr(self.ticket, column, value)
        return event


@contextmanager
def act_on(
    ticket: Ticket, *, actor: Any, now: datetime, action: str, version: int | None = None, source: str = Source.DESK
) -> Iterator[Act]:
    """Lock the ticket, let the caller record events, then fold and save. Nothing recorded, nothing changed.

    Guards of the action run first; `after` hooks last, in the same transaction. Raises StaleError if `version` is given
    and is not the ticket's version any more.
    """
    with transaction.atomic():
        locked = Ticket.objects.select_for_update(no_key=True, of=("self",)).get(pk=ticket.pk)
        check_version(locked, version)
        hooks.run_guards(f"tickets.{action}", ticket=locked, actor=actor, now=now)
        before = snapshot(locked)
        act = Act(locked, actor, now, source, seq=_last_seq(locked), words=words.sources(locked))
        yield act
        if act.events:
            finish(act, action=action, before=before)
    ticket.refresh_from_db()


def finish(act: Act, *, action: str, before: dict[str, Any]) -> None:
    """Fold and save the ticket, write the audit line, run the `after` hooks."""
    ticket, now = act.ticket, act.now
    act.fold()
    participant.follow_assignment(ticket, before.get("assignee_id"), now)
    if words.sources(ticket) != act.words:
        words.keep(ticket)
    audit.record(
        actor=act.actor,
        action=f"ticket.{action}",
        subject=f"tickets.ticket:{ticket.number}",
        changes=difference(before, snapshot(ticket)) | {"events": [event.seq for event in act.events]},
        now=now,
        customer_id=ticket.customer_id,
    )
    hooks.run_after(f"tickets.{action}", ticket=ticket, actor=act.actor, now=now)


def check_version(ticket: Ticket, version: int | None) -> None:
    if version is not None and version != ticket.version:
        raise StaleError(
            _("Someone has changed this ticket in the meantime. Please compare and try again."),
            {"version": ticket.version, **snapshot(ticket)},
        )


def check_when(act: Act, at: datetime, field_name: str = "at", *, before_report: bool = False) -> None:
    """Refuse times in the future, before the report (unless `before_report`), and back-dating beyond 24 h without the
    right to it (decisions 9, 13).
    """
    if at > act.now + AHEAD:
        raise InputError("future", _("This time lies in the future. Please enter when it happened."), field_name)
    if at < act.ticket.reported_at and not before_report:
        raise InputError("before_report", _("This time lies before the ticket was reported."), field_name)
    if at < act.now - BACKDATE:
        require(act.actor, "tickets.backdate_ticket", act.ticket)


def _last_seq(ticket: Ticket) -> int:
    return ticket.events.aggregate(last=Max("seq"))["last"] or 0
