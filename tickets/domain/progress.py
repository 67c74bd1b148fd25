"""记录进展: events that have no screen of their own yet, entered by hand (decisions 15)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InputError, RuleError
from tickets.domain.act import act_on, check_when
from tickets.domain.coverage import date_fault
from tickets.domain.message import begin_work
from tickets.domain.promises import promises_of
from tickets.domain.text import cleaned
from tickets.enums import EventKind, Source
from tickets.models import Event, Ticket


def record_progress(
    *,
    ticket: Ticket,
    kind: str,
    actor: Any,
    now: datetime,
    at: datetime | None = None,
    about: str = "",
    note: str = "",
    version: int | None = None,
    source: str = Source.MANUAL,
) -> Event:
    """Record that something the ticket's promises listen to has happened, at its own time.

    Raises InputError for an event that no set of the ticket listens to, or a time that `check_when` refuses.
    """
    with act_on(ticket, actor=actor, now=now, action="record_progress", version=version, source=source) as act:
        if kind not in promises_of(act.ticket).progress_kinds:
            raise InputError("event", _("Please choose an event from the list."), "kind")
        if not act.ticket.is_open and not about:
            raise RuleError("ended", _("This ticket is completed. Please reopen it first."))
        check_when(act, at or now, before_report=kind == EventKind.OCCURRED)
        text = cleaned(note, "note", limit=500, required=False)
        key = cleaned(about, "about", limit=80, required=False)
        event = act.record(kind, at=at, about=key, data={"note": text} if text else None)
        if kind == EventKind.OCCURRED and not key:
            date_fault(act, event.at)
        if act.ticket.is_open:
            begin_work(act)
    return event
