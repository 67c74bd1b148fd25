from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.domain import notification
from core.errors import InputError, RuleError
from tickets.domain.act import Act, act_on
from tickets.enums import EventKind, Source, State
from tickets.models import Ticket


def assign(
    *,
    ticket: Ticket,
    assignee: User | None,
    actor: Any,
    now: datetime,
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """Give the ticket to a member of staff, or (None) to nobody. The same assignee again changes nothing."""
    with act_on(ticket, actor=actor, now=now, action="assign", version=version, source=source) as act:
        _check_open(act.ticket)
        if assignee and not (assignee.is_active and assignee.is_staff_member):
            raise InputError("assignee", _("Please choose an active member of staff."), "assignee")
        if act.ticket.assignee_id != (assignee.pk if assignee else None):
            give(act, assignee)
    return ticket


def claim(
    *, ticket: Ticket, actor: User, now: datetime, version: int | None = None, source: str = Source.DESK
) -> Ticket:
    """Take an unassigned ticket. Of several people at once exactly one gets it, the others get RuleError `taken`."""
    with act_on(ticket, actor=actor, now=now, action="claim", version=version, source=source) as act:
        _check_open(act.ticket)
        holder = act.ticket.assignee
        if holder and holder.pk != actor.pk:
            raise RuleError("taken", _("%(name)s has already taken this ticket.") % {"name": holder.name})
        if not holder:
            give(act, actor)
    return ticket


def _check_open(ticket: Ticket) -> None:
    if not ticket.is_open:
        raise RuleError("ended", _("This ticket is completed. Please reopen it first."))


def give(act: Act, assignee: User | None) -> None:
    """Within an act: make this person, or nobody, the assignee, and tell them."""
    state = act.ticket.state
    if assignee and state == State.NEW:
        state = State.ACCEPTED
    elif not assignee and state == State.ACCEPTED:
        state = State.NEW
    caches = {"assignee_id": assignee.pk if assignee else None, "state": str(state)}
    event = act.record(EventKind.ASSIGNED, data={"to": assignee.pk if assignee else None}, caches=caches)
    if assignee and assignee != act.actor:
        ticket = act.ticket
        notification.notify(
            user=assignee,
            key=f"assigned:{event.pk}",
            kind="assigned",
            text=lambda: (
                _("%(number)s was assigned to you: %(subject)s") % {"number": ticket.number, "subject": ticket.subject}
            ),
            url=f"/tickets/{ticket.number}/",
            now=act.now,
        )
