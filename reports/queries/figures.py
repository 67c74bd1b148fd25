"""The other figures of the dashboard: what is open, how old it is, why promises were missed, what was solved at once.

All start from what the person may see. Definitions in words stand in reports.views.definitions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Value, When

from feedback.models import Rating
from feedback.queries.rating import Shares, ratings_for, shares
from reports.queries.compliance import FEWEST, Kept, kept_by
from reports.queries.selection import ONE_DAY, Selection, open_in, tickets_in
from tickets.enums import ClockRank, EventKind, Outcome, State
from tickets.models import Event, Ticket
from tickets.queries.outcome import STATES, clocks_of_tickets

AT_RISK = 8
MOST_GROUPS = 8
LOW_SHOWN = 3
SOLVED = (State.RESOLVED, State.CLOSED)
ARRIVED = "checked_in"


def overdue_at(now: datetime) -> Q:
    """As the view "overdue" of the queue."""
    return Q(clock_rank=ClockRank.BREACHED) | Q(clock_rank=ClockRank.RUNNING, next_due_at__lt=now)


def about_to_breach_at(now: datetime) -> Q:
    """As the view "about to breach" of the queue (decisions 6)."""
    return Q(clock_rank=ClockRank.RUNNING, critical_at__lte=now, next_due_at__gte=now)


@dataclass(frozen=True)
class OpenNow:
    """What is open at this instant. `forecast`: unassigned and due before the day ends."""

    open: int
    overdue: int
    at_risk: int
    unassigned: int
    forecast: int
    oldest: datetime | None


def open_now(user: Any, selection: Selection, now: datetime) -> OpenNow:
    """One statement over the open tickets."""
    midnight = selection.midnight(selection.today(now) + ONE_DAY)
    today = Q(assignee=None, clock_rank=ClockRank.RUNNING, next_due_at__gte=now, next_due_at__lt=midnight)
    counted = (
        open_in(user, selection)
        .order_by()
        .aggregate(
            open=Count("pk"),
            overdue=Count("pk", filter=overdue_at(now)),
            at_risk=Count("pk", filter=about_to_breach_at(now)),
            unassigned=Count("pk", filter=Q(assignee=None)),
            forecast=Count("pk", filter=today),
            oldest=Min("reported_at"),
        )
    )
    return OpenNow(**counted)


@dataclass(frozen=True)
class Age:
    """Open tickets reported from one day to another; None: no bound on that side."""

    first: date | None
    last: date | None
    count: int


def backlog(user: Any, selection: Selection, now: datetime) -> list[Age]:
    """Open tickets by the calendar days since their report: 0, 1–2, 3–6, 7 and more. One statement."""
    today = selection.today(now)
    bounds: Sequence[tuple[int | None, int | None]] = ((0, None), (2, 1), (6, 3), (None, 7))
    spans = [(_ago(today, oldest), _ago(today, newest)) for oldest, newest in bounds]
    counts = {f"n{index}": Count("pk", filter=_reported(selection, *span)) for index, span in enumerate(spans)}
    found = open_in(user, selection).order_by().aggregate(**counts)
    return [Age(*span, found[f"n{index}"]) for index, span in enumerate(spans)]


def _ago(today: date, days: int | None) -> date | None:
    return None if days is None else today - timedelta(days=days)


def _reported(selection: Selection, first: date | None, last: date | None) -> Q:
    span = Q()
    if first:
        span &= Q(reported_at__gte=selection.midnight(first))
    if last:
        span &= Q(reported_at__lt=selection.midnight(last + ONE_DAY))
    return span


def at_risk(user: Any, selection: Selection, now: datetime) -> QuerySet[Ticket]:
    """Open tickets about to breach, nearest first."""
    return open_in(user, selection).filter(about_to_breach_at(now))


@dataclass(frozen=True)
class Reason:
    """A reason of delay ("" where none was given yet) and how many tickets were late for it."""

    code: str
    count: int
    share_so_far: float


def breach_reasons(user: Any, selection: Selection) -> list[Reason]:
    """Why promises were missed, most frequent first; a ticket late for two reasons counts in both. One statement."""
    late = clocks_of_tickets(tickets_in(user, selection)).filter(state__in=STATES[Outcome.LATE])
    rows = late.order_by().values("breach_reason").annotate(n=Count("ticket", distinct=True))
    ordered = sorted(rows, key=lambda row: (-row["n"], row["breach_reason"]))
    whole, so_far, found = sum(row["n"] for row in ordered), 0, []
    for row in ordered:
        so_far += row["n"]
        found.append(Reason(row["breach_reason"], row["n"], so_far / whole))
    return found


@dataclass(frozen=True)
class FirstFix:
    """Solved tickets, and those of them that were neither reopened nor needed anybody to go there."""

    resolved: int = 0
    closed: int = 0
    at_once: int = 0

    @property
    def n(self) -> int:
        return self.resolved + self.closed

    @property
    def share(self) -> float | None:
        return self.at_once / self.n if self.n >= FEWEST else None


def first_fix(user: Any, selection: Selection) -> tuple[FirstFix, FirstFix]:
    """In the selection and in the period before. One statement."""
    arrived = Event.objects.filter(ticket=OuterRef("pk"), kind=ARRIVED, voided_by=None).exclude(kind=EventKind.VOIDED)
    solved = tickets_in(user, selection, since=selection.before).filter(state__in=SOLVED)
    present = Case(When(reported_at__gte=selection.start, then=Value(1)), default=Value(0))
    rows = (
        solved.annotate(present=present)
        .values("present")
        .annotate(
            resolved=Count("pk", filter=Q(state=State.RESOLVED)),
            closed=Count("pk", filter=Q(state=State.CLOSED)),
            at_once=Count("pk", filter=Q(round=1) & ~Exists(arrived)),
        )
    )
    found = {row.pop("present"): FirstFix(**row) for row in rows}
    return found.get(1, FirstFix()), found.get(0, FirstFix())


def satisfaction(user: Any, selection: Selection) -> Shares:
    """What the customers said about the tickets of the selection. One statement."""
    return shares(_ratings(user, selection))


def low_ratings(user: Any, selection: Selection) -> list[Rating]:
    """The last ones of one or two stars, with their tickets. One statement."""
    return list(_ratings(user, selection).filter(stars__lte=2).order_by("-pk")[:LOW_SHOWN])


def _ratings(user: Any, selection: Selection) -> QuerySet[Rating]:
    return ratings_for(user).filter(ticket__in=tickets_in(user, selection).values("pk"))


# --- The matrix -------------------------------------------------------------------------------------------------------

GROUPS: dict[str, tuple[str, str]] = {
    "severity": ("severity", "severity"),
    "customer": ("customer", "customer__short_name"),
    "district": ("site__district", "site__district"),
    "engineer": ("assignee", "assignee__name"),
}


@dataclass(frozen=True)
class Group:
    """One row of the matrix: a severity, a customer, a district or an engineer. `value` None: nobody, nowhere."""

    value: Any
    label: Any
    tickets: int
    kept: dict[str, Kept]


def matrix(user: Any, selection: Selection, by: str, most: int | None = MOST_GROUPS) -> list[Group]:
    """Tickets and promises by one fact, severities in their order, all else by number of tickets. Two statements."""
    column, label = GROUPS[by]
    tickets = tickets_in(user, selection)
    order = ("severity",) if by == "severity" else ("-n", "label")
    rows = list(tickets.values(value=F(column), label=F(label)).annotate(n=Count("pk")).order_by(*order)[:most])
    kept = kept_by(clocks_of_tickets(tickets), f"ticket__{column}")
    return [Group(row["value"], row["label"], row["n"], kept.get(row["value"], {})) for row in rows]


# --- People -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """The open tickets of one person."""

    name: str
    open: int
    overdue: int


def loads(user: Any, selection: Selection, now: datetime, most: int) -> list[Load]:
    """Who holds most open tickets. One statement."""
    held = open_in(user, selection).exclude(assignee=None).order_by().values("assignee", "assignee__name")
    rows = held.annotate(n=Count("pk"), late=Count("pk", filter=overdue_at(now))).order_by("-n", "assignee__name")
    return [Load(row["assignee__name"], row["n"], row["late"]) for row in rows[:most]]
