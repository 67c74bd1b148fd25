"""A promise set as people read it: targets down, severities across, and in the cells how long we have. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.domain.promise_set import PromiseSet, Row
from contracts.domain.promise_set_words import (
    OwnWords,
    calendar_word,
    conditions_words,
    severity_word,
    start_words,
)
from contracts.domain.promise_words import goal_of, target_name


@dataclass
class Cell:
    """Neighbouring severities under one row of the document, or under none (`row` None). `first`: the row's first cell
    of its line; `ranks` are the severities.
    """

    ranks: list[int]
    row: Row | None
    first: bool = True
    goal: str = ""
    calendar: str = ""

    @property
    def span(self) -> int:
        return len(self.ranks)


@dataclass
class Line:
    """Rows for the same target that differ by severity only. `title` is set on the first line of each target."""

    target: str
    title: str
    conditions: str
    start: str
    cells: list[Cell] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    lines: int = 1

    @property
    def example(self) -> Row:
        """A row of this line: what a new one of it begins from."""
        return self.rows[0]


@dataclass(frozen=True)
class Matrix:
    """`heads` are (rank, words) of the severities across."""

    heads: list[tuple[int, str]]
    lines: list[Line]


def matrix_of(promise_set: PromiseSet, own: OwnWords) -> Matrix:
    """The rows of a set, by target and what they hang on, in the order of targets."""
    ranks = [int(rank) for rank in promise_set.vocabulary.fact_lists["severity"] if isinstance(rank, int)]
    lines: dict[tuple[Any, ...], list[Line]] = {}
    for row in sorted(promise_set.rows, key=lambda row: row.target.order):
        _put(lines.setdefault(_key(row), []), row, ranks, own)
    found = [line for several in lines.values() for line in several]
    for line in found:
        line.cells = _cells(line.rows, ranks)
    return Matrix([(rank, severity_word(rank, promise_set)) for rank in ranks], _titled(found))


def _key(row: Row) -> tuple[Any, ...]:
    return (row.target.name, row.from_event, row.armed_by, conditions_words(row, severity=False))


def severities_of(row: Row, ranks: Sequence[int]) -> list[int]:
    """The severities that a row fits; all of them where it does not ask."""
    asked: set[object] = set(ranks)
    for condition in row.when:
        if condition.fact == "severity":
            asked &= set(condition.any_of)
    return [rank for rank in ranks if rank in asked]


def _put(several: list[Line], row: Row, ranks: Sequence[int], own: OwnWords) -> None:
    wanted = set(severities_of(row, ranks))
    for line in several:
        if wanted.isdisjoint(rank for one in line.rows for rank in severities_of(one, ranks)):
            line.rows.append(row)
            return
    several.append(
        Line(
            target_name(row.target),
            target_name(row.target),
            conditions_words(row, severity=False),
            start_words(row, own),
            rows=[row],
        )
    )


def _cells(rows: Sequence[Row], ranks: Sequence[int]) -> list[Cell]:
    by_rank: Mapping[int, Row] = {rank: row for row in rows for rank in severities_of(row, ranks)}
    cells: list[Cell] = []
    seen: set[int] = set()
    for rank in ranks:
        row = by_rank.get(rank)
        if cells and row is not None and cells[-1].row is row:
            cells[-1].ranks.append(rank)
            continue
        cell = Cell([rank], row)
        if row is not None:
            cell.first, cell.goal, cell.calendar = row.index not in seen, goal_of(row), calendar_word(row.calendar)
            seen.add(row.index)
        cells.append(cell)
    return cells


def _titled(lines: list[Line]) -> list[Line]:
    """The target's name once, over all its lines."""
    for before, line in zip(lines, lines[1:], strict=False):
        if before.target == line.target:
            line.title = ""
    head: Line | None = None
    for line in lines:
        if line.title:
            head = line
        elif head is not None:
            head.lines += 1
    return lines
