"""Which tickets the figures are about: a period of days in somebody's zone, and what narrows it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import QuerySet

from tickets.models import Ticket
from tickets.queries.outcome import every_ticket_for
from tickets.queries.ticket import open_tickets_for

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Selection:
    """Tickets reported from `first` to `last`, both days included in `zone`; what is None does not narrow."""

    first: date
    last: date
    zone: tzinfo
    customer: int | None = None
    assignee: int | None = None
    severity: int | None = None
    kind: str | None = None

    @property
    def start(self) -> datetime:
        return self.midnight(self.first)

    @property
    def end(self) -> datetime:
        """The instant after the last day."""
        return self.midnight(self.last + ONE_DAY)

    @property
    def before(self) -> datetime:
        """Where the period of equal length before this one begins."""
        return self.midnight(self.first - (self.last - self.first) - ONE_DAY)

    @property
    def facts(self) -> dict[str, Any]:
        """What narrows beside the period, as columns of the ticket and as parameters of its list."""
        facts = {"customer": self.customer, "assignee": self.assignee, "severity": self.severity, "kind": self.kind}
        return {name: value for name, value in facts.items() if value is not None}

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()


def tickets_in(user: Any, selection: Selection, *, since: datetime | None = None) -> QuerySet[Ticket]:
    """The visible tickets of the selection, from `since` on where an earlier instant is wanted."""
    span = {"reported_at__gte": since or selection.start, "reported_at__lt": selection.end}
    return every_ticket_for(user).filter(**span, **selection.facts).order_by()


def open_in(user: Any, selection: Selection) -> QuerySet[Ticket]:
    """The visible tickets that are open now, whenever reported, most pressing first."""
    return open_tickets_for(user).filter(**selection.facts)
