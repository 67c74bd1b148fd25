"""The words that promise sets share: targets, events and what they imply, facts, the default ladder. All is data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contracts.domain.document import (
    DocumentError,
    at,
    read_list,
    read_mapping,
    read_name,
    read_names,
    read_text,
    shown,
)
from contracts.domain.facts import FactLists

STEERING_EVENTS = frozenset({"paused", "resumed", "facts_changed", "date_agreed"})
"""Events that steer clocks; they start and meet none."""

DERIVED_EVENT = "resolution_breached"
RESOLUTION = "resolution"

ENGINE_EVENTS = STEERING_EVENTS | {"occurred", "reported", "resolved", "reopened", DERIVED_EVENT}
"""The events whose meaning the engine knows; all others are data."""

_FACT_LISTS = {
    "severity": "severities",
    "kind": "kinds",
    "channel": "channels",
    "locality": "localities",
    "coverage": "coverages",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Something promised, the event that meets it, its names on screens and its place in their order."""

    name: str
    met_by: str
    zh: str
    short: str
    en: str
    order: int


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Whom an escalation step tells; `percent` of the budget, beyond 100 for the steps after the due instant."""

    step: str
    percent: int
    tell: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The checked vocabulary; `counts_as[event]` is the event itself and all it implies, chained (rule 2).

    `event_names` has the words, by language (zh, en), of events that the installation added.
    """

    zone: ZoneInfo
    targets: Mapping[str, Target]
    events: frozenset[str]
    counts_as: Mapping[str, tuple[str, ...]]
    not_needed_when_resolved: frozenset[str]
    fact_lists: FactLists
    ladder: tuple[LadderStep, ...]
    event_names: Mapping[str, Mapping[str, str]]


def read_vocabulary(value: object) -> Vocabulary:
    """The vocabulary of a document in the shape of the presets; keys of other parts are left alone."""
    document = read_mapping(value, "", required=("timezone", "targets", "events", "ladder_default"))
    events = _read_events(document["events"])
    targets = _read_targets(document["targets"], events)
    not_needed = read_names(document.get("on_resolved_not_needed", ()), "on_resolved_not_needed", targets, "target")
    return Vocabulary(
        zone=read_zone(document["timezone"], "timezone"),
        targets=targets,
        events=events,
        counts_as=_read_implications(document.get("implies", {}), events),
        not_needed_when_resolved=frozenset(not_needed),
        fact_lists={fact: _read_values(document, key) for fact, key in _FACT_LISTS.items()},
        ladder=read_ladder(document["ladder_default"], "ladder_default"),
        event_names=_read_event_names(document.get("event_names", {})),
    )


def read_zone(value: object, path: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    try:
        return ZoneInfo(read_text(value, path))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DocumentError(path, f"unknown time zone {shown(value)}") from None


def read_ladder(value: object, path: str) -> tuple[LadderStep, ...]:
    """Escalation steps in rising order: "50%" to "100%" of the budget, "+25%" of it after the due instant."""
    ladder = tuple(_read_step(step, f"{path}[{i}]") for i, step in enumerate(read_list(value, path)))
    for i, (lower, upper) in enumerate(zip(ladder, ladder[1:], strict=False), start=1):
        if upper.percent <= lower.percent:
            raise DocumentError(f"{path}[{i}].at", "steps must rise")
    return ladder


def _read_step(value: object, path: str) -> LadderStep:
    document = read_mapping(value, path, required=("at", "tell"), optional=())
    step = document["at"]
    digits = step.removeprefix("+").removesuffix("%") if isinstance(step, str) else ""
    if step not in (f"{digits}%", f"+{digits}%") or not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
        raise DocumentError(at(path, "at"), f"not a step: {shown(step)} (50%, +25%)")
    late = step.startswith("+")
    if not int(digits) or (int(digits) > 100 and not late):
        raise DocumentError(at(path, "at"), f"not a step: {shown(step)} (1% to 100%, then +n%)")
    people = read_list(document["tell"], at(path, "tell"))
    tell = tuple(read_text(person, f"{path}.tell[{i}]") for i, person in enumerate(people))
    return LadderStep(step, int(digits) + (100 if late else 0), tell)


def _read_events(value: object) -> frozenset[str]:
    names = [read_text(name, f"events[{i}]") for i, name in enumerate(read_list(value, "events"))]
    missing = ENGINE_EVENTS.difference(names)
    if missing:
        raise DocumentError("events", f"without {', '.join(sorted(missing))}")
    return frozenset(names)


def _read_event_names(value: object) -> dict[str, dict[str, str]]:
    named = {}
    for code, names in read_mapping(value, "event_names").items():
        words = read_mapping(names, f"event_names.{code}", required=("zh", "en"))
        named[code] = {language: str(word) for language, word in words.items()}
    return named


def _read_targets(value: object, events: frozenset[str]) -> dict[str, Target]:
    targets: dict[str, Target] = {}
    for order, (name, entry) in enumerate(read_mapping(value, "targets").items()):
        path = f"targets.{name}"
        document = read_mapping(entry, path, required=("met_by", "zh", "short", "en"), optional=())
        met_by = read_trigger(document["met_by"], f"{path}.met_by", events)
        zh, short, en = (read_text(document[key], at(path, key)) for key in ("zh", "short", "en"))
        targets[name] = Target(name, met_by, zh, short, en, order)
    return targets


def read_trigger(value: object, path: str, events: Iterable[str]) -> str:
    """An event that can start or meet a clock."""
    name = read_name(value, path, frozenset(events), "event")
    if name in STEERING_EVENTS:
        raise DocumentError(path, f"{name} starts and meets no clock")
    return name


def _read_implications(value: object, events: frozenset[str]) -> dict[str, tuple[str, ...]]:
    direct: dict[str, tuple[str, ...]] = dict.fromkeys(events, ())
    for event, implied in read_mapping(value, "implies").items():
        direct[event] = _read_implied(event, implied, events)
    direct["reopened"] = ("reported", *direct["reopened"])  # rule 9
    return {event: _closure(event, direct) for event in events}


def _read_implied(event: str, value: object, events: frozenset[str]) -> tuple[str, ...]:
    path = f"implies.{event}"
    read_trigger(event, path, events)
    names = tuple(read_trigger(name, f"{path}[{i}]", events) for i, name in enumerate(read_list(value, path)))
    for refused in (DERIVED_EVENT, "reopened"):
        if refused in names:
            raise DocumentError(path, f"{refused} cannot be implied")
    return names


def _closure(event: str, direct: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found = [event]
    for name in found:
        found.extend(implied for implied in direct[name] if implied not in found)
    return tuple(found)


def _read_values(document: Mapping[str, object], key: str) -> tuple[object, ...]:
    if key not in document:
        raise DocumentError(key, "is missing")
    return tuple(read_list(document[key], key))
