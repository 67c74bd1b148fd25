"""Columns that upper apps add to the lists of customers and devices (decisions 29): ids in, values out, one statement
a page for each source.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

CUSTOMERS, ASSETS = "customers", "assets"


@dataclass(frozen=True)
class Cell:
    """What stands in a cell. `look`: shown as a chip of wb/chip_coverage; `fraction`: with a bar, 0 to 1."""

    text: str
    url: str = ""
    look: str = ""
    note: str = ""
    fraction: float | None = None


Cells = dict[str, Cell]
Provider = Callable[[Any, list[int]], dict[int, Cells]]


@dataclass(frozen=True)
class Column:
    """A column by name; `order(user)` answers the expression that the list can be sorted by, None: not sortable."""

    name: str
    label: str | Promise
    css: str = ""
    order: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Source:
    order: int
    name: str
    columns: tuple[Column, ...]
    provider: Provider


_sources: dict[str, list[Source]] = defaultdict(list)


def register(table: str, name: str, columns: Sequence[Column], provider: Provider, order: int = 100) -> None:
    """Add columns to a list. `provider(user, ids)` answers the cells by row and column in one statement.

    Called in an app's `AppConfig.ready`; the same name again replaces the source.
    """
    kept = [source for source in _sources[table] if source.name != name]
    added = [*kept, Source(order, name, tuple(columns), provider)]
    _sources[table] = sorted(added, key=lambda source: (source.order, source.name))


def columns_of(table: str) -> list[Column]:
    return [column for source in _sources[table] for column in source.columns]


def cells_of(table: str, user: Any, ids: Sequence[int]) -> dict[int, list[tuple[Column, Cell | None]]]:
    """The cells of every row in the order of `columns_of`, as many statements as there are sources."""
    found = [(source.columns, source.provider(user, list(ids)) if ids else {}) for source in _sources[table]]
    return {
        pk: [(column, cells.get(pk, {}).get(column.name)) for columns, cells in found for column in columns]
        for pk in ids
    }
