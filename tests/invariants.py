"""What must hold in the database at any time (I1-I4, I6-I9 of the quality page): each gives the rows that offend.

They look at tables only and share no code with the product, but `lost_steps`, which asks the promise engine.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tickets.domain import caches, fold
from tickets.domain.promises import bound_of
from tickets.models import Escalation, Event, Ticket

Rows = list[tuple[Any, ...]]

# How high a step stands on the ladder: 50% is 50, +25% is 125.
RANK = "case when {0}.step like '+%%' then 100 else 0 end + trim(both '+%%' from {0}.step)::int"

OVERDUE_BUT_RUNNING = "select id, target, due_at from tickets_clock where state = 'running' and due_at < %(before)s"

DUE_BUT_WAITING = """
select id, target, next_step_at from tickets_clock where next_step_at <= %(before)s
union all
select id, 'ticket to be folded', refold_at from tickets_ticket where refold_at <= %(before)s
union all
select id, 'breach to be marked', refold_at from tickets_clock where refold_at <= %(before)s
"""

BREACHED_BUT_SILENT = f"""
select clock.id, clock.target, clock.due_at from tickets_clock clock join tickets_ticket ticket on ticket.id = ticket_id
where clock.state = 'breached' and clock.due_at < %(before)s and ticket.state <> 'cancelled'
  and clock.round = ticket.round and not exists (
    select from tickets_escalation step where step.clock_id = clock.id and {RANK.format("step")} >= 100)
"""

DOUBLED = """
select 'escalation', clock_id::text, step from tickets_escalation group by clock_id, step having count(*) > 1
union all
select 'outbox', key, '' from core_outbox group by key having count(*) > 1
union all
select 'notification', user_id::text, key from core_notification group by user_id, key having count(*) > 1
union all
select 'clock', ticket_id::text, target from tickets_clock
group by ticket_id, set_code, about, target, round having count(*) > 1
"""

OUT_OF_ORDER = f"""
select first.clock_id, first.step, second.step
from tickets_escalation first join tickets_escalation second on second.clock_id = first.clock_id
where first.id < second.id and {RANK.format("first")} >= {RANK.format("second")}
"""

WITHOUT_INTENT = """
select 'escalation', id from tickets_escalation step where not exists (
    select from core_outbox where key = 'escalation:' || step.clock_id || ':' || step.step)
union all
select 'receipt', id from tickets_ticket ticket where not exists (
    select from core_outbox where key = 'receipt:' || ticket.id)
union all
select 'reply', id from tickets_message message
where not internal and from_contact_id is null and not exists (
    select from core_outbox where key = 'reply:' || message.id)
  and not exists (select from tickets_event event where event.id = message.event_id and event.data ? 'said_by')
"""

WITHOUT_CAUSE = """
select key from core_outbox box where kind = 'ticket.escalation' and not exists (
    select from tickets_escalation step where step.id = (box.payload->>'escalation')::bigint)
union all
select key from core_outbox box where kind = 'ticket.reply' and not exists (
    select from tickets_message message where message.id = (box.payload->>'message')::bigint)
union all
select key from core_outbox box where kind = 'notice' and not exists (
    select from core_notification line
    where line.user_id = (box.payload->>'user')::bigint and line.key = box.payload->>'key')
"""

TOLD_WITHOUT_NOTICE = """
select step.id, told.id from tickets_escalation step cross join lateral jsonb_array_elements_text(step.told) told(id)
where not exists (select from core_notification line where line.user_id = told.id::bigint
                  and line.key = 'escalation:' || step.clock_id || ':' || step.step)
   or not exists (select from core_outbox
                  where key = 'notice:' || told.id || ':escalation:' || step.clock_id || ':' || step.step)
"""

STUCK = """
select key, attempts, error from core_outbox
where state = 'new' and not_before < %(before)s and coalesce(lease_until, %(now)s) <= %(now)s
union all
select key, attempts, error from core_outbox where state = 'dead'
"""

NUMBERS = """
select 'twice', number from tickets_ticket group by number having count(*) > 1
union all
select 'gap', period || ': ' || last || ' given, ' || used from (
    select period, last, (select count(*) from tickets_ticket where split_part(number, '-', 2) = period) as used
    from core_counter where prefix = 'WB'
) month where last <> used
union all
select 'month', number from tickets_ticket
where split_part(number, '-', 2) <> to_char(created_at at time zone 'Asia/Shanghai', 'YYMM')
"""

SEQUENCES = """
select ticket_id, min(seq), max(seq), count(*) from tickets_event group by ticket_id
having max(seq) <> count(*) or min(seq) <> 1
"""

# Events that count are neither taken back nor takings-back; of each column the value that was set last.
STATE_IS_NOT_FOLD = """
with standing as (
    select event.* from tickets_event event
    where voids_id is null and not exists (select from tickets_event voiding where voiding.voids_id = event.id)
), latest as (
    select distinct on (ticket_id, entry.key) ticket_id, entry.key, entry.value
    from standing cross join lateral jsonb_each(data->'set') entry
    order by ticket_id, entry.key, seq desc
), stored as (
    select ticket.id, entry.key, entry.value
    from tickets_ticket ticket cross join lateral jsonb_each(to_jsonb(ticket)) entry
)
select stored.id, stored.key, stored.value, latest.value from stored
left join latest on latest.ticket_id = stored.id and latest.key = stored.key
where stored.key in ('state', 'assignee_id', 'severity', 'kind', 'site_id', 'asset_id', 'line_id', 'round', 'cause',
                     'solution', 'merged_into_id', 'customer_waits')
  and stored.value is distinct from coalesce(latest.value, case stored.key
      when 'cause' then '""' when 'solution' then '""' when 'customer_waits' then 'false' else 'null' end::jsonb)
union all
select stored.id, stored.key, stored.value, latest.value from stored
left join latest on latest.ticket_id = stored.id and latest.key = stored.key
where stored.key in ('resolved_at', 'closed_at')
  and (stored.value #>> '{}')::timestamptz is distinct from (latest.value #>> '{}')::timestamptz
"""

OTHER_TENANT = """
select 'event', event.id from tickets_event event join tickets_ticket ticket on ticket.id = event.ticket_id
where event.customer_id <> ticket.customer_id
union all
select 'clock', clock.id from tickets_clock clock join tickets_ticket ticket on ticket.id = clock.ticket_id
where clock.customer_id <> ticket.customer_id
union all
select 'message', message.id from tickets_message message join tickets_ticket ticket on ticket.id = message.ticket_id
where message.customer_id <> ticket.customer_id
union all
select 'escalation', step.id from tickets_escalation step join tickets_clock clock on clock.id = step.clock_id
where step.ticket_id <> clock.ticket_id
union all
select 'link', link.id from tickets_link link join tickets_ticket ticket on ticket.id = link.ticket_id
join tickets_ticket other on other.id = link.other_id
where link.customer_id <> ticket.customer_id or link.customer_id <> other.customer_id
union all
select 'merged', ticket.id from tickets_ticket ticket join tickets_ticket other on other.id = ticket.merged_into_id
where ticket.customer_id <> other.customer_id
union all
select 'site', ticket.id from tickets_ticket ticket join customers_site site on site.id = ticket.site_id
where site.customer_id <> ticket.customer_id
union all
select 'attachment', ticket.id from core_attachment file join tickets_ticket ticket
on file.parent_kind = 'tickets.ticket' and file.parent_key = ticket.number where file.customer_id <> ticket.customer_id
"""


def _rows(query: str, **facts: Any) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return list(cursor.fetchall())


def i1_lost(now: datetime, grace: timedelta) -> Rows:
    """Steps, breaches and folds that should have happened `grace` ago."""
    before = now - grace
    queries = (OVERDUE_BUT_RUNNING, DUE_BUT_WAITING, BREACHED_BUT_SILENT)
    return [row for query in queries for row in _rows(query, before=before)] + lost_steps(before)


def i2_doubled(_now: datetime, _grace: timedelta) -> Rows:
    return _rows(DOUBLED) + _rows(OUT_OF_ORDER)


def i3_cause_and_intent(_now: datetime, _grace: timedelta) -> Rows:
    return _rows(WITHOUT_INTENT) + _rows(WITHOUT_CAUSE) + _rows(TOLD_WITHOUT_NOTICE)


def i4_stuck(now: datetime, grace: timedelta) -> Rows:
    return _rows(STUCK, now=now, before=now - grace)


def i6_numbers(_now: datetime, _grace: timedelta) -> Rows:
    return _rows(NUMBERS)


def i7_sequences(_now: datetime, _grace: timedelta) -> Rows:
    return _rows(SEQUENCES)


def i8_state_is_fold(_now: datetime, _grace: timedelta) -> Rows:
    return _rows(STATE_IS_NOT_FOLD)


def i9_tenant(_now: datetime, _grace: timedelta) -> Rows:
    return _rows(OTHER_TENANT)


INVARIANTS: dict[str, Callable[[datetime, timedelta], Rows]] = {
    "I1 lost": i1_lost,
    "I2 doubled or out of order": i2_doubled,
    "I3 cause and intent": i3_cause_and_intent,
    "I4 stuck": i4_stuck,
    "I6 numbers": i6_numbers,
    "I7 sequences": i7_sequences,
    "I8 state = fold": i8_state_is_fold,
    "I9 tenant": i9_tenant,
}
ALWAYS = ("I2 doubled or out of order", "I6 numbers", "I7 sequences", "I8 state = fold", "I9 tenant")
"""Those that hold in every committed state, also before the sweep has come."""


def offending(
    now: datetime, grace: timedelta = timedelta(), names: tuple[str, ...] = tuple(INVARIANTS)
) -> dict[str, Rows]:
    """The invariants that do not hold, with their rows. Empty is good."""
    found = {name: INVARIANTS[name](now, grace) for name in names}
    return {name: rows for name, rows in found.items() if rows}


def rank(step: str) -> int:
    """How high a step stands on the ladder, as RANK has it."""
    return int(step.strip("+%")) + (100 if step.startswith("+") else 0)


def lost_steps(now: datetime) -> Rows:
    """I1 by the engine: steps of counting clocks that had come by `now` and neither fired nor have a higher one."""
    highest: dict[int, int] = {}
    for clock_id, step in Escalation.objects.values_list("clock_id", "step"):
        highest[clock_id] = max(rank(step), highest.get(clock_id, 0))
    return [row for ticket in Ticket.objects.order_by("pk") for row in _lost_of(ticket, highest, now)]


def _lost_of(ticket: Ticket, highest: dict[int, int], now: datetime) -> Rows:
    events = list(Event.objects.filter(ticket=ticket).order_by("seq"))
    folded = fold.fold_clocks(bound_of(events), events, caches.folded(events), now)
    stored = {fold.key_of(clock): clock.pk for clock in ticket.clocks.all()}
    return [
        (ticket.number, key, step.step, step.at)
        for key, one in folded.items()
        if one.live and one.state in (fold.ClockState.RUNNING, fold.ClockState.BREACHED)
        for step in one.clock.steps
        if step.at <= now and highest.get(stored.get(key, 0), 0) < rank(step.step)
    ]
