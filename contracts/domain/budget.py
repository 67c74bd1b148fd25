"""How long a promise gives: "30m", "2h", "3d", "2wd", "1mo", "today"."""

import re
from dataclasses import dataclass
from enum import Enum

from contracts.domain.document import DocumentError, shown

_SYNTAX = re.compile(r"(?P<count>[1-9][0-9]{0,6})(?P<unit>m|h|d|wd|mo)", re.ASCII)
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
LONGEST_SECONDS = 3_660 * 86_400
LONGEST_MONTHS = 120


class BudgetKind(Enum):
    """What a budget is measured in."""

    OPEN = "open"  # seconds of the calendar's open time
    MONTHS = "months"  # calendar months, whatever the calendar
    TODAY = "today"  # to the end of the local day


@dataclass(frozen=True, slots=True)
class Budget:
    """A promise's length; `seconds` counts for OPEN, `months` for MONTHS."""

    text: str
    kind: BudgetKind
    seconds: int = 0
    months: int = 0


def read_budget(value: object, path: str, standard_day: int | None) -> Budget:
    """A budget from its text; working days need the calendar's standard day (seconds)."""
    if value == "today":
        return Budget("today", BudgetKind.TODAY)
    match = _SYNTAX.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise DocumentError(path, f"not a budget: {shown(value)} (30m, 2h, 3d, 2wd, 1mo or today)")
    count, unit = int(match["count"]), match["unit"]
    if unit == "mo":
        _limit(path, count, LONGEST_MONTHS)
        return Budget(match[0], BudgetKind.MONTHS, months=count)
    if unit == "wd" and standard_day is None:
        raise DocumentError(path, "working days need a calendar with a standard day")
    seconds = count * (standard_day or 0) if unit == "wd" else count * _SECONDS[unit]
    _limit(path, seconds, LONGEST_SECONDS)
    return Budget(match[0], BudgetKind.OPEN, seconds=seconds)


def _limit(path: str, size: int, longest: int) -> None:
    if size > longest:
        raise DocumentError(path, "longer than ten years")
