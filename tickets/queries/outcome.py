"""What has become of promises: the one definition behind every figure and the list that it opens.

A target counts from the contract's set where that has it, else from the house's: the stored clocks are masked that way
already (decisions 5). Only the present round counts; sets without rounds (papers, complaints) have one for good.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Exists, F, JSONField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from contracts.models import PromiseVersion
from tickets.enums import BACKSTAGE_KINDS, ClockState, Outcome
from tickets.models import Clock, Ticket
from tickets.queries.ticket import tickets_for

STATES: Mapping[Outcome, tuple[ClockState, ...]] = {
    Outcome.MET: (ClockState.MET,),
    Outcome.LATE: (ClockState.MET_LATE, ClockState.BREACHED),
    Outcome.OPEN: (ClockState.RUNNING, ClockState.PAUSED),
}


def every_ticket_for(user: Any) -> QuerySet[Ticket]:
    """The visible tickets that figures are about and that `?view=every` lists: open and ended, without trainings and
    depot repairs.
    """
    return tickets_for(user).exclude(kind__in=sorted(BACKSTAGE_KINDS))


def judged_clocks() -> QuerySet[Clock]:
    """The clocks of the present rounds that have an outcome (annotation `outcome`); withdrawn and unneeded ones have
    none.

    A figure counts tickets (`Count("ticket", distinct=True)`), so that it is as long as its list.
    """
    known = [state for states in STATES.values() for state in states]
    told = Case(*(When(state__in=states, then=Value(str(one))) for one, states in STATES.items()))
    present = Q(round=F("ticket__round")) | Q(promise_version__in=_without_rounds())
    return Clock.objects.filter(present, state__in=known).annotate(outcome=told)


def clocks_of_tickets(tickets: QuerySet[Ticket]) -> QuerySet[Clock]:
    """The judged clocks of the tickets of a list."""
    return judged_clocks().filter(ticket__in=tickets.order_by().values("pk"))


def with_outcome(
    tickets: QuerySet[Ticket], *, target: str = "", outcome: str = "", breach_reason: str = ""
) -> QuerySet[Ticket]:
    """The tickets with one judged clock of this target, outcome and reason; what is empty does not narrow."""
    if not (target or outcome or breach_reason):
        return tickets
    clocks = judged_clocks().filter(ticket=OuterRef("pk"))
    if target:
        clocks = clocks.filter(target=target)
    if outcome:
        clocks = clocks.filter(state__in=STATES[Outcome(outcome)])
    if breach_reason:
        clocks = clocks.filter(breach_reason=breach_reason)
    return tickets.filter(Exists(clocks))


def _without_rounds() -> Any:
    documents = PromiseVersion.objects.annotate(written=Cast("document", JSONField()))
    return documents.filter(written__set__rounds=False).values("pk")
