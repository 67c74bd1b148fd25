"""The figures as a table on standard output and as JSON below var/bench/."""

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from core import clock
from tests.bench.filling import fetch
from tests.bench.measure import Row

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench"
Figures = Sequence[tuple[str, float, str]]


def show(rows: Sequence[Row], figures: Figures) -> None:
    print(f"\n{'':46}{'closed':>9}{'median':>11}{'p95':>11}{'cpu':>9}{'noise':>7}{'SQL':>5}   compared with")
    for row in rows:
        print(_line(row))
    print()
    for line in _growth(rows):
        print(line)
    print()
    for name, figure, unit in figures:
        print(f"{name:<55}{figure:>11,.1f} {unit}")
    print("\nTimes are those of this machine; the ratios count.")


def store(rows: Sequence[Row], figures: Figures) -> Path:
    at = clock.now().astimezone()
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{at:%Y%m%d-%H%M%S}.json"
    facts = {
        "at": at.isoformat(),
        "machine": machine(),
        "rows": [_facts(row) for row in rows],
        "engine": [{"name": name, "figure": figure, "unit": unit} for name, figure, unit in figures],
    }
    path.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
    return path


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(),
        "postgresql": fetch("show server_version")[0][0],
    }


def _line(row: Row) -> str:
    times = f"{_ms(row.timing.median / row.per)}{_ms(row.timing.p95 / row.per)}{_cpu(row):>9}{row.timing.noise:>7.0%}"
    statements = row.timing.statements / row.per
    counted = f"{statements:>5.0f}" if row.per == 1 else f"{statements:>5.1f}"
    return f"{row.name:<46}{row.closed:>9,}{times}{counted}   {_compared(row)}".rstrip()


def _compared(row: Row) -> str:
    if row.base is None or row.ratio is None:
        return ""
    aim = f", aim {row.aim} x" if row.aim else ""
    return f"{row.ratio:.1f} x {row.base_name} ({row.base.median * 1000:.2f} ms{aim})"


def _cpu(row: Row) -> str:
    return f"{median(row.timing.cpu) / row.per * 1000:.2f}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:>8.2f} ms"


def _growth(rows: Sequence[Row]) -> list[str]:
    """How each figure grows from the smallest to the largest database: its time, and its ratio."""
    found = []
    for name in dict.fromkeys(row.name for row in rows):
        same = [row for row in rows if row.name == name]
        small, large = same[0], same[-1]
        if small.closed < large.closed:
            time = f"{large.timing.median / small.timing.median:>7.2f} x time"
            ratio = f", {large.ratio / small.ratio:.2f} x ratio" if small.ratio and large.ratio else ""
            found.append(f"{name:<46}{time}{ratio}  from {small.closed:,} to {large.closed:,} closed tickets")
    return found


def _facts(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "closed": row.closed,
        "per": row.per,
        "median_ms": row.timing.median * 1000,
        "p95_ms": row.timing.p95 * 1000,
        "cpu_ms": median(row.timing.cpu) * 1000,
        "noise": row.timing.noise,
        "rounds": len(row.timing.seconds),
        "statements": row.timing.statements,
        "compared_with": row.base_name,
        "base_median_ms": row.base.median * 1000 if row.base else None,
        "ratio": row.ratio,
        "aim": row.aim,
    }
