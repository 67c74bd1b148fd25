"""What became of promises now, held against what would have become of them: counted, and named ticket by ticket.

Pure. The rule is that of `tickets.queries.outcome` and `queries.compliance`: a figure counts tickets, once for each
outcome of a target in the present round; a target stands under the house's own rules where no contract set has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reports.enums import FindingKind
from reports.queries.simulation_cells import COLUMNS, CellKey, Counts
from reports.queries.simulation_rows import Promise
from tickets.enums import Outcome

_PLACES = {name: place for place, name in enumerate(COLUMNS)}
_WORST_FIRST = (Outcome.LATE, Outcome.OPEN, Outcome.MET)
_THEN = len(Outcome)


class Subject(NamedTuple):
    """A ticket, as far as figures are grouped by it."""

    pk: int
    severity: int
    customer: int


@dataclass(frozen=True)
class Found:
    """A target of a ticket that is late now or then, each side by its worst clock."""

    subject: Subject
    target: str
    kind: FindingKind
    now: Promise | None
    then: Promise | None


@dataclass
class Tally:
    """The sums of many tickets, and the promises that are late on either side."""

    cells: dict[CellKey, Counts] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)

    def add(self, subject: Subject, now: Sequence[Promise], then: Sequence[Promise]) -> None:
        """Count one ticket with all of its judged clocks, as they are and as they would have been."""
        for target in dict.fromkeys(one.target for one in (*now, *then)):
            before = [one for one in now if one.target == target]
            after = [one for one in then if one.target == target]
            self._count(subject, before, 0)
            self._count(subject, after, _THEN)
            kind = _kind(before, after)
            if kind is not None:
                self.found.append(Found(subject, target, kind, _worst(before), _worst(after)))
            if kind in (FindingKind.NEWLY, FindingKind.SPARED):
                side = after if kind == FindingKind.NEWLY else before
                self._cell(subject, side)[_PLACES[kind]] += 1

    def _count(self, subject: Subject, side: Sequence[Promise], offset: int) -> None:
        outcomes = {one.outcome for one in side}
        for place, outcome in enumerate(Outcome):
            if outcome in outcomes:
                self._cell(subject, side)[offset + place] += 1

    def _cell(self, subject: Subject, side: Sequence[Promise]) -> Counts:
        house = all(one.house for one in side)
        key = CellKey(side[0].target, house, subject.severity, subject.customer)
        return self.cells.setdefault(key, [0] * len(COLUMNS))

    def as_json(self) -> list[list[Any]]:
        """The cells as rows of key and counts."""
        return [[*key, *counts] for key, counts in self.cells.items()]


def _kind(now: Sequence[Promise], then: Sequence[Promise]) -> FindingKind | None:
    late_now = any(one.outcome == Outcome.LATE for one in now)
    late_then = any(one.outcome == Outcome.LATE for one in then)
    if late_then:
        return FindingKind.STILL if late_now else FindingKind.NEWLY
    return FindingKind.SPARED if late_now else None


def _worst(side: Sequence[Promise]) -> Promise | None:
    return min(side, key=lambda one: _WORST_FIRST.index(one.outcome), default=None)
