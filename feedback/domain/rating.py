"""The customer's word on a finished service. It closes nothing and reopens nothing (ui.md)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import link
from accounts.enums import Purpose
from accounts.models import OneUseLink
from accounts.queries.user import duty_managers
from core.domain import audit, notification
from core.errors import InputError, RuleError
from customers.models import Contact
from feedback.enums import LOW, Stars
from feedback.models import Rating
from feedback.models.rating import COMMENT_MAX
from tickets.domain.text import cleaned
from tickets.enums import State
from tickets.models import Ticket

RATEABLE = frozenset({State.RESOLVED, State.CLOSED})


def rate(
    *, ticket: Ticket, stars: int, contact: Contact | None, actor: Any, now: datetime, comment: str = ""
) -> Rating:
    """Note what the customer says of the present round; one or two stars are told to the duty managers and the
    assignee's team lead.

    Raises RuleError `not_ended` before the service is done and `rated` the second time in a round, InputError at
    `stars` for anything but 1 to 5 and at `comment` for more than 2,000 characters.
    """
    with transaction.atomic():
        locked = _lock(ticket.pk)
        if locked.state not in RATEABLE:
            raise RuleError("not_ended", _("We are still working on it. Please rate our service once it is done."))
        if Rating.objects.filter(ticket=locked, round=locked.round).exists():
            raise RuleError("rated", _("We have received your rating already. Thank you."))
        rating = Rating.objects.create(
            ticket=locked,
            customer_id=locked.customer_id,
            contact=contact,
            round=locked.round,
            stars=_checked(stars),
            comment=cleaned(comment, "comment", limit=COMMENT_MAX, required=False),
            created_at=now,
        )
        _note(rating, locked, actor, now)
        if rating.stars in LOW:
            _tell(rating, locked, now)
    return rating


def rate_by_link(*, token: object, stars: int, now: datetime, comment: str = "") -> Rating | None:
    """What the button behind a mailed link does: `rate` for the ticket, round and contact of the link, and use it up.

    None for a link that cannot be used (any more); errors as `rate`, the link then still stands.
    """
    found = asked(token, now)
    if found is None:
        return None
    with transaction.atomic():
        ticket = _lock(found.facts["ticket"])
        used = link.consume(token, Purpose.RATING, now)
        if used is None or not _stands(used, ticket):
            transaction.set_rollback(True)
            return None
        contact = Contact.objects.get(pk=used.facts["contact"])
        return rate(ticket=ticket, stars=stars, comment=comment, contact=contact, actor=contact.user, now=now)


def asked(token: object, now: datetime) -> OneUseLink | None:
    """The link with this token if what it asks for can still be said. Changes nothing."""
    found = link.look_at(token, Purpose.RATING, now)
    if found is None or not _stands(found, Ticket.objects.get(pk=found.facts["ticket"])):
        return None
    return found


def answered(token: object) -> bool:
    """Whether the round that the link with this token asks about has been rated, by this way or another."""
    found = link.find(token, Purpose.RATING)
    if found is None or found.withdrawn_at or not _contact_stands(found):
        return False
    return Rating.objects.filter(ticket=found.facts["ticket"], round=found.facts["round"]).exists()


def _stands(found: OneUseLink, ticket: Ticket) -> bool:
    """The round that was asked about is still the present one, and the contact still one of the customer's."""
    return ticket.round == found.facts["round"] and ticket.state in RATEABLE and _contact_stands(found)


def _contact_stands(found: OneUseLink) -> bool:
    return Contact.objects.filter(pk=found.facts["contact"], is_active=True, customer__is_active=True).exists()


def _lock(pk: int) -> Ticket:
    return Ticket.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def _checked(stars: Any) -> int:
    if isinstance(stars, bool) or not isinstance(stars, int) or stars not in Stars.values:
        raise InputError("stars", _("Please choose one to five stars."), "stars")
    return int(stars)


def _note(rating: Rating, ticket: Ticket, actor: Any, now: datetime) -> None:
    audit.record(
        actor=actor,
        action="rating.create",
        subject=f"tickets.ticket:{ticket.number}",
        changes={"rating": rating.pk, "round": rating.round, "stars": rating.stars, "contact": rating.contact_id},
        now=now,
        customer_id=ticket.customer_id,
    )


def _tell(rating: Rating, ticket: Ticket, now: datetime) -> None:
    team = ticket.assignee.team if ticket.assignee else None
    lead = team.lead if team and team.lead and team.lead.is_active else None
    told = {user.pk: user for user in (*duty_managers(), lead) if user}
    for user in told.values():
        notification.notify(
            user=user,
            key=f"rating:{rating.pk}",
            kind="rating",
            text=lambda: _told(rating, ticket),
            url=_url(ticket),
            now=now,
        )


def _told(rating: Rating, ticket: Ticket) -> str:
    facts = {"number": ticket.number, "stars": rating.stars, "subject": ticket.subject}
    return _("%(number)s was rated with %(stars)s of 5 stars: %(subject)s") % facts


def _url(ticket: Ticket) -> str:
    return f"/tickets/{ticket.number}/"
