"""What a customer's contact does to their own case. The rules are the ticket's; the door is the portal."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.domain import notification
from core.errors import RuleError
from customers.models import Contact
from tickets.domain import cancellation, message, resolution
from tickets.domain.portal_files import attach_all
from tickets.enums import CancelReason, Source, State
from tickets.models import Message, Ticket

WITHDRAWABLE = frozenset({State.NEW, State.ACCEPTED})
REOPENABLE = frozenset({State.RESOLVED, State.CLOSED})
MESSAGE_MAX = 5000


def say(*, ticket: Ticket, body: str, contact: Contact | None, actor: Any, now: datetime, uploads: Any = ()) -> Message:
    """A message with its files, all or nothing; ends a pause for the customer. RuleError `ended` once it is over."""
    with transaction.atomic():
        if _locked(ticket).state in (State.CLOSED, State.CANCELLED):
            raise RuleError("ended", _("This case is completed. Please report it again if something is missing."))
        written = message.hear(ticket=ticket, body=body, contact=contact, actor=actor, now=now, source=Source.PORTAL)
        attach_all(ticket=ticket, uploads=uploads, actor=actor, now=now)
    return written


def confirm(*, ticket: Ticket, actor: Any, now: datetime) -> Ticket:
    """It is solved: the case is closed. No reason for late promises is asked of a customer (decisions 16). Twice
    changes nothing.
    """
    with transaction.atomic():
        if _locked(ticket).state == State.CLOSED:
            return ticket
        resolution.close(ticket=ticket, actor=actor, now=now, source=Source.PORTAL)
    return ticket


def not_solved(*, ticket: Ticket, reason: str, actor: Any, now: datetime) -> Ticket:
    """Not solved after all: a new round, and the assignee is told. RuleError `too_late` after REOPEN_DAYS."""
    with transaction.atomic():
        resolution.reopen(ticket=ticket, reason=reason, actor=actor, now=now, source=Source.PORTAL)
        _tell_assignee(ticket, "not_solved", _NOT_SOLVED, now)
    return ticket


def withdraw(*, ticket: Ticket, note: str, actor: Any, now: datetime) -> Ticket:
    """Not needed any more, as long as nobody has begun; RuleError `begun` after that."""
    with transaction.atomic():
        if _locked(ticket).state not in WITHDRAWABLE:
            raise RuleError("begun", _("We have begun to work on it. Please tell us in a message, and we stop."))
        cancellation.cancel(
            ticket=ticket, reason=CancelReason.WITHDRAWN, note=note, actor=actor, now=now, source=Source.PORTAL
        )
        _tell_assignee(ticket, "withdrawn", _WITHDRAWN, now)
    return ticket


def may_reopen(ticket: Ticket, now: datetime) -> bool:
    """Whether "not solved yet" still goes on with this case; afterwards a new one is linked to it (decisions 11)."""
    if ticket.state not in REOPENABLE or ticket.resolved_at is None:
        return False
    return now <= ticket.resolved_at + timedelta(days=settings.REOPEN_DAYS)


_NOT_SOLVED = gettext_noop("The customer says that %(number)s is not solved yet: %(subject)s")
_WITHDRAWN = gettext_noop("The customer has withdrawn %(number)s: %(subject)s")


def _locked(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_for_update(no_key=True, of=("self",)).get(pk=ticket.pk)


def _tell_assignee(ticket: Ticket, kind: str, text: str, now: datetime) -> None:
    if ticket.assignee is None:
        return
    facts = {"number": ticket.number, "subject": ticket.subject}
    notification.notify(
        user=ticket.assignee,
        key=f"{kind}:{ticket.number}:{ticket.round}",
        kind=kind,
        text=lambda: _(text) % facts,
        url=f"/tickets/{ticket.number}/",
        now=now,
    )
