"""Timing side by side: subjects take turns, so that a slow moment of the machine hits all of them."""

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median, quantiles

from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext


def nothing() -> None:
    pass


@dataclass
class Subject:
    """Something to be timed. `prepare` runs before each round, untimed."""

    name: str
    run: Callable[[], object]
    prepare: Callable[[], object] = nothing


@dataclass(frozen=True)
class Timing:
    """Wall time of each round; `cpu` is what this process computed, which neighbours on the machine hardly change."""

    seconds: list[float]
    cpu: list[float]
    statements: int

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20, method="inclusive")[-1]

    @property
    def noise(self) -> float:
        """The distance of the quartiles, as a share of the median."""
        low, _, high = quantiles(self.seconds, n=4, method="inclusive")
        return (high - low) / self.median


@dataclass(frozen=True)
class Row:
    """One line of the table; `closed` is the number of ended tickets meanwhile."""

    name: str
    closed: int
    timing: Timing
    base_name: str = ""
    base: Timing | None = None
    aim: float | None = None
    per: int = 1

    @property
    def ratio(self) -> float | None:
        """The median of the ratios round by round."""
        if self.base is None:
            return None
        return median(mine / other for mine, other in zip(self.timing.seconds, self.base.seconds, strict=True))


def side_by_side(subjects: Iterable[Subject], rounds: int, warm_up: int = 2) -> dict[str, Timing]:
    """Time all subjects `rounds` times, forwards and backwards in turn. Statements are counted in a round apart."""
    turns = list(subjects)
    for _ in range(warm_up):
        for subject in turns:
            once(subject)
    statements = {subject.name: count_statements(subject) for subject in turns}
    times: dict[str, list[tuple[float, float]]] = {subject.name: [] for subject in turns}
    gc.collect()
    for number in range(rounds):
        for subject in turns if number % 2 else reversed(turns):
            times[subject.name].append(once(subject))
    return {name: Timing(*map(list, zip(*found, strict=True)), statements[name]) for name, found in times.items()}


def once(subject: Subject) -> tuple[float, float]:
    subject.prepare()
    start, cpu = time.perf_counter(), time.process_time()
    subject.run()
    return time.perf_counter() - start, time.process_time() - cpu


def count_statements(subject: Subject) -> int:
    subject.prepare()
    reset_queries()  # the log has an end
    with CaptureQueriesContext(connection) as context:
        subject.run()
    return len(context)
