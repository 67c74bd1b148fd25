"""Replay cases as JSON: a promise set, a ticket's facts and its events in, the clocks out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.domain.clock_state import ClockState, Step
from contracts.domain.document import at, read_instant, read_list, read_mapping, read_name
from contracts.domain.facts import FACT_NAMES, Facts, read_facts
from contracts.domain.promise_set import PromiseSet
from contracts.domain.replay import Ignored, Replay, replay
from contracts.domain.timeline import PromiseEvent

_DATA = {"paused": ("reason",), "facts_changed": FACT_NAMES, "date_agreed": ("target", "due")}


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the engine."""

    promise_set: PromiseSet
    facts: Facts
    events: tuple[PromiseEvent, ...]
    until: datetime

    def replay(self) -> Replay:
        """The answer. Raises DocumentError for an event that cannot be folded."""
        return replay(self.promise_set, self.facts, self.events, self.until)


def read_case(value: object, sets: Mapping[str, PromiseSet]) -> Case:
    """A case of the known sets. Raises DocumentError with the field at fault."""
    document = read_mapping(value, "", required=("promise_set", "events", "until"), optional=("ticket",))
    promise_set = sets[read_name(document["promise_set"], "promise_set", sets, "promise set")]
    ticket = document.get("ticket")
    lists = promise_set.vocabulary.fact_lists
    facts = Facts() if ticket is None else Facts().changed(read_facts(ticket, "ticket", lists))
    events = tuple(_read_event(i, event) for i, event in enumerate(read_list(document["events"], "events")))
    return Case(promise_set, facts, events, read_instant(document["until"], "until"))


def case_answer(value: object, sets: Mapping[str, PromiseSet]) -> dict[str, object]:
    """Read a case, replay it and render the answer. Raises DocumentError with the field at fault."""
    case = read_case(value, sets)
    return render_replay(case.replay(), case.promise_set.vocabulary.zone)


def render_replay(answer: Replay, zone: ZoneInfo) -> dict[str, object]:
    """The answer as JSON, times in the zone of the set."""
    return {
        "clocks": [render_clock(clock, zone) for clock in answer.clocks],
        "ignored": [_render_ignored(ignored, zone) for ignored in answer.ignored],
    }


def render_clock(clock: ClockState, zone: ZoneInfo) -> dict[str, object]:
    """One clock of an answer."""
    return {
        "target": clock.target,
        "round": clock.round,
        "state": clock.state,
        "due_at": render_instant(clock.due_at, zone),
        "met_at": clock.met_at and render_instant(clock.met_at, zone),
        "row": clock.row,
        "reason": clock.reason,
        "used_seconds": clock.used_seconds,
        "steps": [render_step(step, zone) for step in clock.steps],
    }


def render_step(step: Step, zone: ZoneInfo) -> dict[str, object]:
    """One escalation step of a clock."""
    return {"step": step.step, "at": render_instant(step.at, zone)}


def render_instant(instant: datetime, zone: ZoneInfo) -> str:
    """ISO 8601 in a zone, with its offset."""
    return instant.astimezone(zone).isoformat()


def _render_ignored(ignored: Ignored, zone: ZoneInfo) -> dict[str, object]:
    return {"at": render_instant(ignored.at, zone), "event": ignored.event, "reason": ignored.reason}


def _read_event(index: int, value: object) -> PromiseEvent:
    path = f"events[{index}]"
    kind = value.get("event") if isinstance(value, Mapping) else None
    optional = _DATA.get(kind, ()) if isinstance(kind, str) else ()
    document = read_mapping(value, path, required=("at", "event"), optional=optional)
    instant = read_instant(document["at"], at(path, "at"))
    data = {key: entry for key, entry in document.items() if key not in ("at", "event")}
    return PromiseEvent(instant, str(document["event"]), index, data)
