"""Taking back: an event that voids another; the fold skips both (decisions 10)."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.domain import outbox
from core.errors import RuleError
from core.permissions import require
from tickets.domain.act import Act, act_on
from tickets.domain.caches import standing
from tickets.domain.coverage import undate_fault
from tickets.domain.text import cleaned
from tickets.enums import REBINDING, EventKind, Source
from tickets.models import Event, Message, Ticket

WINDOW = timedelta(seconds=10)
KEPT = (
    frozenset({EventKind.REPORTED, EventKind.MERGED, EventKind.LINKED, EventKind.ATTACHED, EventKind.VOIDED})
    | REBINDING
)
_ENDS = frozenset({EventKind.RESOLVED, EventKind.CLOSED, EventKind.CANCELLED, EventKind.REOPENED})


def undo(
    *,
    ticket: Ticket,
    event: Event,
    actor: Any,
    now: datetime,
    reason: str = "",
    source: str = Source.DESK,
    window: timedelta = WINDOW,
) -> Ticket:
    """Take back the whole act that `event` belongs to.

    Within 10 s by its author (`window`: longer where the act was one of many that took their time); later as "entered
    by mistake" with a reason, by whoever may void. Raises RuleError `not_undoable` for acts that cannot be taken back,
    `undone` for one that was.
    """
    with act_on(ticket, actor=actor, now=now, action="undo", source=source) as act:
        events = standing(Event.objects.filter(ticket=act.ticket))
        batch = [one for one in events if one.batch == event.batch]
        if not batch:
            raise RuleError("undone", _("This entry has already been taken back."))
        own = event.actor_id is not None and event.actor_id == getattr(actor, "pk", None)
        text = cleaned(reason, "reason", limit=500, required=False)
        if not (own and now <= event.recorded_at + window):
            require(actor, "tickets.void_ticket", act.ticket)
            text = cleaned(reason, "reason", limit=500)
        _check_undoable(batch, events)
        undate_fault(act, [event.kind for event in batch])
        _void(act, batch, text)
    return ticket


def _check_undoable(batch: list[Event], events: list[Event]) -> None:
    last = batch[-1].seq
    ends = any(event.kind in _ENDS for event in batch)
    followed = any("state" in event.data.get("set", {}) and event.seq > last for event in events)
    if any(event.kind in KEPT for event in batch) or (ends and followed):
        raise RuleError("not_undoable", _("This entry cannot be taken back any more."))


def _void(act: Act, batch: list[Event], reason: str) -> None:
    for event in batch:
        act.record(EventKind.VOIDED, data={"reason": reason} if reason else None, voids=event)
    for pk in Message.objects.filter(event__in=batch, internal=False).values_list("pk", flat=True):
        outbox.withdraw(f"reply:{pk}")
    for event in batch:
        if event.kind == EventKind.RESOLVED:
            outbox.withdraw(f"resolved:{event.pk}")
