from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InputError
from tickets.domain import participant
from tickets.domain.act import act_on
from tickets.enums import EventKind, LinkKind, ParticipantReason, Source
from tickets.models import Link, Ticket


def link(*, ticket: Ticket, other: Ticket, kind: str, actor: Any, now: datetime, source: str = Source.DESK) -> Ticket:
    """Note that two tickets of one customer belong together. Linking again changes nothing."""
    with act_on(ticket, actor=actor, now=now, action="link", source=source) as act:
        if kind not in LinkKind.values:
            raise InputError("kind", _("Please choose a kind from the list."), "kind")
        if other.customer_id != ticket.customer_id:
            raise InputError("does_not_exist", _("This ticket does not exist."), "other")
        if other.pk == ticket.pk:
            raise InputError("same", _("Please choose another ticket."), "other")
        if not Link.objects.filter(ticket=ticket, other=other).exists():
            connect(ticket, other, kind, now)
            act.record(EventKind.LINKED, data={"to": other.number, "kind": str(kind)})
    return ticket


def connect(ticket: Ticket, other: Ticket, kind: str, now: datetime) -> None:
    Link.objects.get_or_create(
        ticket=ticket,
        other=other,
        defaults={"kind": kind, "customer_id": ticket.customer_id, "created_at": now},
    )


def follow(*, ticket: Ticket, actor: Any, now: datetime) -> None:
    """Be told about this ticket. Twice changes nothing."""
    participant.join(ticket, actor.pk, ParticipantReason.FOLLOWER, now)


def unfollow(*, ticket: Ticket, actor: Any, now: datetime) -> None:
    participant.leave(ticket, actor.pk, ParticipantReason.FOLLOWER, now)
