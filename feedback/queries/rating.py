"""Reads of ratings, and what they come to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from customers.models import Customer
from feedback.enums import LOW, SATISFIED, Stars
from feedback.models import Rating
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for

SHOWN_LOW = 3


def ratings_for(user: Any) -> QuerySet[Rating]:
    """The ratings of the tickets that the person may know of."""
    visible = tickets_for(user).order_by().values("pk")
    return Rating.objects.select_related("ticket", "contact").filter(ticket__in=visible)


@dataclass(frozen=True)
class Shares:
    """What ratings come to. `average` and `satisfied` (the share of 4 and 5 stars, 0 to 1) are None without any."""

    count: int
    average: float | None
    satisfied: float | None
    low: int
    by_stars: dict[int, int]


def shares(ratings: QuerySet[Rating]) -> Shares:
    """One statement."""
    each = {f"s{stars}": Count("pk", filter=Q(stars=stars)) for stars in Stars.values}
    row = ratings.order_by().aggregate(count=Count("pk"), average=Avg("stars"), **each)
    by_stars = {stars: row[f"s{stars}"] for stars in Stars.values}
    satisfied = sum(by_stars[stars] for stars in SATISFIED)
    return Shares(
        count=row["count"],
        average=row["average"],
        satisfied=satisfied / row["count"] if row["count"] else None,
        low=sum(by_stars[stars] for stars in LOW),
        by_stars=by_stars,
    )


def ratings_of(ticket: Ticket) -> list[Rating]:
    """The ticket's ratings, one a round, the latest first. The reader has been judged by the ticket already."""
    return list(Rating.objects.select_related("contact").filter(ticket=ticket).order_by("-round"))


def low_of(customer: Customer, user: Any) -> list[Rating]:
    """The customer's last ratings of one or two stars that the person may see."""
    return list(ratings_for(user).filter(customer=customer, stars__in=sorted(LOW)).order_by("-pk")[:SHOWN_LOW])
