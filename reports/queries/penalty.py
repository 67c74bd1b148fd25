"""What missed promises would cost us under a contract's liability clause: a proposal to talk about, never booked.

Every clock of the contract's own set that was due in the period and missed counts once, whatever became of its ticket
later; those that the customer held up, or that were only entered late, are shown and cost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from contracts.domain.amount import total
from contracts.domain.liability import Liability, read_liability
from contracts.enums import SetScope
from contracts.models import Contract
from tickets.enums import BreachReason, ClockState
from tickets.models import Clock

FREE = frozenset({BreachReason.CUSTOMER, BreachReason.LATE_ENTRY})
MISSED = (ClockState.BREACHED, ClockState.MET_LATE)


@dataclass(frozen=True)
class Missed:
    """One missed clock; `amount` is nothing where the reason frees us."""

    ticket: int
    number: str
    target: str
    due_at: datetime
    done_at: datetime | None
    late: timedelta
    reason: str
    is_free: bool
    amount: Decimal


@dataclass(frozen=True)
class Penalty:
    """The proposal for a period: all that was missed, the sum, its bound, and what is left of it."""

    first: date
    last: date
    missed: Sequence[Missed]
    total: Decimal
    cap: Decimal | None

    @property
    def proposed(self) -> Decimal:
        return self.total if self.cap is None else min(self.total, self.cap)

    @property
    def is_capped(self) -> bool:
        return self.proposed < self.total


def penalty(contract: Contract, first: date, last: date, now: datetime) -> Penalty:
    """The proposal for the days `first` to `last` in the office's zone, as of `now`. One statement; none without a
    clause.
    """
    liability = read_liability(contract.liability)
    found = [
        _missed(clock, liability, contract.amount, now) for clock in _clocks(contract, liability, first, last, now)
    ]
    return Penalty(first, last, found, total(one.amount for one in found), liability.cap(contract.amount))


def _clocks(
    contract: Contract, liability: Liability, first: date, last: date, now: datetime
) -> QuerySet[Clock] | list[Clock]:
    if not liability.rates:
        return []
    zone = ZoneInfo(settings.TIME_ZONE)
    start, end = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
    return (
        Clock.objects.filter(
            ticket__line__contract=contract,
            promise_version__promise_set__scope=SetScope.CONTRACT,
            target__in=sorted(liability.rates),
            state__in=MISSED,
            due_at__gte=start,
            due_at__lt=min(end, now),
        )
        .select_related("ticket")
        .order_by("due_at", "pk")
    )


def _missed(clock: Clock, liability: Liability, whole: Decimal | None, now: datetime) -> Missed:
    late = (clock.met_at or now) - clock.due_at
    is_free = clock.breach_reason in FREE
    amount = Decimal("0.00") if is_free else liability.rates[clock.target].of(whole, late)
    return Missed(
        ticket=clock.ticket_id,
        number=clock.ticket.number,
        target=clock.target,
        due_at=clock.due_at,
        done_at=clock.met_at,
        late=late,
        reason=clock.breach_reason,
        is_free=is_free,
        amount=amount,
    )
