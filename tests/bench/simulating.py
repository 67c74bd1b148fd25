"""Speed of the promise simulator: a year's tickets, at most 100,000, held against another wording, in one process and
in two.
"""

import os
import subprocess
import sys
from datetime import timedelta
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter
from typing import Any

from django.db import connections

from reports.domain import simulation, simulation_work
from reports.domain.simulation_fold import Simulator
from reports.models import Simulation
from reports.queries.simulation import Span, find_wording
from reports.queries.simulation_rows import read_cases
from tests.fixtures import MORNING
from tests.world import World

CODE = "HN48"
SAMPLE = 2000
YEAR = timedelta(days=365)
MOST = 100_000
Figure = tuple[str, float, str]


def measure_simulation(world: World, closed: int) -> list[Figure]:
    """Name, figure and unit of each measurement, beside folding alone with the rows read before."""
    span = Span(MORNING - YEAR * min(1, MOST / closed), MORNING)
    bare = _bare_rate(world, span)
    figures: list[Figure] = [(f"folding of {SAMPLE:,} tickets with rows at hand", bare, "per second")]
    for processes in (1, 2):
        order = _ordered(world, span)
        begun, computed = perf_counter(), _children_cpu()
        _run(processes)
        taken, computed = perf_counter() - begun, _children_cpu() - computed
        order.refresh_from_db()
        assert order.state == "done", order.state
        name = f"simulation of {order.tickets:,} tickets, {processes} process{'es' if processes > 1 else ''}"
        figures.append((name, taken, "s"))
        figures.append((f"{name}, cpu of each", computed / processes, "s"))
        figures.append((f"{name}, tickets", order.tickets / taken, "per second"))
        figures.append(
            (f"{name}, beside folding alone on as many cores", processes * taken * bare / order.tickets, "x")
        )
        figures.append((f"{name}, findings", float(order.findings.count()), "rows"))
        simulation.purge(MORNING + timedelta(days=365))
    return figures


def _bare_rate(world: World, span: Span) -> float:
    """Tickets per second of folding, without reading and writing."""
    order = _frozen(world)
    simulator: Simulator = simulation_work._simulator(order)
    cases = read_cases(span, 0, None, SAMPLE)
    best = 0.0
    for _ in range(3):
        begun = perf_counter()
        for case in cases:
            simulator.promises(case, MORNING)
        best = max(best, len(cases) / (perf_counter() - begun))
    return best


def _frozen(world: World) -> Simulation:
    wording: Any = find_wording(world.manager, CODE)
    return simulation._frozen(wording)


def _ordered(world: World, span: Span) -> Simulation:
    wording: Any = find_wording(world.manager, CODE)
    return simulation.start(wording=wording, span=span, actor=world.manager, now=MORNING)


def _children_cpu() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(processes: int) -> None:
    """Work until nothing is left, in processes of their own as the worker has them."""
    connections.close_all()
    command = [sys.executable, "-m", "tests.bench.simulating_worker"]
    running = [subprocess.Popen(command, env=os.environ) for _ in range(processes)]
    for one in running:
        assert one.wait() == 0
