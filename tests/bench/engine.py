"""Speed of the promise engine: microseconds for a due time, replays per second."""

from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from zoneinfo import ZoneInfo

from contracts.domain.facts import Facts
from contracts.domain.presets import load_presets
from contracts.domain.replay import replay
from contracts.domain.timeline import PromiseEvent

SHANGHAI = ZoneInfo("Asia/Shanghai")
FACTS = Facts(severity=2, kind="fault", channel="email", locality="local", distance_km=8)
HISTORY = [
    ("2026-09-30 16:20", "reported", {}),
    ("2026-09-30 16:50", "responded", {}),
    ("2026-09-30 17:20", "paused", {"reason": "waiting_customer"}),
    ("2026-10-08 10:00", "resumed", {}),
    ("2026-10-08 11:00", "facts_changed", {"severity": 1}),
    ("2026-10-08 12:00", "remote_failed", {}),
    ("2026-10-08 13:00", "visit_requested", {}),
    ("2026-10-08 14:00", "visit_scheduled", {}),
    ("2026-10-08 15:00", "checked_in", {}),
    ("2026-10-12 15:00", "resolved", {}),
]


def run() -> list[tuple[str, float, str]]:
    """Name, figure and unit of each measurement."""
    start, until = local("2026-09-30 17:30"), local("2026-10-14 12:00")
    work = load_presets().calendars["office_5x8"].work
    events = [PromiseEvent(local(at), name, seq, data) for seq, (at, name, data) in enumerate(HISTORY)]
    figures = [
        ("due time, 48 h of office hours over a holiday", seconds(lambda: work.add(start, 48 * 3600)) * 1e6, "µs"),
        ("elapsed open time over two weeks", seconds(lambda: work.elapsed(start, until)) * 1e6, "µs"),
    ]
    for code in ("HB2D", "HN58", "L4"):
        promise_set = load_presets().sets[code]
        each = seconds(lambda chosen=promise_set: replay(chosen, FACTS, events, until), calls=500)
        figures.append((f"replay of ten events, {code}", 1 / each, "per second"))
    return figures


def local(text: str) -> datetime:
    """A local time in China."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def seconds(call: Callable[[], object], calls: int = 5000, rounds: int = 5) -> float:
    """Seconds per call, the best of some rounds after a warm-up call."""
    call()
    best = float("inf")
    for _ in range(rounds):
        begun = perf_counter()
        for _ in range(calls):
            call()
        best = min(best, perf_counter() - begun)
    return best / calls


if __name__ == "__main__":
    for name, figure, unit in run():
        print(f"{name:<48} {figure:12,.1f} {unit}")
