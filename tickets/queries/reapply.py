"""Which tickets stand under a published wording or calendar, and the orders to apply others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from contracts.models import CalendarVersion, PromiseVersion
from contracts.queries.promise_version import newest_calendars, promise_rows, versions_of
from core.permissions import can
from tickets.enums import OPEN
from tickets.models import Reapplication

# Open tickets, and ended ones with papers that still run. A version binds a ticket that it came to once more often
# than it left.
_BOUND = """
with counting as (
    select id from tickets_ticket where state = any(%(open)s) and id > %(after)s
    union
    select ticket_id from tickets_clock where next_step_at is not null and state = 'running' and ticket_id > %(after)s
), bound as (
    select event.ticket_id, entry.key as field, entry2.value::bigint as version, 1 as times
    from tickets_event event
    cross join lateral jsonb_each(event.data->'versions') entry
    cross join lateral jsonb_each_text(entry.value) entry2
    where event.seq = 1 and event.ticket_id in (select id from counting)
    union all
    select ticket_id, case kind when 'promise_changed' then 'promises' else 'calendars' end,
           (data->>side)::bigint, case side when 'to' then 1 else -1 end
    from tickets_event cross join (values ('from'), ('to')) sides (side)
    where kind in ('calendar_changed', 'promise_changed') and ticket_id in (select id from counting)
)
"""
_STANDING = f"""
{_BOUND}
select ticket_id from bound
where (field = 'promises' and version = any(%(promises)s)) or (field = 'calendars' and version = any(%(calendars)s))
group by ticket_id having sum(times) > 0
"""


@dataclass(frozen=True)
class Standing:
    """Versions, as ids, that tickets may stand under."""

    promises: Collection[int] = field(default_factory=tuple)
    calendars: Collection[int] = field(default_factory=tuple)


def count_standing(under: Standing, after: int = 0) -> int:
    """How many open tickets stand under one of the versions; one statement."""
    return int(_ask(f"select count(*) from ({_STANDING}) standing", under, after)[0][0])


def standing_by_version() -> dict[tuple[str, int], int]:
    """How many open tickets stand under each version, by ("promises" or "calendars", id); one statement."""
    query = f"""{_BOUND} select field, version, count(*) from (
        select ticket_id, field, version from bound group by ticket_id, field, version having sum(times) > 0
    ) standing group by field, version"""
    return {(field, version): count for field, version, count in _ask(query, Standing(), 0)}


def next_standing(under: Standing, after: int, limit: int) -> list[int]:
    """The next of these tickets, as ids in order; one statement."""
    return [pk for (pk,) in _ask(f"{_STANDING} order by ticket_id limit {int(limit)}", under, after)]


def first_due(under: Standing, limit: int) -> list[int]:
    """These tickets, the nearest due instant first; one statement."""
    query = f"""
    select ticket.id from tickets_ticket ticket where ticket.id in (select ticket_id from ({_STANDING}) standing)
    order by ticket.next_due_at nulls last, ticket.id limit {int(limit)}
    """
    return [pk for (pk,) in _ask(query, under, 0)]


def _ask(query: str, under: Standing, after: int) -> Sequence[Any]:
    facts: dict[str, Any] = {
        "open": sorted(OPEN),
        "after": after,
        "promises": list(under.promises),
        "calendars": list(under.calendars),
    }
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return list(cursor.fetchall())


def versions_of_set(code: str) -> frozenset[int]:
    return frozenset(PromiseVersion.objects.filter(promise_set__code=code).values_list("pk", flat=True))


def versions_of_calendars(codes: Collection[str]) -> frozenset[int]:
    return frozenset(CalendarVersion.objects.filter(calendar__code__in=codes).values_list("pk", flat=True))


def reapplications_for(user: Any) -> QuerySet[Reapplication]:
    """All orders for who may see them, the newest first."""
    found = Reapplication.objects.select_related("started_by").order_by("-pk")
    return found if can(user, "tickets.list_reapplications") else found.none()


@dataclass(frozen=True)
class Outdated:
    """A set or calendar whose newest version does not bind all open tickets yet; `old` are {version id: tickets}."""

    kind: str
    code: str
    number: int
    version: int
    old: dict[int, int]

    @property
    def tickets(self) -> int:
        return sum(self.old.values())


def outdated(now: datetime) -> list[Outdated]:
    """What could be applied to open tickets; sets first, by code. Four statements."""
    standing = standing_by_version()
    sets = PromiseVersion.objects.filter(pk__in=[pk for field, pk in standing if field == "promises"])
    newest = versions_of([row.promise_set_id for row in sets], now).values()
    rows: list[Any] = [
        *(("promises", row.promise_set.code, row) for row in promise_rows([*newest, *(one.pk for one in sets)])),
        *(("calendars", row.calendar.code, row) for row in CalendarVersion.objects.select_related("calendar")),
    ]
    return _outdated(rows, standing, set(newest), set(newest_calendars().values()))


def _outdated(
    rows: list[Any], standing: dict[tuple[str, int], int], sets: set[int], calendars: set[int]
) -> list[Outdated]:
    newest = {(kind, code): row for kind, code, row in rows if row.pk in (sets if kind == "promises" else calendars)}
    old: dict[tuple[str, str], dict[int, int]] = {}
    for kind, code, row in rows:
        known = newest.get((kind, code))
        if known and row.pk != known.pk and (kind, row.pk) in standing:
            old.setdefault((kind, code), {})[row.pk] = standing[kind, row.pk]
    return [
        Outdated(kind, code, newest[kind, code].number, newest[kind, code].pk, versions)
        for (kind, code), versions in sorted(old.items(), key=lambda pair: (pair[0][0] != "promises", pair[0][1]))
    ]


def mappings(wanted: Collection[Outdated]) -> dict[str, dict[int, int]]:
    """{"promises": {old id: new id}, "calendars": …} that put tickets under the newest versions."""
    return {
        kind: {old: one.version for one in wanted if one.kind == kind for old in one.old}
        for kind in ("promises", "calendars")
    }
