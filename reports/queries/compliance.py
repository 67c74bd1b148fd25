"""How promises were kept: counted from the clocks that `tickets.queries.outcome` judges, so that every figure is as
long as the list it opens.

A target counts from the contract's set where that has it, else from the house's (decisions 5). Compliance is met by
met and late; what is still open does not count, and time on hold was never counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from django.db.models import BooleanField, Case, Count, DateField, Q, QuerySet, Value, When
from django.db.models.functions import TruncWeek

from contracts.domain.presets import load_presets
from contracts.domain.promise_words import target_name
from contracts.enums import SetScope
from core.language import is_chinese
from reports.queries.selection import ONE_DAY, Selection, tickets_in
from tickets.enums import Outcome
from tickets.models import Clock
from tickets.queries.outcome import clocks_of_tickets

FEWEST = 5
GOAL = 0.95
LEADING = 3
SHOWN_FIRST = ("response", "on_site", "resolution")


@dataclass(frozen=True)
class Kept:
    """How many tickets kept a promise, missed it, or still have it open."""

    met: int = 0
    late: int = 0
    open: int = 0

    @property
    def n(self) -> int:
        """How many have been decided: the sample."""
        return self.met + self.late

    @property
    def share(self) -> float | None:
        """Compliance from 0 to 1; None for a sample too small to be a percentage."""
        return self.met / self.n if self.n >= FEWEST else None

    @property
    def lacking(self) -> int:
        """How many more would have had to be met for the goal."""
        return max(0, ceil(round(GOAL * self.n, 6)) - self.met)


NONE_KEPT = Kept()


@dataclass(frozen=True)
class Promise:
    """One target in the selection and in the period before it."""

    target: str
    now: Kept
    before: Kept
    is_house: bool

    @property
    def name(self) -> str:
        return name_of(self.target)

    @property
    def short(self) -> str:
        return name_of(self.target, short=True)

    @property
    def change(self) -> float | None:
        """By how much the share has changed, in percentage points."""
        if self.now.share is None or self.before.share is None:
            return None
        return round(100 * (self.now.share - self.before.share), 1)


def compliance(user: Any, selection: Selection) -> list[Promise]:
    """Every target of the selection, in the order of the vocabulary. One statement."""
    present = Case(
        When(ticket__reported_at__gte=selection.start, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    clocks = clocks_of_tickets(tickets_in(user, selection, since=selection.before)).annotate(present=present)
    promised = Count("pk", filter=Q(promise_version__promise_set__scope=SetScope.CONTRACT))
    rows = list(_counted(clocks, "present").annotate(promised=promised))
    found = [
        Promise(
            target,
            _kept(row for row in rows if row["target"] == target and row["present"]),
            _kept(row for row in rows if row["target"] == target and not row["present"]),
            not any(row["promised"] for row in rows if row["target"] == target),
        )
        for target in in_order(row["target"] for row in rows)
    ]
    return [promise for promise in found if promise.now != NONE_KEPT]


def leading(promises: Iterable[Promise]) -> list[Promise]:
    """The few that stand above all: response, arrival and repair where they are promised, else those asked most."""
    found = [promise for promise in promises if not promise.is_house]
    best = sorted(found, key=lambda one: (one.target not in SHOWN_FIRST, -one.now.n, order_of(one.target)))
    return sorted(best[:LEADING], key=lambda one: order_of(one.target))


@dataclass(frozen=True)
class Week:
    """The days of a calendar week that lie in the selection, and how the promises of their tickets were kept."""

    first: date
    last: date
    kept: Mapping[str, Kept]

    def of(self, target: str) -> Kept:
        return self.kept.get(target, NONE_KEPT)


def trend(user: Any, selection: Selection) -> list[Week]:
    """The weeks of the selection, by the day of the report. One statement."""
    week = TruncWeek("ticket__reported_at", tzinfo=selection.zone, output_field=DateField())
    clocks = clocks_of_tickets(tickets_in(user, selection)).annotate(week=week)
    rows = list(_counted(clocks, "week"))
    found = []
    monday = selection.first - timedelta(days=selection.first.weekday())
    while monday <= selection.last:
        mine = [row for row in rows if row["week"] == monday]
        days = max(monday, selection.first), min(monday + timedelta(days=6), selection.last)
        found.append(Week(*days, {target: _kept_of(mine, target) for target in {row["target"] for row in mine}}))
        monday += 7 * ONE_DAY
    return found


def leading_targets(parts: Iterable[Mapping[str, Kept]]) -> list[str]:
    """The targets that are drawn: as `leading`, from how they were kept in weeks or groups."""
    sizes: dict[str, int] = {}
    for part in parts:
        for target, kept in part.items():
            sizes[target] = sizes.get(target, 0) + kept.n
    asked = [target for target in sizes if sizes[target] and target not in house_targets()]
    best = sorted(asked, key=lambda target: (target not in SHOWN_FIRST, -sizes[target], order_of(target)))
    return sorted(best[:LEADING], key=order_of)


def kept_by(clocks: QuerySet[Clock], column: str) -> dict[Any, dict[str, Kept]]:
    """By each value of a column, how each target was kept. One statement."""
    rows = list(_counted(clocks, column))
    values = dict.fromkeys(row[column] for row in rows)
    return {value: _targets_of([row for row in rows if row[column] == value]) for value in values}


def _targets_of(rows: list[dict[str, Any]]) -> dict[str, Kept]:
    return {target: _kept_of(rows, target) for target in {row["target"] for row in rows}}


def _counted(clocks: QuerySet[Clock], *columns: str) -> Any:
    """Tickets by target, outcome and the columns."""
    return clocks.order_by().values("target", "outcome", *columns).annotate(n=Count("ticket", distinct=True))


def _kept_of(rows: Iterable[dict[str, Any]], target: str) -> Kept:
    return _kept(row for row in rows if row["target"] == target)


def _kept(rows: Iterable[dict[str, Any]]) -> Kept:
    sums = dict.fromkeys((str(outcome) for outcome in Outcome), 0)
    for row in rows:
        sums[row["outcome"]] += row["n"]
    return Kept(sums[Outcome.MET], sums[Outcome.LATE], sums[Outcome.OPEN])


# --- The words of targets ---------------------------------------------------------------------------------------------


def in_order(targets: Iterable[str]) -> list[str]:
    return sorted(set(targets), key=order_of)


def order_of(target: str) -> tuple[int, str]:
    """The place of a target in the shipped vocabulary; what an administrator added comes last."""
    known = load_presets().vocabulary.targets
    return (known[target].order if target in known else len(known), target)


def name_of(target: str, *, short: bool = False) -> str:
    """The name of a target in the active language; one that an administrator added is named by its code."""
    found = load_presets().vocabulary.targets.get(target)
    if found is None:
        return target
    return found.short if short and is_chinese() else target_name(found)


def house_targets() -> frozenset[str]:
    """The targets that only the house's own rules promise."""
    sets = load_presets().sets.values()
    promised = {row.target.name for one in sets if one.scope == "contract" for row in one.rows}
    ours = {row.target.name for one in sets if one.scope == "house" for row in one.rows}
    return frozenset(ours - promised)
