"""Ordering and working through simulations, as the tests of the simulator need it."""

import json
from datetime import datetime, timedelta
from typing import Any

from contracts.domain import promise_set_draft
from contracts.models import PromiseDraft, PromiseSet
from reports.domain import simulation, simulation_work
from reports.models import Simulation
from reports.queries.simulation import Span, find_wording
from reports.queries.simulation_cells import COLUMNS, read_cells
from tests.world import World
from tickets.domain.sweep import sweep


def draft_of(world: World, code: str, **budgets: str) -> PromiseDraft:
    """The draft of a set with other budgets for some targets."""
    draft = promise_set_draft.start(promise_set=PromiseSet.objects.get(code=code), actor=world.admin, now=world.now)
    content = promise_set_draft.content_of(draft)
    document = json.loads(json.dumps(content.document))
    for row in document["rows"]:
        row["budget"] = budgets.get(row["target"], row["budget"])
    changed = promise_set_draft.Content(document, content.own)
    given = {"draft": draft, "version": draft.version, "actor": world.admin, "now": world.now}
    return promise_set_draft.save(content=changed, **given)


def ordered(
    world: World, key: str = "HW12", *, days: float = 60, now: datetime | None = None, **given: Any
) -> Simulation:
    """An order over the last `days`, by the manager."""
    at = now or world.now
    wording = find_wording(world.manager, key)
    assert wording is not None
    span = Span(at - timedelta(days=days), at + timedelta(seconds=1), **given)
    return simulation.start(wording=wording, span=span, actor=world.manager, now=at)


def worked(order: Simulation, now: datetime, *, most: int = 50) -> Simulation:
    """Until nothing is to do. Breaches are recorded first, as the sweep does within seconds."""
    while sweep(now):
        pass
    for _ in range(most):
        if not simulation_work.work(now):
            break
    order.refresh_from_db()
    return order


def sums(order: Simulation) -> dict[str, dict[str, int]]:
    """By target, the counts that are not 0."""
    found: dict[str, dict[str, int]] = {}
    for key, counts in read_cells(order.figures):
        mine = found.setdefault(key.target, dict.fromkeys(COLUMNS, 0))
        for name, count in zip(COLUMNS, counts, strict=True):
            mine[name] += count
    return {target: {name: n for name, n in mine.items() if n} for target, mine in found.items()}
