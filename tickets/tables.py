"""The queue as a table: its views, how many tickets each holds, and its rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Extract, Greatest, Least
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from contracts.enums import Coverage
from tickets.domain.clock import CRITICAL_SECONDS, CRITICAL_SHARE, ClockView, nearest_views
from tickets.enums import BACKSTAGE_KINDS, ENDED, ClockRank, ClockState, State
from tickets.models import Clock, Ticket
from tickets.queries.ticket import open_tickets_for, tickets_for

Condition = Callable[[Any, datetime], Q | Exists]

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
class Row:
    """One ticket as the queue shows it."""

    ticket: Ticket
    clock: ClockView

    @property
    def coverage(self) -> str:
        return COVER_LOOKS[Coverage(self.ticket.coverage)]


def about_to_breach(_user: Any, now: datetime) -> Q:
    """Tickets whose nearest clock has at most 10 % or 15 minutes left, but never above half (decisions 6).

    By the wall clock, as an index can serve it: one that turns critical in the evening and stands over night is listed
    again in the morning.
    """
    left = Extract(ExpressionWrapper(F("due_at") - Value(now, DateTimeField()), DurationField()), "epoch")
    whole = Extract(ExpressionWrapper(F("due_at") - F("started_at"), DurationField()), "epoch")
    budget = Coalesce(Cast("budget_seconds", FloatField()), Cast(whole, FloatField()))
    margin = Least(Greatest(budget * CRITICAL_SHARE, Value(float(CRITICAL_SECONDS))), budget * 0.5)
    near = Clock.objects.filter(
        ticket=OuterRef("pk"), target=OuterRef("next_target"), state=ClockState.RUNNING, due_at__gte=now
    )
    return Q(clock_rank=ClockRank.RUNNING) & Q(Exists(near.annotate(left=left).filter(left__lte=margin)))


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
BY_KEY = {view.key: view for view in (*VIEWS, PAST)}


def view_of(key: str, user: Any) -> View:
    """The view asked for. Without one agents begin with their own work; engineers and whoever oversees with all that
    they see.
    """
    home = "mine" if str(Role.AGENT) in user.role_codes else "all"
    return BY_KEY.get(key, BY_KEY[home])


def tickets_in(view: View, user: Any, now: datetime) -> QuerySet[Ticket]:
    """The visible tickets of a view."""
    if view is PAST:
        return tickets_for(user).filter(state__in=sorted(ENDED)).exclude(kind__in=sorted(BACKSTAGE_KINDS))
    shown = open_tickets_for(user)
    return shown.filter(view.condition(user, now)) if view.condition else shown


def counts(user: Any, now: datetime) -> dict[str, int]:
    """How many tickets each view holds: one statement over the open ones."""
    figures = {
        view.key: Count("pk", filter=view.condition(user, now)) if view.condition else Count("pk") for view in VIEWS
    }
    return open_tickets_for(user).order_by().aggregate(**figures)


def rows_of(tickets: Iterable[Ticket], now: datetime) -> list[Row]:
    """Two statements, however many tickets."""
    listed = list(tickets)
    views = nearest_views(listed, now) if listed else {}
    return [Row(ticket, views[ticket.pk]) for ticket in listed]
