"""Casting moulds into many tickets, set-wise and by COPY, so that a database has the size of years within minutes.

Rows get numbers of their own, unique keys and, where asked for, another time; all else is what the domain wrote. While
tables are filled their foreign keys are dropped; they are added again, and so checked, at the end.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Model

from tests.bench.stories import LEFT_ROWS, Mould
from tickets.models import Ticket, TicketWords

CHUNK = 20_000
WIDTH = 64  # numbers set aside for the rows of one ticket in one table
TICKETS = Ticket._meta.db_table
TABLES = [model._meta.db_table for model in LEFT_ROWS]
WORDS, PAIRS_INDEX = TicketWords._meta.db_table, "ticketwords_grams"
PLACES = ["大厅", "机房", "仓库", "窗口", "前台", "库房", "泵站", "码头", "岗亭", "车间"]
FAILURES = ["卡纸", "断电", "漏水", "死机", "黑屏", "失灵", "异响", "发热", "掉线", "误报"]
NO_SHIFT = "interval '0'"
OVER_A_YEAR = "make_interval(secs => - ((n * 9973::bigint) % 31536000))"
OVER_A_MINUTE = "make_interval(secs => n % 60)"

_NUMBER = "'WB-' || to_char(mould.reported_at + shift, 'YYMM') || '-' || 100000 + n"
# One in a hundred tickets tells of each of these, so that searches have something to choose from.
FAULTS = [f"{place}{fault}" for place in PLACES for fault in FAILURES]
_FAULT = f"('{{{','.join(FAULTS)}}}'::text[])[1 + n % {len(FAULTS)}]"
_KEYS = {
    "tickets_event": "event_id",
    "tickets_clock": "clock_id",
    "tickets_ticket": "ticket_id",
}
_OTHERWISE = {
    "tickets_ticket": {"number": _NUMBER, "description": f"t.description || {_FAULT}"},
    "tickets_event": {"batch": "gen_random_uuid()"},
    "core_audit": {"subject": f"'tickets.ticket:' || {_NUMBER}"},
    "core_outbox": {"key": "t.key || ':' || n", "state": "'sent'", "sent_at": "t.created_at + shift"},
    "core_notification": {"key": "t.key || ':' || n", "read_at": "t.created_at + shift"},
}


def execute(sql: str, values: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def fetch(sql: str, values: Any = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def cast(moulds: Sequence[Mould], count: int, shift: str = NO_SHIFT, below: int | None = None) -> range:
    """Make `count` tickets, the moulds in turn. Returns their ids: the next free ones, `below` some id if given."""
    _note(moulds)
    last = fetch("select max(id) from tickets_ticket where id < coalesce(%s, id + 1)", [below])[0][0]
    for done in range(0, count, CHUNK):
        _cast_chunk(len(moulds), last + 1 + done, min(CHUNK, count - done), shift)
    return range(last + 1, last + 1 + count)


def leave_room(tickets: int) -> None:
    """Number the tickets to come so that this many may be cast below them."""
    execute(
        "select setval(pg_get_serial_sequence('tickets_ticket', 'id'), max(id) + %s) from tickets_ticket", [tickets]
    )


@contextmanager
def filled() -> Iterator[None]:
    """Foreign keys off, and on again with a check of every row; then statistics and visibility as after a night."""
    found = fetch(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
        " where contype = 'f' and conrelid = any(%s::regclass[])",
        [TABLES],
    )
    for table, name, _ in found:
        execute(f"alter table {table} drop constraint {name}")
    pairs_index = fetch("select pg_get_indexdef(%s::regclass)", [PAIRS_INDEX])[0][0]
    execute(f"drop index {PAIRS_INDEX}")
    yield
    execute(pairs_index)
    for table, name, definition in found:
        execute(f"alter table {table} add constraint {name} {definition}")
    settle()


def settle() -> None:
    """What autovacuum would do by and by."""
    execute(f"vacuum analyze {', '.join([*TABLES, WORDS])}")


def _note(moulds: Sequence[Mould]) -> None:
    bounds = ", ".join(f"{table}_first bigint, {table}_last bigint" for table in TABLES)
    execute("drop table if exists bench_mould")
    execute(f"create unlogged table bench_mould (k int, reported_at timestamptz, {bounds})")
    for k, mould in enumerate(moulds):
        ids = [number for table in TABLES for number in mould.rows[table]]
        execute(
            f"insert into bench_mould values ({', '.join(['%s'] * (2 + len(ids)))})",
            [k, mould.ticket.reported_at, *ids],
        )


def _cast_chunk(moulds: int, first: int, count: int, shift: str) -> None:
    """Make the tickets `first` and following; `n` is a ticket's id."""
    bases = {table: fetch(f"select coalesce(max(id), 0) + 1 from {table}")[0][0] for table in TABLES}
    bases[TICKETS] = first
    for model in LEFT_ROWS:
        table = model._meta.db_table
        columns = _columns(model, bases)
        _copy(
            table,
            list(columns),
            f"select {', '.join(columns.values())}"
            f" from (select n, (n - {first}) % {moulds} as k, {shift} as shift"
            f" from generate_series({first}, {first + count - 1}) n) many"
            f" join bench_mould mould using (k)"
            f" join {table} t on t.id between mould.{table}_first and mould.{table}_last",
        )
        execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
    _write_words(first, count)


def _write_words(first: int, count: int) -> None:
    """What `tickets.domain.words` would have written, set-wise."""
    fields = "number, subject, left(description, 2000), caller_name, left(solution, 2000)"
    told = f"regexp_replace(trim(concat_ws(' ', {fields})), '\\s+', ' ', 'g')"
    pairs = (
        "select distinct substr(word, at, 2) collate \"C\" from regexp_split_to_table(text, ' ') word,"
        " generate_series(1, length(word) - 1) at order by 1"
    )
    keys = "array_remove(array['c:' || customer_id, 'p:' || contact_id, 'a:' || asset_id], null)"
    execute(
        f"insert into {WORDS} (ticket_id, text, grams) select id, text, array({pairs}) || {keys}"
        f" from {TICKETS}, lateral (select lower(normalize({told}, NFKC)) as text) words"
        " where id between %s and %s",
        [first, first + count - 1],
    )


def _columns(model: type[Model], bases: dict[str, int]) -> dict[str, str]:
    """By column, the expression of a cast row's value; `t` is the mould's row."""
    table = model._meta.db_table
    keys = {column: _moved(other, f"t.{column}", bases) for other, column in _KEYS.items()}
    own = keys | {"id": _moved(table, "t.id", bases)} | _OTHERWISE.get(table, {})
    return {
        field.column: own.get(field.column)
        or (f"t.{field.column} + shift" if isinstance(field, DateTimeField) else f"t.{field.column}")
        for field in model._meta.concrete_fields
    }


def _moved(table: str, column: str, bases: dict[str, int]) -> str:
    width = 1 if table == TICKETS else WIDTH
    return f"{bases[table]} + (n - {bases[TICKETS]}) * {width} + {column} - mould.{table}_first"


def _copy(table: str, columns: list[str], query: str) -> None:
    with TemporaryFile() as file, connection.cursor() as cursor:
        cursor.copy_expert(f"copy ({query}) to stdout", file)
        file.seek(0)
        cursor.copy_expert(f"copy {table} ({', '.join(columns)}) from stdin", file)
