"""How far we are with what we owe: on pace, soon due, behind, missed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.domain.periods import Period, periods
from contracts.enums import Pace
from contracts.models import Obligation, ObligationMiss
from contracts.queries.obligation import days_done, open_misses

SOON_SHARE = 4
"""A piece is due soon in the last quarter of the time that the pace gives it, as clocks are (ui.md §1.4)."""


@dataclass(frozen=True)
class Standing:
    """An obligation today. `period` is the one that runs (the next or last one outside the term), `due_on` the day by
    which the next piece keeps the pace, None where nothing more is owed in it.
    """

    obligation: Obligation
    pace: Pace
    period: Period | None
    done: int
    due_on: date | None
    misses: tuple[ObligationMiss, ...] = ()

    @property
    def owed(self) -> int:
        return self.period.owed if self.period else 0

    @property
    def fraction(self) -> float:
        return min(1.0, self.done / self.owed) if self.owed else 1.0

    @property
    def missed(self) -> int:
        """How many missed periods nobody has settled."""
        return len(self.misses)


def standings(obligations: Collection[Obligation], day: date) -> list[Standing]:
    """Where each obligation (read with its contract) stands on a day; two statements."""
    days, misses = days_done(obligations), open_misses(obligations)
    return [standing(one, days.get(one.pk, []), day, misses.get(one.pk, [])) for one in obligations]


def standing(
    obligation: Obligation, days: Sequence[date], day: date, misses: Sequence[ObligationMiss] = ()
) -> Standing:
    """Where one obligation stands, by the days on which something was done for it. Pure."""
    listed = list(periods_of(obligation))
    period = next((one for one in listed if day <= one.last), listed[-1] if listed else None)
    if period is None:
        return Standing(obligation, Pace.ENDED, None, 0, None, tuple(misses))
    done = done_in(period, days)
    due_on = period.due(done + 1) if done < period.owed else None
    pace = Pace.MISSED if misses else _pace(period, due_on, day)
    return Standing(obligation, pace, period, done, due_on, tuple(misses))


def periods_of(obligation: Obligation) -> Iterator[Period]:
    """The periods in which it is owed, within the term of its contract."""
    contract = obligation.contract
    first = max(obligation.starts_on or contract.starts_on, contract.starts_on)
    last = min(obligation.ends_on or contract.ends_on, contract.ends_on)
    return periods(first, last, obligation.times, obligation.per)


def done_in(period: Period, days: Sequence[date]) -> int:
    return sum(period.first <= one <= period.last for one in days)


def _pace(period: Period, due_on: date | None, day: date) -> Pace:
    if day < period.first:
        return Pace.COMING
    if due_on is None:
        return Pace.ENDED if day > period.last else Pace.DONE
    if day > due_on:
        return Pace.BEHIND
    stretch = timedelta(days=period.days / period.owed / SOON_SHARE)
    return Pace.SOON if due_on - day < stretch else Pace.ON_PACE
