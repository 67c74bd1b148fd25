"""Which compiled promise sets bind a ticket: those in force when it was reported (decisions 3, 4), until they are
applied anew by an event of the ticket.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Q

from contracts.domain.promise_set import PromiseSet, agreement_owner
from contracts.domain.promise_version import compiled_sets
from contracts.domain.timeline import SetChange
from contracts.domain.vocabulary import Target
from contracts.queries.promise_version import Versions
from core.language import is_chinese
from tickets.enums import EVENT_NAMES, REBINDING, EventKind
from tickets.models import Clock, Event, Ticket

# Events with screens or functions of their own; all others that a set listens to can be entered by hand.
_OWN_FUNCTION = frozenset({EventKind.REPORTED, EventKind.RESOLVED, EventKind.REOPENED})


@dataclass(frozen=True)
class Stage:
    """What bound a ticket from an instant on (of equal times from an event on); `at` None: from the report on."""

    versions: Versions
    contract: PromiseSet | None
    house: tuple[PromiseSet, ...]
    at: datetime | None = None
    seq: int = 0

    @property
    def sets(self) -> tuple[PromiseSet, ...]:
        return (self.contract, *self.house) if self.contract else self.house

    def has(self, clock: Clock) -> bool:
        """Whether a stored clock stands under this wording."""
        calendar = clock.calendar_version_id
        return self.versions.promises.get(clock.set_code) == clock.promise_version_id and (
            calendar is None or calendar in self.versions.calendars.values()
        )


@dataclass(frozen=True)
class Bound:
    """The promise sets of one ticket; `house` sets are already without the targets that the contract set promises.

    `versions`, `contract` and `house` are the present ones, `past` is what they replaced, the first wording first.
    """

    versions: Versions
    contract: PromiseSet | None
    house: tuple[PromiseSet, ...]
    past: tuple[Stage, ...] = ()
    at: datetime | None = None
    seq: int = 0

    @property
    def sets(self) -> tuple[PromiseSet, ...]:
        return (self.contract, *self.house) if self.contract else self.house

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Everything that ever bound the ticket, in order."""
        return (*self.past, Stage(self.versions, self.contract, self.house, self.at, self.seq))

    @cached_property
    def pause_reasons(self) -> frozenset[str]:
        return frozenset().union(*(one.pause_reasons for one in self.sets))

    @cached_property
    def progress_kinds(self) -> frozenset[str]:
        """The events that somebody may enter by hand (decisions 15)."""
        return frozenset().union(*(one.listens_to for one in self.sets)) - _OWN_FUNCTION

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The targets of all wordings that ever bound the ticket, by name; of equal names the present contract's."""
        wordings = [one for stage in self.stages for one in reversed(stage.sets)]
        return {name: target for one in wordings for name, target in one.vocabulary.targets.items()}

    def event_name(self, code: str) -> str:
        """An event in words, also one that an administrator added to any of the wordings."""
        added = [one.vocabulary.event_names for stage in self.stages for one in stage.sets]
        names = next((known[code] for known in added if code in known), None)
        if names is None:
            return str(EVENT_NAMES.get(code, code))
        return names["zh"] if is_chinese() else names["en"]

    @cached_property
    def lines(self) -> tuple[tuple[PromiseSet, tuple[SetChange, ...]], ...]:
        """Each set with the wordings that replaced it: what is folded as one. The contract's first."""
        codes = dict.fromkeys(one.code for stage in self.stages for one in stage.house)
        lines = [[(stage, stage.contract) for stage in self.stages]]
        lines += [[(stage, _of(stage.house, code)) for stage in self.stages] for code in codes]
        return tuple(_line(line) for line in lines if line[0][1] is not None)

    @cached_property
    def _versions_by_set(self) -> dict[PromiseSet, Versions]:
        return {one: stage.versions for stage in self.stages for one in stage.sets}

    def ids_of(self, promise_set: PromiseSet, calendar: str) -> tuple[int, int | None]:
        """The stored versions behind a folded clock: of the set's wording and of the calendar it counts by."""
        versions = self._versions_by_set[promise_set]
        return versions.promises[promise_set.code], versions.calendars.get(calendar)

    def stage_at(self, at: datetime, seq: int) -> Stage:
        """What bound the ticket when an event happened."""
        stages = [one for one in self.stages if one.at is None or (one.at, one.seq) <= (at, seq)]
        return stages[-1]

    def set_of(self, code: str) -> PromiseSet:
        """The wording of a set that bound the ticket last."""
        return next(one for stage in reversed(self.stages) for one in stage.sets if one.code == code)

    def wording_of(self, clock: Clock) -> PromiseSet:
        """The wording that a stored clock stands under, be it a past one."""
        stages = [one for one in reversed(self.stages) if one.has(clock)]
        return next((one for stage in stages for one in stage.sets if one.code == clock.set_code), None) or self.set_of(
            clock.set_code
        )

    def owner_of(self, target: str) -> PromiseSet | None:
        return agreement_owner(target, self.contract, self.house)


def _of(sets: Iterable[PromiseSet], code: str) -> PromiseSet | None:
    return next((one for one in sets if one.code == code), None)


def _line(line: list[tuple[Stage, PromiseSet | None]]) -> tuple[PromiseSet, tuple[SetChange, ...]]:
    first = line[0][1]
    assert first is not None
    changes, last = [], first
    for stage, promise_set in line[1:]:
        if promise_set is not None and promise_set is not last and stage.at is not None:
            changes.append(SetChange(stage.at, stage.seq, promise_set))
            last = promise_set
    return first, tuple(changes)


def bound_by(reported: dict[str, Any], changes: Iterable[Event] = ()) -> Bound:
    """The sets named in the data of a `reported` event, as the events that changed them left them; compiled once a
    process. Changes of one instant are one.
    """
    stages = [stage_of(Versions(**reported["versions"]))]
    dated: list[tuple[datetime, Event]] = []
    for event in sorted(changes, key=lambda one: one.seq):  # in the order of entry, at no earlier time than the last
        dated.append((max(event.at, dated[-1][0]) if dated else event.at, event))
    for at, group in groupby(dated, key=lambda pair: pair[0]):
        events = [event for _at, event in group]
        versions = stages[-1].versions
        for event in events:
            versions = rebound(versions, event.kind, event.data)
        stages.append(stage_of(versions, at, events[0].seq))
    return bound_of_stages(stages)


def bound_of_stages(stages: list[Stage]) -> Bound:
    last = stages[-1]
    return Bound(last.versions, last.contract, last.house, tuple(stages[:-1]), last.at, last.seq)


def stage_of(versions: Versions, at: datetime | None = None, seq: int = 0) -> Stage:
    found = compiled_sets(versions.promises.values(), versions.calendars.values())
    return Stage(versions, found.contract, found.houses, at, seq)


def rebound(versions: Versions, kind: str, data: dict[str, Any]) -> Versions:
    """The versions after one `promise_changed` or `calendar_changed` {"code", "from", "to"}."""
    field = "promises" if kind == EventKind.PROMISE_CHANGED else "calendars"
    kept = {code: pk for code, pk in getattr(versions, field).items() if pk != data["from"]}
    return replace(versions, **{field: dict(sorted({**kept, data["code"]: data["to"]}.items()))})


def bound_of(events: Iterable[Event]) -> Bound:
    """The sets of a ticket from all of its events."""
    listed = list(events)
    return bound_by(reported_data(listed), [event for event in listed if event.kind in REBINDING])


def promises_of(ticket: Ticket) -> Bound:
    """The sets of a ticket; one statement."""
    binding = Event.objects.filter(Q(seq=1) | Q(kind__in=REBINDING), ticket=ticket)
    return bound_of(binding.only("ticket_id", "seq", "kind", "at", "data").order_by("seq"))


def reported_data(events: Iterable[Event]) -> dict[str, Any]:
    return next(event.data for event in events if event.kind == EventKind.REPORTED)


def set_of(clock: Clock) -> PromiseSet:
    """The compiled set behind a stored clock, with rows, ladder and vocabulary."""
    return promises_of(clock.ticket).wording_of(clock)
