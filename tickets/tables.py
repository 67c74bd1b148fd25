"""The queue as a table: its views, how many tickets each holds, and its rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from contracts.enums import Coverage
from tickets.domain.clock import ClockView, nearest_views
from tickets.enums import BACKSTAGE_KINDS, ENDED, ClockRank, State
from tickets.models import Ticket
from tickets.queries.outcome import every_ticket_for
from tickets.queries.presence import viewers
from tickets.queries.ticket import open_tickets_for, tickets_for

Condition = Callable[[Any, datetime], Q]

# How the coverage fact of a ticket shows (the look of wb/chip_coverage).
COVER_LOOKS = {
    Coverage.WARRANTY: "covered",
    Coverage.CONTRACT: "covered",
    Coverage.FREE_AFTER: "covered",
    Coverage.EXCLUDED: "out_of_scope",
    Coverage.EXPIRED: "expired",
    Coverage.UNKNOWN: "unknown",
}


@dataclass(frozen=True)
class View:
    """A tab of the queue over open tickets; `condition` None: all of them."""

    key: str
    label: Promise
    empty: Promise
    condition: Condition | None = None
    sort: str = "due"


@dataclass(frozen=True)
class Column:
    """A column of the queue that one may show or not; the deadline and the problem always are. `sort` is its order."""

    key: str
    label: Promise
    sort: str = ""
    css: str = ""


COLUMNS = (
    Column("severity", _("Severity"), "severity"),
    Column("customer", _("Customer"), "customer", css="wb-extra"),
    Column("kind", _("Kind"), css="wb-extra"),
    Column("channel", _("Channel"), css="wb-extra"),
    Column("state", _("State")),
    Column("assignee", _("Assignee")),
    Column("cover", _("Cover"), css="wb-extra"),
    Column("reported", _("Reported at"), "reported", "num wb-extra"),
    Column("updated", _("Updated"), "updated", "num wb-extra"),
)
SHIPPED_COLUMNS = ("severity", "state", "assignee", "cover", "updated")
# With the problem in its fixed place after the severity: what stands before it.
BEFORE_PROBLEM = frozenset({"severity"})


def columns_of(text: str) -> tuple[str, ...]:
    """The columns that a stored list names, in the fixed order; the shipped ones for an empty list."""
    named = {word for word in text.split(",") if word}
    return tuple(column.key for column in COLUMNS if column.key in named) if named else SHIPPED_COLUMNS


@dataclass(frozen=True)
class Row:
    """One ticket as the queue shows it. `viewers` are the names of the others who have it open."""

    ticket: Ticket
    clock: ClockView
    viewers: str = ""

    @property
    def coverage(self) -> str:
        return COVER_LOOKS[Coverage(self.ticket.coverage)]


def about_to_breach(_user: Any, now: datetime) -> Q:
    """Tickets whose nearest clock has at most 10 % or 15 minutes of service time left, but never above half
    (decisions 6). One that stands over night stays listed.
    """
    return Q(clock_rank=ClockRank.RUNNING, critical_at__lte=now, next_due_at__gte=now)


VIEWS = (
    View(
        "mine",
        _("My work"),
        _("All your work is done, thank you."),
        lambda user, now: Q(assignee=user),
    ),
    View("critical", _("About to breach"), _("Nothing is about to breach."), about_to_breach),
    View(
        "overdue",
        _("Overdue"),
        _("Nothing is overdue."),
        lambda user, now: Q(clock_rank=ClockRank.BREACHED) | Q(clock_rank=ClockRank.RUNNING, next_due_at__lt=now),
    ),
    View("unassigned", _("Unassigned"), _("Every ticket has somebody."), lambda user, now: Q(assignee=None)),
    View(
        "waiting_customer",
        _("Waiting for customer"),
        _("No ticket waits for a customer."),
        lambda user, now: Q(state=State.WAITING_CUSTOMER),
    ),
    View(
        "waiting_parts",
        _("Waiting for parts"),
        _("No ticket waits for parts."),
        lambda user, now: Q(state=State.WAITING_PARTS),
    ),
    View("all", _("All open"), _("There is no open ticket.")),
)
PAST = View("ended", _("Ended"), _("No ticket has ended yet."), sort="-updated")
EVERY = View("every", _("Open and ended"), _("There is no ticket yet."), sort="-reported")
BY_KEY = {view.key: view for view in (*VIEWS, PAST, EVERY)}


def view_of(key: str, user: Any) -> View:
    """The view asked for. Without one agents begin with their own work; engineers and whoever oversees with all that
    they see.
    """
    home = "mine" if str(Role.AGENT) in user.role_codes else "all"
    return BY_KEY.get(key, BY_KEY[home])


def tickets_in(view: View, user: Any, now: datetime) -> QuerySet[Ticket]:
    """The visible tickets of a view."""
    if view is EVERY:
        return every_ticket_for(user)
    if view is PAST:
        return tickets_for(user).filter(state__in=sorted(ENDED)).exclude(kind__in=sorted(BACKSTAGE_KINDS))
    shown = open_tickets_for(user)
    return shown.filter(view.condition(user, now)) if view.condition else shown


def counts(user: Any, now: datetime, more: Mapping[str, QuerySet[Ticket]] | None = None) -> dict[str, int]:
    """How many tickets each view holds, and each of the lists in `more`, all of them of open tickets: one statement
    over the open ones.
    """
    figures = {
        view.key: Count("pk", filter=view.condition(user, now)) if view.condition else Count("pk") for view in VIEWS
    }
    for key, tickets in (more or {}).items():
        figures[key] = Count("pk", filter=Q(pk__in=tickets.order_by().values("pk")))
    return open_tickets_for(user).order_by().aggregate(**figures)


def rows_of(tickets: Iterable[Ticket], now: datetime, user: Any = None) -> list[Row]:
    """Two statements, however many tickets; who else looks at them is asked of the cache."""
    listed = list(tickets)
    views = nearest_views(listed, now) if listed else {}
    seen = viewers([ticket.number for ticket in listed], user) if listed and user else {}
    return [
        Row(ticket, views[ticket.pk], "、".join(one.name for one in seen.get(ticket.number, ()))) for ticket in listed
    ]
