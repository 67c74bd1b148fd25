"""States that say why nothing happens, and the pauses that some of them write (decisions 12)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InputError, RuleError
from core.permissions import require
from tickets.domain import caches
from tickets.domain.act import Act, act_on
from tickets.domain.promises import promises_of
from tickets.domain.text import cleaned
from tickets.enums import STATE_FLOW, WAITING, EventKind, PauseReason, Source, State
from tickets.models import Event, Ticket

_STATE_OF = {
    PauseReason.WAITING_CUSTOMER: State.WAITING_CUSTOMER,
    PauseReason.FORCE_MAJEURE: State.WAITING_OTHER,
}


def pause(
    *,
    ticket: Ticket,
    reason: str,
    note: str,
    actor: Any,
    now: datetime,
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """Hold all clocks of the sets that allow the reason. Pausing for the same reason again changes nothing.

    Raises RuleError `pause_not_allowed` where no promise set of the ticket knows the reason.
    """
    with act_on(ticket, actor=actor, now=now, action="pause", version=version, source=source) as act:
        if reason not in PauseReason.values:
            raise InputError("reason", _("Please choose a reason from the list."), "reason")
        if reason == PauseReason.FORCE_MAJEURE:
            require(actor, "tickets.force_majeure_ticket", act.ticket)
        if reason not in promises_of(act.ticket).pause_reasons:
            raise RuleError(
                "pause_not_allowed", _("The promise of this ticket does not pause for this reason."), "reason"
            )
        _wait(act, _STATE_OF[PauseReason(reason)], reason, cleaned(note, "note", limit=500, required=False))
    return ticket


def resume(
    *, ticket: Ticket, actor: Any, now: datetime, version: int | None = None, source: str = Source.DESK
) -> Ticket:
    """Go on working: ends a pause and a waiting state. Resuming what is not held changes nothing."""
    with act_on(ticket, actor=actor, now=now, action="resume", version=version, source=source) as act:
        if act.ticket.state in WAITING:
            end_pause(act)
            act.record(EventKind.STATE_CHANGED, caches={"state": str(State.IN_PROGRESS)})
    return ticket


def set_state(
    *,
    ticket: Ticket,
    state: str,
    actor: Any,
    now: datetime,
    note: str = "",
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """Move between the working states (in progress, waiting …); the ends have functions of their own."""
    with act_on(ticket, actor=actor, now=now, action="set_state", version=version, source=source) as act:
        if state not in WAITING | {State.IN_PROGRESS}:
            raise InputError("state", _("Please choose a state from the list."), "state")
        enter_state(act, state, cleaned(note, "note", limit=500, required=False))
    return ticket


def enter_state(act: Act, state: str, note: str = "") -> None:
    """Within an act: move to a working state. Waiting for the customer pauses where the promise allows it."""
    if not act.ticket.is_open:
        raise RuleError("ended", _("This ticket is completed. Please reopen it first."))
    if state == act.ticket.state:
        return
    reason = PauseReason.WAITING_CUSTOMER if state == State.WAITING_CUSTOMER else ""
    if state in WAITING:
        _wait(act, state, reason if reason in promises_of(act.ticket).pause_reasons else "", note)
        return
    STATE_FLOW.check(act.ticket.state, state)
    end_pause(act)
    act.record(EventKind.STATE_CHANGED, caches={"state": str(state)})


def end_pause(act: Act) -> None:
    """Within an act: write `resumed` if a pause is open."""
    if open_pause(act.ticket):
        act.record(EventKind.RESUMED)


def _wait(act: Act, state: str, reason: str, note: str) -> None:
    held = open_pause(act.ticket)
    if held and held.data["reason"] == reason and act.ticket.state == state:
        return
    if act.ticket.state != state:
        STATE_FLOW.check(act.ticket.state, state)
    end_pause(act)
    caches = {"state": str(state)}
    if reason:
        act.record(EventKind.PAUSED, data={"reason": str(reason), "note": note}, caches=caches)
    else:
        act.record(EventKind.STATE_CHANGED, data={"note": note}, caches=caches)


def open_pause(ticket: Ticket) -> Event | None:
    """The pause that holds the ticket now: the last standing `paused` after which nothing ended it."""
    steering = (EventKind.PAUSED, EventKind.RESUMED, EventKind.RESOLVED)
    last: Event | None = None
    for event in caches.standing(Event.objects.filter(ticket=ticket, kind__in=(*steering, EventKind.VOIDED))):
        last = event
    return last if last and last.kind == EventKind.PAUSED else None
