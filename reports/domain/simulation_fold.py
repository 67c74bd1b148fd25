"""The clocks that a ticket would have under another wording: its own events, folded with that wording in the place of
the set that binds it. Reads no rows of tickets and writes nothing.

A contract set takes the place of whatever contract set binds the ticket, a house set that of the house set of its code;
the other house sets stay, without the targets that the contract set has now (rule 11 of the presets). Sets of the house
that this leaves as they are need not be folded again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from contracts.domain.calendars import Calendar
from contracts.domain.promise_set import PromiseSet
from contracts.domain.promise_version import compile_text, compiled, together
from contracts.queries.promise_version import Versions
from reports.queries.simulation_rows import Case, EventRow, Promise
from tickets.domain.folded import Folded, fold_clocks
from tickets.domain.promises import Bound, Stage, bound_by, bound_of_stages, reported_data
from tickets.enums import REBINDING
from tickets.models import Event
from tickets.queries.outcome import STATES

OUTCOMES = {str(state): outcome for outcome, states in STATES.items() for state in states}


@dataclass(frozen=True)
class _Binding:
    """What would bind tickets of the same versions; `kept` are the sets that stay as they are (None: nobody knows)."""

    bound: Bound
    kept: frozenset[str]
    folded: frozenset[str] | None


class Simulator:
    """One wording, compiled once, for any number of tickets. DocumentError for a text that cannot be used."""

    def __init__(self, code: str, text: str, calendars: Mapping[str, Calendar]) -> None:
        self.chosen = _without_ladder(compile_text(code, text, calendars))
        self._known: dict[Any, _Binding] = {}

    def promises(self, case: Case, until: datetime) -> list[Promise]:
        """The judged clocks that a ticket would have at `until`. DocumentError where its events do not fit."""
        ticket, binding = case.ticket, self._binding(case.events)
        columns = {"state": ticket.state, "round": ticket.round, "closed_at": ticket.closed_at}
        rows = cast(list[Event], case.events)  # the fold reads nothing that a row has not
        folded = fold_clocks(binding.bound, rows, columns, until, binding.folded)
        found = [promise_of(one) for one in folded.values() if _is_judged(one, ticket.round)]
        return found + [clock.promise for clock in case.clocks if clock.set_code in binding.kept]

    def _binding(self, events: Sequence[EventRow]) -> _Binding:
        reported = reported_data(cast(list[Event], events))
        changes = [event for event in events if event.kind in REBINDING]
        if changes:  # rare: folded with all of its stages
            stages = bound_by(reported, cast(list[Event], changes)).stages
            return _Binding(bound_of_stages([self._stage(one) for one in stages]), frozenset(), None)
        versions = Versions(**reported["versions"])
        key = (tuple(versions.promises.values()), tuple(versions.calendars.values()))
        if key not in self._known:
            self._known[key] = self._compared(versions)
        return self._known[key]

    def _compared(self, versions: Versions) -> _Binding:
        before = together(_sets(versions).values()).every
        bound = bound_of_stages([self._stage(Stage(versions, None, ()))])
        rows = {one.code: [row.index for row in one.rows] for one in before}
        kept = {one.code for one in bound.sets if one.code != self.chosen.code and _indexes(one) == rows[one.code]}
        return _Binding(bound, frozenset(kept), frozenset(one.code for one in bound.sets) - kept)

    def _stage(self, stage: Stage) -> Stage:
        """The same, with the chosen wording in its place."""
        others = [
            one
            for code, one in _sets(stage.versions).items()
            if code != self.chosen.code and not (one.scope == self.chosen.scope == "contract")
        ]
        found = together([self.chosen, *others])
        return Stage(stage.versions, found.contract, found.houses, stage.at, stage.seq)


def promise_of(one: Folded) -> Promise:
    """A folded clock that has an outcome."""
    clock = one.clock
    house = one.promise_set.scope == "house"
    return Promise(clock.target, house, OUTCOMES[one.state], one.state, clock.round, clock.due_at, clock.met_at)


def _is_judged(one: Folded, present: int) -> bool:
    return one.state in OUTCOMES and (one.clock.round == present or not one.promise_set.rounds)


def _sets(versions: Versions) -> dict[str, PromiseSet]:
    calendars = versions.calendars.values()
    return {code: _without_ladder(compiled(pk, calendars)) for code, pk in versions.promises.items()}


def _without_ladder(promise_set: PromiseSet) -> PromiseSet:
    """Nobody is told of what would have been; the instants of the steps are a good part of the work."""
    return replace(promise_set, ladder=())


def _indexes(promise_set: PromiseSet) -> list[int]:
    return [row.index for row in promise_set.rows]
