"""Rows that many tests begin with: made once through the domain, then put in place again as they were.

Making them takes some hundred statements; putting them back takes one. Sequences go on counting after a rolled back
test, so the keys stay free.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")
_kept: dict[Hashable, tuple["KeptRows", Any, Any]] = {}


def kept(key: Hashable, make: Callable[[], T], within: Any = None) -> T:
    """What `make` answers, its rows in place: made for the first test that asks, copied for each further one of the
    process. `within` is what it refers to and what is there already. Where rows stay for good they are made.
    """
    if not connection.in_atomic_block:
        return make()
    if key not in _kept:
        rows = KeptRows()
        with rows.watching():
            made = make()
        _kept[key] = rows, *deepcopy((within, made))
        return made
    rows, around, found = _kept[key]
    rows.put()
    return deepcopy(found, {id(around): within})


@dataclass
class KeptRows:
    """The rows that were added while `watching`, as one statement that adds them again."""

    statement: str = ""
    before: dict[str, set[str]] = field(default_factory=dict)

    @contextmanager
    def watching(self) -> Iterator[None]:
        self.before = all_rows()
        yield
        added = {table: self._added(table, rows) for table, rows in all_rows().items()}
        self.statement = ";".join(insertion(table, sorted(added[table])) for table in in_order() if added[table])

    def put(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.statement)

    def _added(self, table: str, rows: set[str]) -> set[str]:
        assert self.before[table] <= rows, f"{table}: rows that were there before have changed"
        return rows - self.before[table]


def in_order() -> list[str]:
    """All tables, each after those that its immediate foreign keys name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND NOT condeferrable AND conrelid <> confrelid"
        )
        sorter = TopologicalSorter({table: set() for table in connection.introspection.table_names()})
        for table, named in cursor.fetchall():
            sorter.add(table, named)
    return list(sorter.static_order())


def all_rows() -> dict[str, set[str]]:
    """Every row of every table, as JSON text."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")  # names from the catalogue
            found[table] = {row for (row,) in cursor.fetchall()}
    return found


def insertion(table: str, rows: list[str]) -> str:
    columns = ", ".join(written_columns(table))
    with connection.cursor() as cursor:
        given: bytes = cursor.mogrify("%s", [f"[{', '.join(rows)}]"])
    source = f"jsonb_populate_recordset(NULL::{table}, {given.decode()}::jsonb)"
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {source}"


def written_columns(table: str) -> list[str]:
    """Those that are not computed by the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = %s"
            " AND table_schema = current_schema() AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]
