"""R4: several workers on one simulation, a stop beside them, a worker that comes too late: every ticket counts once."""

from functools import partial

import pytest

from reports.domain import simulation, simulation_work
from reports.models import Simulation, SimulationFinding
from tests.races.together import codes, together
from tests.reports.simulated import ordered, sums
from tests.world import World
from tickets.domain import sweep

TICKETS = 9


@pytest.fixture
def order(shared_world: World, monkeypatch: pytest.MonkeyPatch) -> Simulation:
    """Nine open tickets whose first contact is late under HW12 and within the 30 minutes of XC30's answer."""
    monkeypatch.setattr(simulation, "PART", 2)
    monkeypatch.setattr(simulation_work, "BATCH", 1)
    monkeypatch.setattr(simulation_work, "AT_ONCE", 8)
    for _ in range(TICKETS):
        shared_world.report(now=shared_world.later(minutes=-10))
    sweep.sweep(shared_world.now)
    return ordered(shared_world, "XC30", days=1)


def test_r4_workers_take_different_parts_and_the_sums_are_exact(shared_world: World, order: Simulation) -> None:
    now = shared_world.now
    seen = together([partial(simulation_work.work, now) for _ in range(4)])
    assert sum(seen) <= TICKETS
    together([partial(simulation_work.work, now) for _ in range(4)])
    while simulation_work.work(now):
        pass
    order.refresh_from_db()
    assert order.state == "done"
    assert set(order.parts.values_list("attempts", flat=True)) == {1}
    found = sums(order)
    assert found["first_contact"] == {"now_late": TICKETS, "spared": TICKETS}
    assert found["response"] == {"then_open": TICKETS}
    assert SimulationFinding.objects.filter(simulation=order).count() == TICKETS


def test_r4_one_part_folded_twice_at_once_counts_once(shared_world: World, order: Simulation) -> None:
    first = simulation_work.claim(shared_world.now)
    second = simulation_work.claim(shared_world.later(seconds=61))
    assert first is not None
    assert second is not None
    together([partial(simulation_work.work_part, part, shared_world.now) for part in (first, second, second)])
    assert order.parts.exclude(done_at=None).count() == 1
    assert SimulationFinding.objects.count() == 2


def test_r4_a_stop_beside_workers_leaves_it_stopped(shared_world: World, order: Simulation) -> None:
    now = shared_world.now
    stop = partial(simulation.cancel, simulation=order, actor=shared_world.manager, now=now)
    results = together([*[partial(simulation_work.work, now) for _ in range(3)], stop, stop])
    assert codes(results[3:]) == ["done", "ended"]
    assert simulation_work.work(now) == 0
    order.refresh_from_db()
    assert (order.state, order.figures) == ("cancelled", [])
