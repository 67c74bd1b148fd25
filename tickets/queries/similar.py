"""Tickets that may be about the same: for who works on one, and before another one is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from customers.models import Asset, Customer
from tickets.enums import BACKSTAGE_KINDS, OPEN, State
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for

AT_MOST = 5
LOOKED_AT = 200
"""Of the newest tickets of a device, product or customer so many are compared."""

ALIKE = 0.34
"""From this share of common pairs of characters on two subjects are alike."""

REPEATS_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Similar:
    """A ticket and why it may be about the same."""

    ticket: Ticket
    same_asset: bool
    alike: bool


def similar_to(ticket: Ticket, user: Any) -> list[Similar]:
    """The last five that the user sees, open or ended: of the same device, and with similar words of the same product
    or customer. One statement; the ticket's asset is read if it was not.
    """
    product = ticket.asset.product_id if ticket.asset else None
    kin = [Q(asset=ticket.asset_id), Q(asset__in=Asset.objects.filter(product=product).values("pk"))] if product else []
    seen = tickets_for(user).exclude(pk=ticket.pk).exclude(state=State.CANCELLED)
    judged = _judged(_newest(seen, *kin, Q(customer=ticket.customer_id)), ticket.asset_id, ticket.subject)
    near = [one for one in judged if one.same_asset or one.alike]
    return sorted(near, key=lambda one: (not one.same_asset, not one.alike, -one.ticket.pk))[:AT_MOST]


def duplicates(user: Any, customer: Customer, asset: Asset | None, subject: str, now: datetime) -> list[Similar]:
    """What a new ticket may repeat, as far as the user sees it: open ones of the same device, and those of the customer
    with similar words within seven days. One statement.
    """
    seen = tickets_for(user).filter(customer=customer).exclude(state=State.CANCELLED)
    seen = seen.exclude(kind__in=sorted(BACKSTAGE_KINDS))
    kin = [Q(asset=asset, state__in=sorted(OPEN))] if asset else []
    judged = _judged(
        _newest(seen, *kin, Q(reported_at__gte=now - REPEATS_WITHIN)), asset.pk if asset else None, subject
    )
    repeats = [one for one in judged if (one.same_asset and one.ticket.is_open) or one.alike]
    return sorted(repeats, key=lambda one: (not one.same_asset, not one.ticket.is_open, -one.ticket.pk))[:AT_MOST]


def likeness(one: str, other: str) -> float:
    """0 to 1: the share of pairs of neighbouring characters that two short texts have in common (Dice)."""
    first, second = _pairs(one), _pairs(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _newest(seen: QuerySet[Ticket], *kinds: Q) -> list[Ticket]:
    """The newest of each kind, together; each is found by an index of its own."""
    first, *more = [seen.filter(kind).order_by("-pk").values("pk")[:LOOKED_AT] for kind in kinds]
    return list(seen.filter(pk__in=first.union(*more) if more else first))


def _judged(others: Sequence[Ticket], asset_id: int | None, subject: str) -> list[Similar]:
    return [
        Similar(other, asset_id is not None and other.asset_id == asset_id, likeness(other.subject, subject) >= ALIKE)
        for other in others
    ]


def _pairs(text: str) -> frozenset[str]:
    plain = "".join(char for char in text.lower() if char.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))
