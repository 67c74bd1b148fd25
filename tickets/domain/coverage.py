"""The coverage of a ticket: judged by the day of the fault, judged otherwise by hand, judged anew."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from contracts.domain.coverage import verdict_of, verdicts
from contracts.domain.coverage_rules import Finding, by_hand
from contracts.enums import Coverage
from contracts.queries.entitlement import Entitlement, entitled
from core.clock import office_day
from core.errors import InputError, RuleError
from customers.models import Asset, Customer, Site
from tickets.domain.act import Act, act_on
from tickets.domain.text import cleaned
from tickets.enums import EventKind, Source, State
from tickets.models import Ticket

REASON_LENGTH = 500


def judged_day(reported_at: datetime, occurred_at: datetime | None) -> date:
    """The day that coverage is judged for, in the office's zone: that of the fault where it is known, else that of the
    report. A fault in the last hours of a warranty is in it, whenever it is reported (ours).
    """
    return office_day(occurred_at or reported_at)


def day_of(ticket: Ticket) -> date:
    return judged_day(ticket.reported_at, ticket.occurred_at)


def entitlement_of(ticket: Ticket) -> Entitlement:
    """What the ticket's customer has for its device or place on its day; three statements at most."""
    return entitled(customer=ticket.customer, site=ticket.site, asset=ticket.asset, on_day=day_of(ticket))


def coverage_for(found: Entitlement, *, customer: Customer, site: Site | None, asset: Asset | None, day: date) -> str:
    """The coverage fact of a service on a day. `found` is what is known of another day: where it is the same one,
    nothing is asked again.
    """
    judged = found if found.day == day else entitled(customer=customer, site=site, asset=asset, on_day=day)
    return str(verdict_of(judged).code)


def findings_of(ticket: Ticket, found: Entitlement, cause: str = "unknown") -> list[Finding]:
    """The verdict on each kind of service. What somebody judged by hand counts for all that would be judged otherwise:
    all of it is included, or all that asks for a term costs money.
    """
    computed = verdicts(found, cause=cause, distance_km=ticket.distance_km)
    return [by_hand(one, Coverage(ticket.coverage)) for one in computed] if ticket.coverage_by_hand else computed


def override(
    *,
    ticket: Ticket,
    code: str,
    reason: str,
    actor: Any,
    now: datetime,
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """Judge the coverage otherwise than the terms say, with the reason, until device or day change. Open clocks whose
    rows ask for the coverage are computed anew. InputError without a reason; StaleError for another version.
    """
    text = cleaned(reason, "reason", limit=REASON_LENGTH)
    if code not in Coverage.values:
        raise InputError("choice", _("Please choose a value from the list."), "code")
    with act_on(ticket, actor=actor, now=now, action="override_coverage", version=version, source=source) as act:
        _refuse_cancelled(act.ticket)
        caches = {"coverage": code, "coverage_by_hand": True, "coverage_reason": text}
        act.record(EventKind.FACTS_CHANGED, data={"facts": {"coverage": code}, "note": text}, caches=caches)
    return ticket


def recheck(
    *, ticket: Ticket, actor: Any, now: datetime, version: int | None = None, source: str = Source.DESK
) -> Ticket:
    """Judge the coverage by the terms as they stand now; what was judged by hand is let go. Nothing where nothing
    changes.
    """
    with act_on(ticket, actor=actor, now=now, action="recheck_coverage", version=version, source=source) as act:
        _refuse_cancelled(act.ticket)
        judge_anew(act)
    return ticket


def judge_anew(act: Act) -> None:
    """Within an act: compute the coverage of the locked ticket for its device and day."""
    code = str(verdict_of(entitlement_of(act.ticket)).code)
    new = changed(act.ticket, code)
    if new:
        act.record(EventKind.FACTS_CHANGED, data={"facts": {"coverage": code}}, caches=new)


def changed(ticket: Ticket, code: str) -> dict[str, Any]:
    """The columns that a computed coverage changes."""
    computed = {"coverage": code, "coverage_by_hand": False, "coverage_reason": ""}
    return {name: value for name, value in computed.items() if getattr(ticket, name) != value}


def date_fault(act: Act, at: datetime) -> None:
    """Within an act: the ticket's fault is known to have occurred at an instant; the first one entered counts."""
    if act.ticket.occurred_at is None:
        act.ticket.occurred_at = at
        Ticket.objects.filter(pk=act.ticket.pk).update(occurred_at=at)
        judge_anew(act)


def undate_fault(act: Act, kinds: Sequence[str]) -> None:
    """Within an act that takes others back: with the entry of the fault its day goes too."""
    if EventKind.OCCURRED in kinds:
        Ticket.objects.filter(pk=act.ticket.pk).update(occurred_at=None)
        act.ticket.occurred_at = None


def _refuse_cancelled(ticket: Ticket) -> None:
    if ticket.state == State.CANCELLED:
        raise RuleError("ended", _("This ticket was withdrawn, its coverage is of no account."))
