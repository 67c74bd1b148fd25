"""Which compiled promise sets bind a ticket: those in force when it was reported (decisions 3, 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contracts.domain.promise_set import PromiseSet, agreement_owner
from contracts.domain.promise_version import compiled_sets
from contracts.domain.vocabulary import Target
from contracts.queries.promise_version import Versions
from tickets.enums import EVENT_NAMES, EventKind
from tickets.models import Clock, Event, Ticket

# Events with screens or functions of their own; all others that a set listens to can be entered by hand.
_OWN_FUNCTION = frozenset({EventKind.REPORTED, EventKind.RESOLVED, EventKind.REOPENED})


@dataclass(frozen=True)
class Bound:
    """The promise sets of one ticket; `house` sets are already without the targets that the contract set promises."""

    versions: Versions
    contract: PromiseSet | None
    house: tuple[PromiseSet, ...]

    @property
    def sets(self) -> tuple[PromiseSet, ...]:
        return (self.contract, *self.house) if self.contract else self.house

    @cached_property
    def pause_reasons(self) -> frozenset[str]:
        return frozenset().union(*(one.pause_reasons for one in self.sets))

    @cached_property
    def progress_kinds(self) -> frozenset[str]:
        """The events that somebody may enter by hand (decisions 15)."""
        return frozenset().union(*(one.listens_to for one in self.sets)) - _OWN_FUNCTION

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The targets of the shared vocabulary, by name."""
        return dict(self.sets[0].vocabulary.targets) if self.sets else {}

    def set_of(self, code: str) -> PromiseSet:
        return next(one for one in self.sets if one.code == code)

    def owner_of(self, target: str) -> PromiseSet | None:
        return agreement_owner(target, self.contract, self.house)


def bound_by(reported: dict[str, Any]) -> Bound:
    """The sets named in the data of a `reported` event; compiled once a process."""
    versions = Versions(**reported["versions"])
    found = compiled_sets(versions.promises.values(), versions.calendars.values())
    return Bound(versions, found.contract, found.houses)


def promises_of(ticket: Ticket) -> Bound:
    return bound_by(Event.objects.only("data").get(ticket=ticket, seq=1).data)


def reported_data(events: Iterable[Event]) -> dict[str, Any]:
    return next(event.data for event in events if event.kind == EventKind.REPORTED)


def set_of(clock: Clock) -> PromiseSet:
    """The compiled set behind a stored clock, with rows, ladder and vocabulary."""
    return promises_of(clock.ticket).set_of(clock.set_code)


def event_name(code: str) -> str:
    """An event in words; one that an administrator added is shown by its code."""
    return str(EVENT_NAMES.get(code, code))
