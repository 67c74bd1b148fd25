"""The course of one run: people, moulds and the open tickets first, then size by size."""

import sys
import time

from contracts.domain.installation import install_presets
from core import clock
from tests.bench import engine, filling, report, stories
from tests.bench.acting import measure_acts, measure_delivery
from tests.bench.measure import Row
from tests.bench.paper import measure_paper
from tests.bench.simulating import measure_simulation
from tests.bench.sweeping import ARMING, DUE, Pool, measure_sweep
from tests.bench.web import measure_api, measure_figures, measure_pages, measure_search
from tests.fixtures import LONG_AGO, MORNING
from tests.world import Place, make_place, make_world

OPEN = 1000
BEGUN = time.monotonic()


def run(sizes: list[int]) -> None:
    """Measure at every size, then print and store the figures."""
    with clock.frozen(MORNING):
        bench = Bench(room=max(sizes))
        for size in sizes:
            bench.grow(size)
            bench.measure()
        say("simulating")
        figures = [*engine.run(), *measure_simulation(bench.world, bench.closed)]
    report.show(bench.rows, figures)
    print(f"Stored in {report.store(bench.rows, figures).relative_to(report.ROOT)}")


class Bench:
    """A service desk that grows, and what was measured of it so far."""

    def __init__(self, room: int) -> None:
        install_presets(actor=None, now=LONG_AGO)
        self.world = make_world(MORNING)
        house, software = make_place("C", "HN48", MORNING), make_place("D", "HB2D", MORNING)
        self.places = [self.world.a, house, software]
        self.rows: list[Row] = []
        with filling.filled():
            self.ended = self._moulds(stories.ENDED)
            filling.leave_room(room)
            self.queue = self._moulds(stories.OPEN)
            filling.cast(self.queue, OPEN - len(self.queue), filling.OVER_A_MINUTE)
            self.pools = {
                "warn": self._pool("warn", stories.about_to_warn, self.world.b, DUE),
                "breach": self._pool("breach", stories.about_to_breach, self.world.b, DUE),
                "arm": self._pool("arm", stories.about_to_arm, software, ARMING),
            }
        self.closed = len(self.ended)

    def grow(self, closed: int) -> None:
        say(f"filling up to {closed:,} closed tickets")
        with filling.filled():
            below = self.queue[0].ticket.pk
            filling.cast(self.ended, closed - self.closed, filling.OVER_A_YEAR, below)
        self.closed = closed

    def measure(self) -> None:
        say("measuring")
        worked = self.queue[len(self.places)].ticket
        self.rows += measure_sweep(self.pools, self.closed)
        self.rows.append(measure_delivery(self.pools["warn"], self.closed))
        self.rows += measure_acts(self.world, self.closed)
        self.rows += measure_pages(self.world, worked, self.closed)
        self.rows += measure_figures(self.world, self.closed)
        self.rows += measure_search(self.world, worked, self.closed)
        self.rows += measure_api(self.world, self.closed)
        self.rows += measure_paper(self.world, self.closed)

    def _moulds(self, told: stories.Told) -> list[stories.Mould]:
        return [stories.make(story, self.world, place, start) for story, start in told for place in self.places]

    def _pool(self, name: str, story: stories.Story, place: Place, count: int) -> Pool:
        return Pool(name, stories.make(story, self.world, place, MORNING), count)


def say(words: str) -> None:
    print(f"{time.monotonic() - BEGUN:6.0f} s  {words}", file=sys.stderr, flush=True)
