"""Which steps of the escalation ladder of a clock are still to come. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class PendingStep:
    """A step that the sweep will fire at `at`; `skipped` are lower steps that it stands for."""

    step: str
    at: datetime
    skipped: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"step": self.step, "at": self.at.isoformat(), "skipped": list(self.skipped)}


def from_json(rows: Sequence[dict[str, Any]]) -> list[PendingStep]:
    return [PendingStep(row["step"], datetime.fromisoformat(row["at"]), tuple(row["skipped"])) for row in rows]


def plan(
    steps: Sequence[tuple[str, datetime]],
    *,
    fired: Collection[str],
    known: Sequence[PendingStep],
    now: datetime,
) -> list[PendingStep]:
    """The steps to come, lowest first.

    A step fires once a clock, and none fires after a higher one. Of the steps that the clock passed by starting or
    moving, only the highest remains; a step that was already waiting at the same instant (the sweep is late) keeps
    its own place.
    """
    ahead = _after_last_fired(steps, fired)
    waiting = {(pending.step, pending.at): pending for pending in known}
    stood_for = {lower for one in ahead if one in waiting for lower in waiting[one].skipped}
    passed = [one for one in ahead if one[1] <= now and one not in waiting and one[0] not in stood_for]
    dropped = tuple(step for step, _ in passed[:-1])
    return [
        waiting.get((step, at)) or PendingStep(step, at, dropped if passed and step == passed[-1][0] else ())
        for step, at in ahead
        if step not in dropped and step not in stood_for
    ]


def _after_last_fired(steps: Sequence[tuple[str, datetime]], fired: Collection[str]) -> list[tuple[str, datetime]]:
    positions = [index for index, (step, _) in enumerate(steps) if step in fired]
    return list(steps[positions[-1] + 1 :] if positions else steps)
