from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InputError, RuleError
from tickets.domain.act import Act, act_on
from tickets.domain.link import connect
from tickets.domain.text import cleaned
from tickets.domain.waiting import end_pause
from tickets.enums import STATE_FLOW, CancelReason, EventKind, LinkKind, Source, State
from tickets.models import Ticket


def cancel(
    *,
    ticket: Ticket,
    reason: str,
    note: str,
    actor: Any,
    now: datetime,
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """Withdrawn, entered by mistake, or a duplicate: the open clocks are withdrawn (decisions 11)."""
    with act_on(ticket, actor=actor, now=now, action="cancel", version=version, source=source) as act:
        if reason not in CancelReason.values:
            raise InputError("reason", _("Please choose a reason from the list."), "reason")
        _cancel(act, reason, cleaned(note, "note", limit=500, required=False))
    return ticket


def merge(
    *,
    ticket: Ticket,
    other: Ticket,
    actor: Any,
    now: datetime,
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """Join two tickets of one customer about the same thing. The one reported first survives and is returned
    (decisions 11).
    """
    if ticket.pk == other.pk:
        raise InputError("same", _("Please choose another ticket."), "other")
    if ticket.customer_id != other.customer_id:
        raise InputError("does_not_exist", _("This ticket does not exist."), "other")
    survivor, duplicate = sorted((ticket, other), key=lambda one: (one.reported_at, one.pk))
    with transaction.atomic():
        _lock_in_order(survivor, duplicate)
        version_of = {ticket.pk: version}
        with act_on(
            duplicate, actor=actor, now=now, action="merge", version=version_of.get(duplicate.pk), source=source
        ) as act:
            _cancel(act, CancelReason.DUPLICATE, "", merged_into_id=survivor.pk)
        with act_on(
            survivor, actor=actor, now=now, action="merge", version=version_of.get(survivor.pk), source=source
        ) as act:
            if not act.ticket.is_open:
                raise RuleError("ended", _("This ticket is completed. Please reopen it first."))
            act.record(EventKind.MERGED, data={"from": duplicate.number})
        connect(duplicate, survivor, LinkKind.DUPLICATE, now)
    return survivor


def _lock_in_order(*tickets: Ticket) -> None:
    """Always the lower id first, so that two merges cannot wait for each other."""
    ids = sorted(ticket.pk for ticket in tickets)
    list(
        Ticket.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk")
    )


def _cancel(act: Act, reason: str, note: str, merged_into_id: int | None = None) -> None:
    STATE_FLOW.check(act.ticket.state, State.CANCELLED)
    end_pause(act)
    caches: dict[str, Any] = {"state": str(State.CANCELLED), "closed_at": act.now}
    if merged_into_id:
        caches["merged_into_id"] = merged_into_id
    act.record(EventKind.CANCELLED, data={"reason": str(reason), "note": note}, caches=caches)
