"""Asking the customer for a rating by mail, once a round, when the service is done."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.domain import link
from accounts.enums import Purpose
from accounts.models import OneUseLink
from core import hooks
from core.domain import notification, outbox
from core.models import Outbox
from customers.models import Contact
from feedback.domain.rating import RATEABLE
from feedback.models import Rating
from tickets.domain.undo import WINDOW
from tickets.enums import BACKSTAGE_KINDS, EventKind
from tickets.models import Event, Ticket


@hooks.after("tickets.resolve")
def ask(*, ticket: Ticket, actor: Any, now: datetime) -> None:
    """Post the question; whom and whether it is asked is settled at delivery, when the solution can no longer be taken
    back with one click.
    """
    if ticket.contact is None or not ticket.contact.email or ticket.kind in BACKSTAGE_KINDS:
        return
    payload = {"ticket": ticket.pk, "round": ticket.round}
    outbox.post(
        kind="rating.ask", key=f"rating:{ticket.pk}:{ticket.version}", payload=payload, now=now, not_before=now + WINDOW
    )


@outbox.deliverer("rating.ask")
def deliver_question(row: Outbox, now: datetime) -> None:
    """Ask the ticket's contact, if they were told of the solution and neither rated nor were asked in this round."""
    ticket = Ticket.objects.select_related("contact__user", "customer").get(pk=row.payload["ticket"])
    contact, this_round = ticket.contact, row.payload["round"]
    if contact is None or not (contact.email and contact.is_active and ticket.customer.is_active):
        return
    if not _is_due(ticket, this_round, now):
        return
    key = f"rating:{ticket.pk}:{this_round}"
    facts = {"ticket": ticket.pk, "round": this_round, "contact": contact.pk}
    token = link.issue(purpose=Purpose.RATING, key=key, subject=subject_of(ticket, this_round), facts=facts, now=now)
    with translation.override(contact.user.language if contact.user else settings.LANGUAGE_CODE):
        notification.send_mail(
            key=row.key,
            to=(contact.name, contact.email),
            subject=_("%(number)s Please rate our service: %(subject)s")
            % {"number": ticket.number, "subject": ticket.subject},
            body=_letter(contact, token),
        )


def subject_of(ticket: Ticket, this_round: int) -> str:
    """The key text of what a rating link asks about."""
    return f"feedback.rating:{ticket.number}:{this_round}"


def _is_due(ticket: Ticket, this_round: int, now: datetime) -> bool:
    """Still done in the same round, told to the customer, not rated, not asked yet."""
    if ticket.round != this_round or ticket.state not in RATEABLE:
        return False
    told = Event.objects.filter(ticket=ticket, kind=EventKind.RESOLVED).order_by("seq").last()
    if told is None or not Outbox.objects.filter(key=f"resolved:{told.pk}").exists():
        return False
    asked = OneUseLink.objects.filter(purpose=Purpose.RATING, subject=subject_of(ticket, this_round))
    return not asked.exists() and not Rating.objects.filter(ticket=ticket, round=this_round).exists()


def _letter(contact: Contact, token: str) -> str:
    lines = [
        _("Dear %(name)s,") % {"name": contact.name},
        _("We have finished our service. Were you satisfied with it? A minute of yours helps us to get better:"),
        f"{settings.BASE_URL}/rate/{token}/",
        _("The link works once, for 30 days."),
        _("If anything else comes up, please call our service hotline %(hotline)s at any time.")
        % {"hotline": settings.SERVICE_HOTLINE},
    ]
    return "\n\n".join(lines) + "\n"
