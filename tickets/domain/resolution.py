from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain.promise_words import target_name
from core.domain import outbox
from core.errors import InputError, RuleError
from tickets.domain.act import Act, act_on, check_when
from tickets.domain.caches import standing
from tickets.domain.promises import promises_of
from tickets.domain.text import cleaned
from tickets.domain.waiting import end_pause
from tickets.enums import STATE_FLOW, BreachReason, Cause, ClockState, EventKind, Source, State
from tickets.models import Clock, Ticket

_LATE = (ClockState.BREACHED, ClockState.MET_LATE)


def resolve(
    *,
    ticket: Ticket,
    solution: str,
    cause: str,
    actor: Any,
    now: datetime,
    at: datetime | None = None,
    breach_reasons: dict[str, str] | None = None,
    first_fix: bool = False,
    tell_customer: bool = True,
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """The fault is repaired, or the request answered, at `at` (default now).

    `breach_reasons` maps a late clock's target to a BreachReason; every late clock of the ticket needs one, also one
    that this very act makes late (decisions 16), else RuleError `breach_reason`, and nothing is changed. `first_fix`
    says that it was solved at the first go.
    """
    with act_on(ticket, actor=actor, now=now, action="resolve", version=version, source=source) as act:
        STATE_FLOW.check(act.ticket.state, State.RESOLVED)
        check_when(act, at or now)
        at = min(at or now, now)  # a device may be a little ahead; the next round must not begin before this one ends
        _check_in_round(act.ticket, at)
        if cause not in Cause.values:
            raise InputError("cause", _("Please choose a cause from the list."), "cause")
        text = cleaned(solution, "solution")
        end_pause(act)
        data = {"first_fix": True} if first_fix else None
        event = act.record(EventKind.RESOLVED, at=at, data=data, caches=_resolved(at, cause, text))
        act.fold()
        _give_reasons(act.ticket, breach_reasons or {})
        if tell_customer:
            outbox.post(kind="ticket.resolved", key=f"resolved:{event.pk}", payload={"event": event.pk}, now=now)
    return ticket


def close(
    *, ticket: Ticket, actor: Any, now: datetime, version: int | None = None, source: str = Source.DESK
) -> Ticket:
    """The customer is content, or has not objected for the set number of days."""
    with act_on(ticket, actor=actor, now=now, action="close", version=version, source=source) as act:
        STATE_FLOW.check(act.ticket.state, State.CLOSED)
        act.record(EventKind.CLOSED, caches={"state": str(State.CLOSED), "closed_at": now})
    return ticket


def close_silent(now: datetime, limit: int = 200) -> int:
    """Close what was resolved AUTO_CLOSE_DAYS ago without an objection. Any number of workers; returns how many."""
    before = now - timedelta(days=settings.AUTO_CLOSE_DAYS)
    due = Ticket.objects.filter(state=State.RESOLVED, resolved_at__lt=before).order_by("resolved_at")[:limit]
    return sum(_close_if_still_resolved(ticket, now) for ticket in due)


def reopen(
    *, ticket: Ticket, reason: str, actor: Any, now: datetime, version: int | None = None, source: str = Source.DESK
) -> Ticket:
    """Not solved after all: a new round of all clocks. After REOPEN_DAYS a linked new ticket is the way (decisions
    11).
    """
    with act_on(ticket, actor=actor, now=now, action="reopen", version=version, source=source) as act:
        if act.ticket.state not in (State.RESOLVED, State.CLOSED):
            raise RuleError("not_ended", _("This ticket is still open."))
        if act.ticket.resolved_at and now > act.ticket.resolved_at + timedelta(days=settings.REOPEN_DAYS):
            message = _("More than %(days)s days have passed. Please open a new ticket and link it to this one.")
            raise RuleError("too_late", message % {"days": settings.REOPEN_DAYS})
        text = cleaned(reason, "reason", limit=500)
        act.record(EventKind.REOPENED, data={"reason": text}, caches=_reopened(act))
    return ticket


def _check_in_round(ticket: Ticket, at: datetime) -> None:
    reopened = [event for event in standing(ticket.events.all()) if event.kind == EventKind.REOPENED]
    if reopened and at < reopened[-1].at:
        raise InputError("before_report", _("This time lies before the ticket was reported."), "at")


def _close_if_still_resolved(ticket: Ticket, now: datetime) -> int:
    with transaction.atomic():
        try:
            close(ticket=ticket, actor=None, now=now, source=Source.SYSTEM)
        except RuleError:
            return 0
    return 1


def _resolved(at: datetime, cause: str, solution: str) -> dict[str, Any]:
    return {"state": str(State.RESOLVED), "resolved_at": at, "cause": cause, "solution": solution}


def _reopened(act: Act) -> dict[str, Any]:
    return {
        "state": str(State.IN_PROGRESS),
        "round": act.ticket.round + 1,
        "resolved_at": None,
        "closed_at": None,
        "cause": "",
        "solution": "",
    }


def _give_reasons(ticket: Ticket, reasons: dict[str, str]) -> None:
    late = list(Clock.objects.filter(ticket=ticket, state__in=_LATE, breach_reason="").order_by("due_at"))
    missing = [clock.target for clock in late if reasons.get(clock.target) not in BreachReason.values]
    if missing:
        message = _("Please give the reason for each promise that was missed: %(targets)s.")
        names = promises_of(ticket).targets
        listed = "、".join(target_name(names[target]) for target in missing)
        raise RuleError("breach_reason", message % {"targets": listed}, f"reason_{missing[0]}")
    for clock in late:
        clock.breach_reason = reasons[clock.target]
    Clock.objects.bulk_update(late, ["breach_reason"])
