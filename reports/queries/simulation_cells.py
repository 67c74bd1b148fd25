"""How the figures of a simulation are kept: one row a target, severity and customer, with its counts now and then."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

Counts = list[int]
COLUMNS = ("now_met", "now_late", "now_open", "then_met", "then_late", "then_open", "newly", "spared")


class CellKey(NamedTuple):
    """What is counted together. `house`: no contract set has the target."""

    target: str
    house: bool
    severity: int
    customer: int


def read_cells(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[CellKey, Counts]]:
    """Cells from JSON: rows of key and counts."""
    width = len(CellKey._fields)
    return ((CellKey(*row[:width]), list(row[width:])) for row in rows)


def merged(parts: Iterable[Iterable[Sequence[Any]]]) -> list[list[Any]]:
    """The cells of many parts as one, in a fixed order."""
    sums: dict[CellKey, Counts] = {}
    for rows in parts:
        for key, counts in read_cells(rows):
            known = sums.get(key)
            sums[key] = counts if known is None else [a + b for a, b in zip(known, counts, strict=True)]
    return [[*key, *sums[key]] for key in sorted(sums)]
