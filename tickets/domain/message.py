from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.domain import notification, outbox
from core.errors import InputError
from customers.models import Contact
from tickets.domain.act import Act, act_on
from tickets.domain.mention import tell_mentioned
from tickets.domain.text import cleaned
from tickets.domain.waiting import end_pause, enter_state
from tickets.enums import EventKind, Source, State
from tickets.models import Message, Ticket

UNDO = timedelta(seconds=10)
_BEFORE_WORK = frozenset({State.NEW, State.ACCEPTED})
Also = Callable[[Act], None]


def _nothing(act: Act) -> None:
    """What else happens in the same act, where nothing does."""


def reply(
    *,
    ticket: Ticket,
    body: str,
    actor: Any,
    now: datetime,
    is_plan: bool = False,
    to_contact: Contact | None = None,
    next_state: str = "",
    also: Also = _nothing,
    version: int | None = None,
    source: str = Source.DESK,
) -> Message:
    """Answer the customer. Counts as `responded`, or `plan_sent` when it is the plan, at this moment (decisions 10,
    15).

    The mail leaves 10 s later, so that it can be taken back. `next_state` is the state after sending, "" for in
    progress. `also` is what else belongs to the same act and is taken back with it.
    """
    with act_on(ticket, actor=actor, now=now, action="reply", version=version, source=source) as act:
        contact = to_contact or act.ticket.contact
        if contact and contact.customer_id != act.ticket.customer_id:
            raise InputError("does_not_exist", _("This contact does not exist."), "to_contact")
        message = _write(act, body, internal=False, to_contact=contact)
        act.record(EventKind.PLAN_SENT if is_plan else EventKind.RESPONDED)
        begin_work(act)
        if next_state:
            enter_state(act, next_state)
        also(act)
        outbox.post(
            kind="ticket.reply",
            key=f"reply:{message.pk}",
            payload={"message": message.pk},
            now=now,
            not_before=now + UNDO,
        )
    return message


def note(
    *,
    ticket: Ticket,
    body: str,
    actor: Any,
    now: datetime,
    also: Also = _nothing,
    version: int | None = None,
    source: str = Source.DESK,
) -> Message:
    """Write an internal note; it answers nobody and stops no clock. Colleagues named after an @ are told."""
    with act_on(ticket, actor=actor, now=now, action="note", version=version, source=source) as act:
        message = _write(act, body, internal=True)
        also(act)
        tell_mentioned(act, message)
    return message


def hear(
    *,
    ticket: Ticket,
    body: str,
    contact: Contact | None,
    actor: Any,
    now: datetime,
    said_by: str = "",
    answered: bool = False,
    also: Also = _nothing,
    version: int | None = None,
    source: str = Source.PORTAL,
) -> Message:
    """Record what the customer said. Ends a pause for the customer and tells the assignee (decisions 12).

    `said_by` names who is no contact of ours, by default the caller of the report. `answered` says that the person who
    wrote it down gave the answer in the same talk (decisions 14).
    """
    with act_on(ticket, actor=actor, now=now, action="hear", version=version, source=source) as act:
        if contact and contact.customer_id != act.ticket.customer_id:
            raise InputError("does_not_exist", _("This contact does not exist."), "to_contact")
        speaker = {} if contact else {"said_by": _speaker(act.ticket, said_by)}
        caches = {"customer_waits": True}
        message = _write(act, body, internal=False, from_contact=contact, caches=caches, data=speaker)
        if act.ticket.state == State.WAITING_CUSTOMER:
            end_pause(act)
            act.record(EventKind.STATE_CHANGED, caches={"state": str(State.IN_PROGRESS)})
        if answered:
            act.record(EventKind.RESPONDED)
            begin_work(act)
        also(act)
        if act.ticket.assignee_id and act.ticket.assignee_id != getattr(actor, "pk", None):
            _tell_assignee(act, message)
    return message


def _speaker(ticket: Ticket, said_by: str) -> str:
    named = cleaned(said_by, "said_by", limit=60, required=False)
    return named or ticket.caller_name or ticket.customer.short_name or ticket.customer.name


def begin_work(act: Act) -> None:
    """Within an act: the first reply or work moves a new or accepted ticket to in progress; the customer waits no
    longer.
    """
    changes: dict[str, Any] = {}
    if act.ticket.state in _BEFORE_WORK:
        changes["state"] = str(State.IN_PROGRESS)
    if act.ticket.customer_waits:
        changes["customer_waits"] = False
    if changes:
        act.record(EventKind.STATE_CHANGED, caches=changes)


def _write(
    act: Act,
    body: str,
    *,
    internal: bool,
    to_contact: Contact | None = None,
    from_contact: Contact | None = None,
    caches: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
) -> Message:
    text = cleaned(body, "body")
    event = act.record(EventKind.MESSAGE, data={"internal": internal} | (data or {}), caches=caches)
    return Message.objects.create(
        event=event,
        ticket=act.ticket,
        customer_id=act.ticket.customer_id,
        internal=internal,
        author=act.actor,
        from_contact=from_contact,
        to_contact=to_contact,
        body=text,
        created_at=act.now,
    )


def _tell_assignee(act: Act, message: Message) -> None:
    notification.notify(
        user=act.ticket.assignee,
        key=f"heard:{message.pk}",
        kind="heard",
        text=lambda: (
            _("The customer has written in %(number)s: %(subject)s")
            % {"number": act.ticket.number, "subject": act.ticket.subject}
        ),
        url=f"/tickets/{act.ticket.number}/",
        now=act.now,
    )
