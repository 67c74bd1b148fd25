"""Other promises or calendars for a ticket: which events say it, and which clocks it would move. Writes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from contracts.domain.calendars import Calendar
from contracts.domain.promise_version import compile_text, current_calendars
from contracts.domain.rewording import calendars_used, sets_with
from contracts.queries.promise_version import Versions, calendar_rows, newest_calendars, promise_rows
from tickets.domain import caches
from tickets.domain.folded import OPEN_STATES, Folded, Key, fold_clocks
from tickets.domain.promises import Stage, bound_of, bound_of_stages, rebound, stage_of
from tickets.enums import ClockState, EventKind
from tickets.models import Event


@dataclass(frozen=True)
class ClockMove:
    """What becomes of one promise of one ticket; states and instants are None or "" where there is no clock."""

    set_code: str
    about: str
    target: str
    round: int
    old_due: datetime | None
    new_due: datetime | None
    old_state: str
    new_state: str


class Rebinding(Protocol):
    """Other versions that may concern a ticket."""

    def stage(self, versions: Versions, at: datetime, seq: int) -> Stage | None:
        """What would bind a ticket of these versions from an instant on; None if nothing changes for it."""


@dataclass(frozen=True)
class Published:
    """Published versions in the place of others: {old id: new id}."""

    promises: Mapping[int, int] = field(default_factory=dict)
    calendars: Mapping[int, int] = field(default_factory=dict)

    def stage(self, versions: Versions, at: datetime, seq: int) -> Stage | None:
        changes = self.changes(versions)
        for kind, data in changes:
            versions = rebound(versions, kind, data)
        return stage_of(versions, at, seq) if changes else None

    def changes(self, versions: Versions) -> list[tuple[str, dict[str, Any]]]:
        """The events for a ticket of these versions, as (kind, data). A calendar that a new wording counts by and the
        ticket does not know yet comes with it, as it is now.
        """
        found: list[tuple[str, dict[str, Any]]] = []
        promises = {old: self.promises[old] for old in versions.promises.values() if old in self.promises}
        known = versions.calendars
        used = frozenset[str]().union(*(calendars_used(new) for new in promises.values()))
        for code in sorted(used - known.keys()):
            found.append(_change(EventKind.CALENDAR_CHANGED, code, None, self._newest[code]))
        for old, new in promises.items():
            found.append(_change(EventKind.PROMISE_CHANGED, self._codes[new], old, new))
        for code, old in known.items():
            if old in self.calendars:
                found.append(_change(EventKind.CALENDAR_CHANGED, code, old, self.calendars[old]))
        return found

    @cached_property
    def _codes(self) -> dict[int, str]:
        return {row.pk: row.promise_set.code for row in promise_rows(self.promises.values())}

    @cached_property
    def _newest(self) -> dict[str, int]:
        return {**newest_calendars(), **{row.calendar.code: row.pk for row in calendar_rows(self.calendars.values())}}


@dataclass(frozen=True)
class Draft:
    """Wordings (stored texts) and calendars, by code, that nobody has published."""

    texts: Mapping[str, str] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    _known: dict[Any, Any] = field(default_factory=dict, compare=False)

    def stage(self, versions: Versions, at: datetime, seq: int) -> Stage | None:
        if self.texts.keys().isdisjoint(versions.promises) and self.calendars.keys().isdisjoint(versions.calendars):
            return None
        key = (tuple(versions.promises.values()), tuple(versions.calendars.values()))
        if key not in self._known:
            self._known[key] = sets_with(versions, self.texts, self.calendars)
        found = self._known[key]
        return Stage(versions, found.contract, found.houses, at, seq)


def can_follow(old: int, new: int) -> bool:
    """Whether a wording may replace another for a running ticket: both know rounds, or none."""
    known = current_calendars()
    sets = {row.pk: compile_text(row.promise_set.code, row.document, known) for row in promise_rows([old, new])}
    return sets[old].rounds == sets[new].rounds


def moves_of(events: list[Event], rebinding: Rebinding, now: datetime) -> list[ClockMove] | None:
    """The clocks of a ticket that would move; None where the ticket does not stand under what is replaced."""
    bound = bound_of(events)
    at = max(now, bound.at or now)
    stage = rebinding.stage(bound.versions, at, events[-1].seq + 1)
    if stage is None:
        return None
    columns = caches.folded(events)
    old = fold_clocks(bound, events, columns, at)
    new = fold_clocks(bound_of_stages([*bound.stages, stage]), events, columns, at)
    return list(_moves(_by_promise(old), _by_promise(new)))


def _change(kind: str, code: str, old: int | None, new: int) -> tuple[str, dict[str, Any]]:
    return str(kind), {"code": code, "from": old, "to": new}


def _by_promise(folded: Mapping[Key, Folded]) -> dict[Key, Folded]:
    """Clocks by what is promised: contract sets that replaced each other count as one."""
    return {(_line(one), *key[1:]): one for key, one in folded.items()}


def _line(one: Folded) -> str:
    return one.promise_set.code if one.promise_set.scope == "house" else ""


def _moves(old: Mapping[Key, Folded], new: Mapping[Key, Folded]) -> Iterator[ClockMove]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if before is not None and before.state not in OPEN_STATES:
            continue
        if before and after and (before.clock.due_at, before.state) == (after.clock.due_at, after.state):
            continue
        yield _move(key, before, after)


def _move(key: Key, before: Folded | None, after: Folded | None) -> ClockMove:
    _line, about, target, round_number = key
    standing = after or before
    assert standing is not None
    return ClockMove(
        set_code=standing.promise_set.code,
        about=about,
        target=target,
        round=round_number,
        old_due=before.clock.due_at if before else None,
        new_due=after.clock.due_at if after else None,
        old_state=before.state if before else "",
        new_state=after.state if after else str(ClockState.WITHDRAWN),
    )


def in_order(moves: Iterable[ClockMove]) -> list[ClockMove]:
    """The most pressing first: what would be due, or no longer is, the soonest."""
    return sorted(moves, key=lambda one: min(at for at in (one.old_due, one.new_due) if at))
