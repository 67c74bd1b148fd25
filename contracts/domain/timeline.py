"""The events of one subject, checked and put in the order in which they count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.domain.document import DocumentError, at, read_instant, read_mapping, read_name, read_text, shown
from contracts.domain.facts import read_facts
from contracts.domain.promise_set import ROUND_EVENTS, PromiseSet
from contracts.domain.vocabulary import DERIVED_EVENT, Vocabulary


@dataclass(frozen=True, slots=True)
class PromiseEvent:
    """A service event as it was entered.

    `seq` is the order of entry. `data` holds `reason` of a pause, the facts of `facts_changed` (only those that
    changed), `target` and `due` of `date_agreed`; everything else in it is left alone.
    """

    at: datetime
    event: str
    seq: int = 0
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetChange:
    """From `at` on (of equal times, from `seq` on) another wording counts: a later version, other calendars, or another
    set.
    """

    at: datetime
    seq: int
    promise_set: PromiseSet


@dataclass(frozen=True, slots=True)
class Entry:
    """A checked event: times in UTC, facts read. A change of the wording is a change of facts with a `promise_set`."""

    at: datetime
    event: str
    seq: int
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    target: str = ""
    due: datetime | None = None
    promise_set: PromiseSet | None = None


def timeline(events: Iterable[PromiseEvent], promise_set: PromiseSet, changes: Sequence[SetChange] = ()) -> list[Entry]:
    """The events by their own time, equal times in the order of entry (rule 1), the changes of the wording among them.

    Raises DocumentError ("events[3].due: ...") for an event that is unknown to the wording of its time, derived or
    lacks what it needs.
    """
    entries = [
        _check(event, f"events[{i}]", set_at(promise_set, changes, event.at, event.seq).vocabulary)
        for i, event in enumerate(events)
    ]
    entries += [Entry(change.at, "facts_changed", change.seq, promise_set=change.promise_set) for change in changes]
    entries.sort(key=lambda entry: (entry.at, entry.seq))
    return _join_facts(entries, promise_set)


def set_at(promise_set: PromiseSet, changes: Sequence[SetChange], instant: datetime, seq: int) -> PromiseSet:
    """The wording that counts at an instant; `changes` are in order."""
    return next(
        (change.promise_set for change in reversed(changes) if (change.at, change.seq) <= (instant, seq)), promise_set
    )


def _check(event: PromiseEvent, path: str, vocabulary: Vocabulary) -> Entry:
    instant = read_instant(event.at, at(path, "at"))
    name = read_name(event.event, at(path, "event"), vocabulary.events, "event")
    if name == DERIVED_EVENT:
        raise DocumentError(at(path, "event"), f"{name} is derived, it cannot be entered")
    if name == "paused":
        return Entry(instant, name, event.seq, reason=read_text(event.data.get("reason"), at(path, "reason")))
    if name == "facts_changed":
        return Entry(instant, name, event.seq, facts=read_facts(event.data, path, vocabulary.fact_lists))
    if name == "date_agreed":
        return _check_agreement(instant, event, path, vocabulary)
    return Entry(instant, name, event.seq)


def _check_agreement(instant: datetime, event: PromiseEvent, path: str, vocabulary: Vocabulary) -> Entry:
    data = read_mapping(event.data, path, required=("target", "due"))
    target = read_name(data["target"], at(path, "target"), vocabulary.targets, "target")
    due = read_instant(data["due"], at(path, "due"))
    if due <= instant:
        raise DocumentError(at(path, "due"), f"{shown(str(data['due']))} is not after the agreement")
    return Entry(instant, event.event, event.seq, target=target, due=due)


def _join_facts(entries: list[Entry], promise_set: PromiseSet) -> list[Entry]:
    """Facts changed at one instant are one change, in the place of the first (rule 7); so is a change of the wording.

    A change entered after the instant's `resolved` or `reopened` stays on its side of it (rule 6).
    """
    joined: list[Entry] = []
    first: int | None = None
    for entry in entries:
        if first is not None and joined[first].at != entry.at:
            first = None
        if entry.event == "facts_changed" and first is not None:
            earlier = joined[first]
            joined[first] = replace(
                earlier,
                facts={**earlier.facts, **entry.facts},
                promise_set=entry.promise_set or earlier.promise_set,
            )
            continue
        if entry.event == "facts_changed":
            first = len(joined)
        elif not ROUND_EVENTS.isdisjoint(promise_set.counts_as.get(entry.event, ())):
            first = None
        joined.append(entry)
    return joined
