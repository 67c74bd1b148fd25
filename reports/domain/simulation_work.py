"""The work of a simulation, part by part: any number of workers, each part counted once.

A worker takes the oldest part that nobody has, for a minute. It writes what it found in one transaction, and only if
nobody took the part from it meanwhile; one that dies leaves nothing behind, and the part is begun anew.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Q

from contracts.domain.document import DocumentError
from contracts.domain.promise_version import compiled_calendars
from reports.domain.simulation import GOING
from reports.domain.simulation_compare import Found, Subject, Tally
from reports.domain.simulation_fold import Simulator
from reports.enums import SimulationState
from reports.models import Simulation, SimulationFinding, SimulationPart
from reports.queries.simulation import Span
from reports.queries.simulation_cells import merged
from reports.queries.simulation_rows import Case, Promise, read_cases

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
AT_ONCE = 2  # worker processes that other tasks must do without
BATCH = 250
MOST_ATTEMPTS = 3
MOST_FAILED = 100


def work(now: datetime) -> int:
    """One part of the oldest simulation under way. Returns how many tickets were folded, 0 if nothing is to do."""
    part = claim(now)
    if part is None:
        return 0
    try:
        return work_part(part, now)
    except Exception:
        logger.exception("part %s of simulation %s failed", part.number, part.simulation_id)
        SimulationPart.objects.filter(pk=part.pk, attempts=part.attempts, done_at=None).update(lease_until=now)
        return part.size


def claim(now: datetime) -> SimulationPart | None:
    """Take a part until LEASE after `now`; None if all are taken or enough workers are busy."""
    with transaction.atomic():
        waiting = SimulationPart.objects.filter(done_at=None, simulation__state__in=GOING)
        if waiting.filter(lease_until__gt=now).count() >= AT_ONCE:
            return None
        free = waiting.filter(Q(lease_until=None) | Q(lease_until__lte=now)).order_by("simulation", "number")
        part = free.select_for_update(skip_locked=True, of=("self",)).select_related("simulation").first()
        if part is None:
            return None
        if part.attempts >= MOST_ATTEMPTS:
            _end(part.simulation_id, SimulationState.FAILED, now)
            return None
        part.attempts, part.lease_until = part.attempts + 1, now + LEASE
        part.save(update_fields=["attempts", "lease_until"])
        begun = Simulation.objects.filter(pk=part.simulation_id, state=SimulationState.WAITING)
        begun.update(state=SimulationState.RUNNING, started_at=now)
    return part


def work_part(part: SimulationPart, now: datetime) -> int:
    """Fold the tickets of a part as of `now` and store what was found. Returns how many; 0 if it was stopped."""
    simulator = _simulator(part.simulation)
    tally, failed, seen = Tally(), [], 0
    for batch in _batches(part):
        if not _is_wanted(part):
            return 0
        for case in batch:
            try:
                _add(tally, case, simulator.promises(case, now))
            except DocumentError as error:
                failed.append([case.ticket.number, str(error)])
            except Exception as error:  # a history that nobody foresaw must not stop the rest
                logger.exception("ticket %s could not be simulated", case.ticket.number)
                failed.append([case.ticket.number, type(error).__name__])
        seen += len(batch)
    result = {"cells": tally.as_json(), "failed": failed[:MOST_FAILED], "failed_count": len(failed)}
    _store(part, result, tally.found, now)
    return seen


def _simulator(simulation: Simulation) -> Simulator:
    return _compiled(simulation.code, simulation.text, tuple(sorted(simulation.calendars.values())))


@lru_cache(maxsize=4)
def _compiled(code: str, text: str, calendars: tuple[int, ...]) -> Simulator:
    return Simulator(code, text, compiled_calendars(calendars))


def _batches(part: SimulationPart) -> Iterator[list[Case]]:
    span, first = Span.of(part.simulation), part.first
    while cases := read_cases(span, first, part.until, BATCH):
        yield cases
        first = cases[-1].ticket.pk + 1


def _is_wanted(part: SimulationPart) -> bool:
    """Whether the part is still ours and its simulation was not stopped."""
    mine = SimulationPart.objects.filter(pk=part.pk, attempts=part.attempts, done_at=None)
    return mine.filter(simulation__state=SimulationState.RUNNING).exists()


def _add(tally: Tally, case: Case, then: list[Promise]) -> None:
    ticket = case.ticket
    now = [clock.promise for clock in case.clocks]
    tally.add(Subject(ticket.pk, ticket.severity, ticket.customer_id), now, then)


def _store(part: SimulationPart, result: dict[str, Any], found: list[Found], now: datetime) -> None:
    with transaction.atomic():
        mine = SimulationPart.objects.select_for_update().get(pk=part.pk)
        if mine.done_at is not None or mine.attempts != part.attempts:
            return  # it took longer than the lease: another worker has it
        order = Simulation.objects.select_for_update(no_key=True).get(pk=part.simulation_id)
        if order.state != SimulationState.RUNNING:
            return
        SimulationFinding.objects.bulk_create((_row(part, one) for one in found), batch_size=1000)
        mine.done_at, mine.result, mine.lease_until = now, result, None
        mine.save(update_fields=["done_at", "result", "lease_until"])
        if not order.parts.filter(done_at=None).exists():
            _finish(order, now)


def _finish(order: Simulation, now: datetime) -> None:
    """Sum the parts, of which only the sums are kept."""
    results: list[Any] = list(order.parts.order_by("number").values_list("result", flat=True))
    order.figures = merged(result["cells"] for result in results)
    order.failed_count = sum(result["failed_count"] for result in results)
    order.failed = [row for result in results for row in result["failed"]][:MOST_FAILED]
    order.state, order.finished_at = SimulationState.DONE, now
    order.save(update_fields=["figures", "failed_count", "failed", "state", "finished_at"])
    order.parts.update(result=None)


def _end(simulation_id: int, state: SimulationState, now: datetime) -> None:
    Simulation.objects.filter(pk=simulation_id, state__in=GOING).update(state=state, finished_at=now)


def _row(part: SimulationPart, one: Found) -> SimulationFinding:
    now, then = one.now, one.then
    standing = then or now
    assert standing is not None
    return SimulationFinding(
        simulation_id=part.simulation_id,
        ticket_id=one.subject.pk,
        customer_id=one.subject.customer,
        severity=one.subject.severity,
        target=one.target,
        kind=one.kind,
        round=standing.round,
        now_due=now.due_at if now else None,
        now_met=now.met_at if now else None,
        now_state=now.state if now else "",
        then_due=then.due_at if then else None,
        then_met=then.met_at if then else None,
        then_state=then.state if then else "",
    )
