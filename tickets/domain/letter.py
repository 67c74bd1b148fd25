"""Mails to the customer about a ticket. Made at delivery, from references; nothing internal ever enters them."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contracts.domain.promise_words import target_name
from core import formats
from core.domain import notification, outbox
from core.language import language_code
from core.models import Outbox
from customers.models import Contact
from tickets.domain.promises import promises_of
from tickets.enums import ClockState
from tickets.models import Clock, Escalation, Event, Message, Ticket


@outbox.deliverer("ticket.receipt")
def deliver_receipt(row: Outbox, now: datetime) -> None:
    """The customer always gets an acknowledgement with number and promise (domain.md §3)."""
    ticket = Ticket.objects.select_related("contact").get(pk=row.payload["ticket"])
    _send(row, ticket, ticket.contact, _subject_receipt, lambda: _receipt(ticket, now))


@outbox.deliverer("ticket.reply")
def deliver_reply(row: Outbox, now: datetime) -> None:
    message = Message.objects.select_related("ticket", "to_contact").get(pk=row.payload["message"])
    _send(row, message.ticket, message.to_contact, _subject_reply, lambda: message.body)


@outbox.deliverer("ticket.resolved")
def deliver_resolved(row: Outbox, now: datetime) -> None:
    event = Event.objects.select_related("ticket__contact").get(pk=row.payload["event"])
    solution = event.data["set"]["solution"]
    _send(row, event.ticket, event.ticket.contact, _subject_resolved, lambda: _resolved(solution))


@outbox.deliverer("ticket.late")
def deliver_late(row: Outbox, now: datetime) -> None:
    """A late promise is said first by us."""
    escalation = Escalation.objects.select_related("ticket__contact", "clock").get(pk=row.payload["escalation"])
    clock = escalation.clock
    _send(row, escalation.ticket, escalation.ticket.contact, _subject_late, lambda: _late(clock, now))


def _send(
    row: Outbox,
    ticket: Ticket,
    contact: Contact | None,
    subject: Callable[[Ticket], str],
    body: Callable[[], str],
) -> None:
    """Send to the contact in the contact's language; without an address there is nothing to send."""
    if contact is None or not contact.email or not contact.is_active:
        return
    language = contact.user.language if contact.user else settings.LANGUAGE_CODE
    with translation.override(language):
        notification.send_mail(
            key=row.key,
            to=(contact.name, contact.email),
            subject=subject(ticket),
            body=_letter(contact.name, body()),
        )


def _letter(name: str, body: str) -> str:
    greeting = _("Dear %(name)s,") % {"name": name}
    farewell = _("If anything else comes up, please call our service hotline %(hotline)s at any time.")
    return f"{greeting}\n\n{body}\n\n{farewell % {'hotline': settings.SERVICE_HOTLINE}}\n"


def _subject_receipt(ticket: Ticket) -> str:
    return _("%(number)s We have received your request: %(subject)s") % _names(ticket)


def _subject_reply(ticket: Ticket) -> str:
    return _("%(number)s Our answer: %(subject)s") % _names(ticket)


def _subject_resolved(ticket: Ticket) -> str:
    return _("%(number)s Solved: %(subject)s") % _names(ticket)


def _subject_late(ticket: Ticket) -> str:
    return _("%(number)s We are later than promised: %(subject)s") % _names(ticket)


def _names(ticket: Ticket) -> dict[str, str]:
    return {"number": ticket.number, "subject": ticket.subject}


def _receipt(ticket: Ticket, now: datetime) -> str:
    """Number and promise in clock time, as the clocks stand at delivery."""
    lines = [_("We have recorded your request under the number %(number)s.") % {"number": ticket.number}]
    targets = promises_of(ticket).targets
    running = Clock.objects.filter(ticket=ticket, about="", state=ClockState.RUNNING).order_by("due_at")
    for clock in running[:4]:
        facts = {"target": target_name(targets[clock.target]), "due": _moment(clock.due_at, now)}
        lines.append(_("We promise: %(target)s by %(due)s.") % facts)
    return "\n".join(lines)


def _resolved(solution: str) -> str:
    asked = _("If it is not solved yet, simply answer this mail and we go on at once.")
    return f"{solution}\n\n{asked}"


def _late(clock: Clock, now: datetime) -> str:
    target = target_name(promises_of(clock.ticket).targets[clock.target])
    facts = {"target": target, "due": _moment(clock.due_at, now)}
    return _("We are sorry: %(target)s was promised by %(due)s. The duty manager will call you.") % facts


def _moment(at: datetime, now: datetime) -> str:
    return formats.when(at, now, timezone.get_default_timezone(), language_code())
