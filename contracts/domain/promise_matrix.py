"""The promises of a set as a table: a row for each target, a column for each severity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.domain.facts import Facts
from contracts.domain.forecast import forecast
from contracts.domain.promise_set import PromiseSet
from contracts.domain.promise_words import SEVERITIES, STARTS, goal_of, target_name
from contracts.domain.vocabulary import Target

Cells = tuple[str, str, str, str]


@dataclass(frozen=True)
class Promise:
    """One target with what is promised at severities 1 to 4; "" where nothing is."""

    target: str
    cells: Cells

    @property
    def same(self) -> str:
        """The promise, where all severities have the same."""
        return self.cells[0] if len(set(self.cells)) == 1 else ""


def matrix(promise_set: PromiseSet, *, locality: str | None, distance_km: float | None, now: datetime) -> list[Promise]:
    """What a fault reported now by phone would be promised, in the order of the targets."""
    columns = [
        _column(promise_set, Facts(rank, "fault", "phone", locality, distance_km, "contract"), now)
        for rank in SEVERITIES
    ]
    targets: Mapping[str, Target] = promise_set.vocabulary.targets
    named = sorted({name for column in columns for name in column}, key=lambda name: targets[name].order)
    return [Promise(target_name(targets[name]), _cells(columns, name)) for name in named]


def _cells(columns: list[dict[str, str]], name: str) -> Cells:
    one, two, three, four = (column.get(name, "") for column in columns)
    return one, two, three, four


def _column(promise_set: PromiseSet, facts: Facts, now: datetime) -> dict[str, str]:
    """The goal of each target at one severity; what starts later says so."""
    answer = forecast(promise_set, facts, now)
    found = {clock.target: goal_of(clock.fits[0].row) for clock in answer.clocks}
    for waiting in answer.waiting:
        name = waiting.row.target.name
        if name not in found and waiting.starts_at in STARTS:
            found[name] = str(STARTS[waiting.starts_at]) % {"promise": goal_of(waiting.row)}
    return found
