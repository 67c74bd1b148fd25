"""Finding what is due, by index, and doing it set-wise: the heart of "exactly once" (decisions 7).

Three short transactions, each safe to be killed, repeated or run side by side:

1. `fire`: clocks whose `next_step_at` has come are locked (SKIP LOCKED; never a ticket). Each step that has come
   becomes one escalation and one outbox row under unique keys; the clock moves on, and to breached when its due
   instant is past.
2. `mark`: tickets of freshly breached clocks move to the top of the queue, and are marked for folding where the
   breach arms rows.
3. `refold_due`: marked tickets are folded, one transaction each, so that one bad ticket holds up nobody.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tickets.domain import fold
from tickets.enums import OPEN, ClockRank
from tickets.models import Ticket

logger = logging.getLogger(__name__)
BATCH = 500
PARKED = timedelta(minutes=5)

_FIRE = """
with due as materialized (
    select id, ticket_id, state, due_at, pending
    from tickets_clock
    where next_step_at <= %(now)s and (%(only)s::bigint[] is null or ticket_id = any(%(only)s))
    order by next_step_at limit %(limit)s
    for update skip locked
), step as materialized (
    select due.id as clock_id, due.ticket_id, p.step, p.at, p.skipped
    from due cross join lateral jsonb_to_recordset(due.pending) as p(step text, at timestamptz, skipped jsonb)
), fired as (
    insert into tickets_escalation (clock_id, ticket_id, step, due_at, recorded_at, skipped, told)
    select clock_id, ticket_id, step, at, %(recorded)s, skipped, '[]' from step where at <= %(now)s order by at
    on conflict do nothing
    returning id, clock_id, step
), posted as (
    insert into core_outbox (key, kind, payload, state, created_at, not_before, attempts, error)
    select 'escalation:' || clock_id || ':' || step, 'ticket.escalation', jsonb_build_object('escalation', id), 'new',
           %(recorded)s, %(recorded)s, 0, ''
    from fired on conflict do nothing
), ahead as (
    select clock_id, min(at) as next_at,
           jsonb_agg(jsonb_build_object('step', step, 'at', at, 'skipped', skipped) order by at) as rest
    from step where at > %(now)s group by clock_id
), state as materialized (
    select id, due_at, state = 'running' and due_at < %(now)s as breaks, state = 'running' and due_at >= %(now)s as runs
    from due
), moved as (
    update tickets_clock clock set
        pending = coalesce(ahead.rest, '[]'),
        state = case when state.breaks then 'breached' else clock.state end,
        breached_at = case when state.breaks then state.due_at else clock.breached_at end,
        refold_at = case when state.breaks then %(now)s else clock.refold_at end,
        next_step_at = least(ahead.next_at, case when state.runs then state.due_at + interval '1 microsecond' end)
    from state left join ahead on ahead.clock_id = state.id
    where clock.id = state.id
    returning clock.id
)
select (select count(*) from moved), (select count(*) from fired)
"""

# "is true" keeps PostgreSQL from a nested loop over both lists: it hashes the inner one instead.
_MARK = """
with breached as materialized (
    select clock.id, clock.ticket_id, version.arms_on_breach
    from tickets_clock clock join contracts_promiseversion version on version.id = clock.promise_version_id
    where clock.refold_at <= %(now)s order by clock.refold_at limit %(limit)s
), locked as materialized (
    select id from tickets_ticket where id in (select ticket_id from breached) order by id for no key update skip locked
), marked as (
    update tickets_ticket ticket set
        clock_rank = case when ticket.state = any(%(open)s) then %(breached)s else ticket.clock_rank end,
        updated_at = %(now)s,
        refold_at = case
            when ticket.id in (select ticket_id from breached where arms_on_breach) then %(now)s
            else ticket.refold_at
        end
    where ticket.id in (select id from locked)
)
update tickets_clock set refold_at = null
where id in (select id from breached where (ticket_id in (select id from locked)) is true)
"""


def sweep(now: datetime, *, only: Sequence[int] | None = None) -> int:
    """Fire every step that has come. Returns how many steps were recorded.

    `only` limits the work to these tickets (the loading of past histories). Idempotent; any number may run at once.
    """
    fired = 0
    while True:
        moved, new = fire(now, only=only)
        fired += new
        if moved < BATCH:
            break
    mark(now)
    refold_due(now)
    return fired


def fire(now: datetime, *, only: Sequence[int] | None = None) -> tuple[int, int]:
    """One batch of due clocks. Returns (clocks moved on, steps recorded)."""
    facts: dict[str, Any] = {
        "now": now,
        "recorded": now,
        "limit": BATCH,
        "only": list(only) if only is not None else None,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FIRE, facts)
        moved, new = cursor.fetchone()
    return moved, new


def mark(now: datetime) -> int:
    """Bring the tickets of breached clocks to the top of the queue. Returns how many clocks were dealt with."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MARK, {"now": now, "limit": BATCH, "breached": ClockRank.BREACHED, "open": sorted(OPEN)})
        return int(cursor.rowcount)


def refold_due(now: datetime, limit: int = BATCH) -> int:
    """Fold the tickets that are marked for it. One that fails is parked for five minutes and logged."""
    ids = Ticket.objects.filter(refold_at__lte=now).order_by("refold_at").values_list("pk", flat=True)[:limit]
    return sum(_refold_one(pk, now) for pk in list(ids))


def _refold_one(pk: int, now: datetime) -> int:
    try:
        with transaction.atomic():
            ticket = Ticket.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(pk=pk).first()
            if ticket is None or ticket.refold_at is None:
                return 0
            fold.refold(ticket, now=now)
            Ticket.objects.filter(pk=pk).update(refold_at=None, updated_at=now)
    except Exception:
        logger.exception("ticket %s could not be folded, parked", pk)
        Ticket.objects.filter(pk=pk).update(refold_at=now + PARKED)
        return 0
    return 1
