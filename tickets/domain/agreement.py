from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InputError, RuleError
from tickets.domain.act import act_on
from tickets.domain.promises import promises_of
from tickets.domain.text import cleaned
from tickets.enums import ClockState, EventKind, Source
from tickets.models import Clock, Ticket


def agree_date(
    *,
    ticket: Ticket,
    target: str,
    due: datetime,
    note: str,
    actor: Any,
    now: datetime,
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """The customer agreed to a date: it replaces the promise's own instant for this target (promises.yaml rule 10).

    `note` says who agreed and how. Raises RuleError `clock_ended` for a clock that is met, overdue or not needed.
    """
    with act_on(ticket, actor=actor, now=now, action="agree_date", version=version, source=source) as act:
        if not act.ticket.is_open:
            raise RuleError("ended", _("This ticket is completed. Please reopen it first."))
        if target not in promises_of(act.ticket).targets:
            raise InputError("target", _("Please choose a promise from the list."), "target")
        if due <= now:
            raise InputError("past", _("The agreed date must lie in the future."), "due")
        if target in ended_targets(act.ticket):
            raise RuleError("clock_ended", _("This promise is already met, overdue or not needed."), "target")
        text = cleaned(note, "note", limit=500)
        act.record(EventKind.DATE_AGREED, data={"target": target, "due": due.isoformat(), "note": text})
    return ticket


def ended_targets(ticket: Ticket) -> frozenset[str]:
    """Targets whose clock of the present round cannot move any more."""
    ended = (ClockState.MET, ClockState.MET_LATE, ClockState.BREACHED, ClockState.NOT_NEEDED)
    clocks = Clock.objects.filter(ticket=ticket, about="", round=ticket.round, state__in=ended)
    return frozenset(clocks.values_list("target", flat=True))
