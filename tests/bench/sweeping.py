"""The sweep beside the bare SQL that does the same work."""

from django.db import transaction

from tests.bench.filling import cast, execute, fetch
from tests.bench.measure import Row, Subject, side_by_side
from tests.bench.stories import Mould
from tests.fixtures import MORNING
from tickets.domain.sweep import sweep
from tickets.enums import ClockRank
from tickets.models import Clock, Ticket

DUE, ARMING = 500, 50
ROUNDS = 15
ADDED = ("core_outbox", "tickets_escalation", "tickets_clock")

_STEPS = """
insert into tickets_escalation (clock_id, ticket_id, step, due_at, recorded_at, skipped, told)
select id, ticket_id, pending->0->>'step', %(now)s, %(now)s, '[]', '[]' from tickets_clock where id = any(%(clocks)s);

insert into core_outbox (key, kind, payload, state, created_at, not_before, attempts, error)
select 'escalation:' || id || ':' || (pending->0->>'step'), 'ticket.escalation',
       jsonb_build_object('escalation', id), 'new', %(now)s, %(now)s, 0, ''
from tickets_clock where id = any(%(clocks)s);

update tickets_clock set
    pending = pending - 0, next_step_at = (pending->1->>'at')::timestamptz,
    state = case when due_at < %(now)s then 'breached' else state end,
    breached_at = case when due_at < %(now)s then due_at end
where id = any(%(clocks)s)
"""
_RANK = "update tickets_ticket set clock_rank = %(rank)s, updated_at = %(now)s where id = any(%(tickets)s)"


class Pool:
    """Tickets with one clock each that is due at MORNING once the pool was made `ready`, and never else."""

    def __init__(self, name: str, mould: Mould, count: int) -> None:
        self.name = name
        self.tickets = [mould.ticket.pk, *cast([mould], count - 1)]
        for model, key in ((Clock, "ticket_id"), (Ticket, "id")):
            table = model._meta.db_table
            sql = f"create unlogged table {self._copy_of(table)} as select * from {table} where {key} = any(%s)"
            execute(sql, [self.tickets])
        due = "select id from tickets_clock where ticket_id = any(%s) and next_step_at <= %s"
        self.clocks = [number for (number,) in fetch(due, [self.tickets, MORNING])]
        if len(self.clocks) != count:
            raise ValueError(f"{name}: {len(self.clocks)} clocks are due, not {count}")
        self._put_off()

    def rest(self) -> None:
        """As it was, but nothing is due."""
        self.ready()
        self._put_off()

    def ready(self) -> None:
        """As it was when it was cast; what was written since is deleted."""
        for table in ADDED:
            execute(f"delete from {table} where id > (select id from bench_floor where name = %s)", [table])
        for model in (Clock, Ticket):
            self._restore(model._meta.db_table, [field.column for field in model._meta.concrete_fields[1:]])

    def sweep(self) -> None:
        sweep(MORNING)

    def bare(self) -> None:
        """The rows that `sweep` would write, by statements that know beforehand which clocks are due."""
        facts = {"now": MORNING, "clocks": self.clocks, "tickets": self.tickets, "rank": ClockRank.BREACHED.value}
        with transaction.atomic():
            execute(_STEPS, facts)
        if self.name == "breach":
            with transaction.atomic():
                execute(_RANK, facts)

    def _put_off(self) -> None:
        execute("update tickets_clock set next_step_at = null where ticket_id = any(%s)", [self.tickets])

    def _copy_of(self, table: str) -> str:
        return f"bench_{self.name}_{table}"

    def _restore(self, table: str, columns: list[str]) -> None:
        values = ", ".join(f"copy.{column}" for column in columns)
        execute(
            f"update {table} old set ({', '.join(columns)}) = row({values})"
            f" from {self._copy_of(table)} copy where copy.id = old.id"
        )


def note_floors() -> None:
    """Remember what there was before the sweep writes."""
    execute("drop table if exists bench_floor")
    execute("create unlogged table bench_floor (name text, id bigint)")
    for table in ADDED:
        execute(f"insert into bench_floor select %s, coalesce(max(id), 0) from {table}", [table])


def measure_sweep(pools: dict[str, Pool], closed: int) -> list[Row]:
    """The empty sweep, and the pools `warn`, `breach` and `arm`. Leaves nothing due and nothing new behind."""
    note_floors()
    rows = [_empty(closed)]
    for name, words in (("warn", "warnings"), ("breach", "breaches")):
        rows.append(_beside_bare(pools[name], words, closed))
    rows.append(_arming(pools["arm"], closed))
    return rows


def _empty(closed: int) -> Row:
    times = side_by_side([Subject("sweep", lambda: sweep(MORNING)), Subject("bare", _three_commits)], ROUNDS * 20)
    return Row("empty sweep", closed, times["sweep"], "3 empty transactions", times["bare"])


def _three_commits() -> None:
    for _ in range(3):
        with transaction.atomic():
            execute("select 1")


def _beside_bare(pool: Pool, words: str, closed: int) -> Row:
    times = side_by_side([Subject("sweep", pool.sweep, pool.ready), Subject("bare", pool.bare, pool.ready)], ROUNDS)
    pool.rest()
    return Row(f"sweep of {DUE} {words}", closed, times["sweep"], "bare SQL", times["bare"], aim=3)


def _arming(pool: Pool, closed: int) -> Row:
    times = side_by_side([Subject("sweep", pool.sweep, pool.ready)], 5)
    pool.rest()
    return Row(f"sweep of {ARMING} breaches that arm rows, each", closed, times["sweep"], per=ARMING)
