"""The words in which the tickets of the demonstration are told.

A story says when and by whom something was reported, and what happened to it then, in minutes after the report. Each
step names a person by login (`people.STAFF`) and an act that `play` knows how to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")
FRIDAY = 4


@dataclass(frozen=True)
class Step:
    """One act, `after` so many minutes from the report. `who` is "" for the customer."""

    after: float
    who: str
    act: str
    text: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """One ticket. `where` is "CUSTOMER.asset", "CUSTOMER.site" or "CUSTOMER" (customers.CUSTOMERS).

    `ago` is minutes before the loading, or (days before, "HH:MM") in Shanghai; with `office`, a weekend's report is
    moved to the Friday before. `occurred` is minutes before the report. `contact` is the place of the caller in the
    customer's list, None for a caller whom we do not know.
    """

    key: str
    where: str
    ago: float | tuple[int, str]
    subject: str
    description: str
    steps: tuple[Step, ...] = ()
    kind: str = "fault"
    channel: str = "phone"
    severity: int = 3
    by: str = "agent"
    contact: int | None = 0
    caller: tuple[str, str] = ("", "")
    maintenance: str = ""
    occurred: float = 0
    answered: bool = False
    office: bool = False

    def reported_at(self, anchor: datetime, random: Random) -> datetime:
        """When it was reported, if the loading is at `anchor`; a few seconds off the full minute, as in life."""
        if not isinstance(self.ago, tuple):
            return anchor - timedelta(minutes=self.ago)
        days, clock_time = self.ago
        day = anchor.astimezone(OFFICE).date() - timedelta(days=days)
        if self.office and day.weekday() > FRIDAY:
            day -= timedelta(days=day.weekday() - FRIDAY)
        at = datetime.combine(day, time.fromisoformat(clock_time), OFFICE)
        return at + timedelta(seconds=random.randrange(50))


def hours(number: float) -> float:
    return number * 60


def days(number: float) -> float:
    return number * 24 * 60


def claim(after: float, who: str) -> Step:
    return Step(after, who, "claim")


def assign(after: float, who: str, to: str) -> Step:
    return Step(after, who, "assign", more={"to": to})


def reply(after: float, who: str, text: str, *, plan: bool = False, then: str = "") -> Step:
    return Step(after, who, "reply", text, {"is_plan": plan, "next_state": then})


def note(after: float, who: str, text: str) -> Step:
    return Step(after, who, "note", text)


def hear(after: float, text: str) -> Step:
    """The customer writes or calls."""
    return Step(after, "", "hear", text)


def progress(after: float, who: str, kind: str, text: str = "", *, late: float = 0, if_promised: bool = False) -> Step:
    """Something happened; `late` is how many minutes afterwards it is entered (at `after`). With `if_promised` it is
    left out where no promise listens to it.
    """
    return Step(after, who, "record_progress", text, {"kind": kind, "late": late, "if_promised": if_promised})


def pause(after: float, who: str, reason: str, text: str) -> Step:
    return Step(after, who, "pause", text, {"reason": reason})


def resume(after: float, who: str) -> Step:
    return Step(after, who, "resume")


def wait(after: float, who: str, state: str, text: str) -> Step:
    return Step(after, who, "set_state", text, {"state": state})


def agree(after: float, who: str, target: str, due: float, text: str) -> Step:
    """The customer agreed to a date, `due` minutes after the report."""
    return Step(after, who, "agree_date", text, {"target": target, "due": due})


def change(after: float, who: str, **facts: Any) -> Step:
    return Step(after, who, "change", more=facts)


def resolve(after: float, who: str, cause: str, text: str, *, late: str = "workload", at: float | None = None) -> Step:
    """`late` is the reason for whatever promise was missed by then; `at` is when it was repaired, if entered later."""
    return Step(after, who, "resolve", text, {"cause": cause, "late": late, "at": at})


def close(after: float, who: str) -> Step:
    return Step(after, who, "close")


def cancel(after: float, who: str, reason: str, text: str) -> Step:
    return Step(after, who, "cancel", text, {"reason": reason})


def reopen(after: float, who: str, text: str) -> Step:
    return Step(after, who, "reopen", text)


def merge(after: float, who: str, into: str) -> Step:
    return Step(after, who, "merge", more={"other": into})


def link(after: float, who: str, to: str, kind: str = "related") -> Step:
    return Step(after, who, "link", more={"other": to, "kind": kind})


def follow(after: float, who: str) -> Step:
    return Step(after, who, "follow")


def review(after: float, who: str, text: str) -> Step:
    return Step(after, who, "review", text)


def rate(after: float, stars: int, text: str) -> Step:
    """The customer rates what was done."""
    return Step(after, "", "rate", text, {"stars": stars})


def take_back(after: float, who: str, text: str = "") -> Step:
    """Undo the last act of the ticket."""
    return Step(after, who, "undo", text)
