"""Promise sets: what a contract or the house promises, compiled from its document into rows that the fold can ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal

from contracts.domain.budget import Budget, read_budget
from contracts.domain.calendars import Calendar
from contracts.domain.document import (
    DocumentError,
    at,
    read_flag,
    read_list,
    read_mapping,
    read_name,
    read_text,
    shown,
)
from contracts.domain.facts import Facts, read_distance, read_fact
from contracts.domain.vocabulary import LadderStep, Target, Vocabulary, read_ladder, read_trigger

Scope = Literal["contract", "house"]

_SET_FIELDS = ("name_en", "source", "rounds", "ladder", "warranty", "obligations", "quotas", "severities")
_TERMS = ("warranty", "obligations", "quotas", "severities")
_ROW_FIELDS = ("from", "armed_by", "when")
ROUND_EVENTS = frozenset({"resolved", "reopened"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a row on the facts; a fact that is not known fits none."""

    text: str
    fact: str
    any_of: tuple[object, ...] = ()
    below: float | None = None
    at_least: float | None = None

    def fits(self, facts: Facts) -> bool:
        value = getattr(facts, self.fact)
        if value is None:
            return False
        if self.below is not None:
            return bool(value < self.below)
        if self.at_least is not None:
            return bool(value >= self.at_least)
        return value in self.any_of


@dataclass(frozen=True, slots=True)
class Row:
    """One promise: `target` within `budget` of `calendar`, counted from an event, for tickets whose facts fit `when`.

    `index` is its place in the document, also where rows of the set are left out.
    """

    index: int
    target: Target
    budget: Budget
    calendar: Calendar
    from_event: str
    armed_by: str
    when: tuple[Condition, ...]
    text: str

    def fits(self, facts: Facts) -> bool:
        return all(condition.fits(facts) for condition in self.when)


@dataclass(frozen=True, eq=False)
class PromiseSet:
    """A compiled promise set. `document` is what it was compiled from, with the terms that no clock needs."""

    code: str
    name: str
    name_en: str
    scope: Scope
    rounds: bool
    pause_reasons: frozenset[str]
    rows: tuple[Row, ...]
    ladder: tuple[LadderStep, ...]
    vocabulary: Vocabulary
    document: Mapping[str, object]

    @cached_property
    def rows_by_target(self) -> dict[str, tuple[Row, ...]]:
        """The rows of each target that has any."""
        names = dict.fromkeys(row.target.name for row in self.rows)
        return {name: tuple(row for row in self.rows if row.target.name == name) for name in names}

    @cached_property
    def started_by(self) -> dict[str, tuple[str, ...]]:
        """The targets whose rows an event can start or arm."""
        events = dict.fromkeys(event for row in self.rows for event in (row.from_event, row.armed_by))
        return {
            event: tuple(dict.fromkeys(row.target.name for row in self.rows if event in (row.from_event, row.armed_by)))
            for event in events
        }

    @cached_property
    def counts_as(self) -> dict[str, tuple[str, ...]]:
        """What each event counts as in this set: one without rounds knows neither resolved nor reopened (rule 9)."""
        unknown = frozenset() if self.rounds else ROUND_EVENTS
        return {
            event: () if event in unknown else tuple(name for name in names if name not in unknown)
            for event, names in self.vocabulary.counts_as.items()
        }

    @cached_property
    def listens_to(self) -> frozenset[str]:
        """Events that start, arm or meet a row of this set, directly or by what they imply."""
        direct = frozenset(self.started_by) | {row.target.met_by for row in self.rows}
        return frozenset(event for event, names in self.counts_as.items() if not direct.isdisjoint(names))


def compile_set(code: str, value: object, vocabulary: Vocabulary, calendars: Mapping[str, Calendar]) -> PromiseSet:
    """The set of a stored document. Raises DocumentError with the place in the document."""
    document = read_mapping(value, "", required=("name", "scope", "pause", "rows"), optional=_SET_FIELDS)
    for term in _TERMS:
        read_mapping({str(key): entry for key, entry in _term(document, term).items()}, term)
    rounds = read_flag(document.get("rounds", True), "rounds")
    rows = tuple(
        _read_row(i, row, vocabulary, calendars, rounds) for i, row in enumerate(read_list(document["rows"], "rows"))
    )
    ladder = read_ladder(document["ladder"], "ladder") if "ladder" in document else vocabulary.ladder
    scope = read_name(document["scope"], "scope", ("contract", "house"), "scope")
    reasons = read_list(document["pause"], "pause")
    return PromiseSet(
        code=code,
        name=read_text(document["name"], "name"),
        name_en=read_text(document.get("name_en", document["name"]), "name_en"),
        scope="house" if scope == "house" else "contract",
        rounds=rounds,
        pause_reasons=frozenset(read_text(reason, f"pause[{i}]") for i, reason in enumerate(reasons)),
        rows=rows,
        ladder=ladder,
        vocabulary=vocabulary,
        document=document,
    )


@lru_cache(maxsize=512)
def masked(house_set: PromiseSet, contract_set: PromiseSet | None) -> PromiseSet:
    """The house set without rows for targets that the contract set has a row for (rule 11); indexes stay."""
    if contract_set is None:
        return house_set
    rows = tuple(row for row in house_set.rows if row.target.name not in contract_set.rows_by_target)
    return house_set if len(rows) == len(house_set.rows) else replace(house_set, rows=rows)


def agreement_owner(
    target: str, contract_set: PromiseSet | None, house_sets: Iterable[PromiseSet]
) -> PromiseSet | None:
    """The set that an agreed date for `target` belongs to (rule 10).

    The contract set if it has a row for the target, else the house set that has one; a target without any row is an
    agreement with the contract. None only where there is neither.
    """
    if contract_set is not None and target in contract_set.rows_by_target:
        return contract_set
    return next((house for house in house_sets if target in house.rows_by_target), contract_set)


def _term(document: Mapping[str, object], term: str) -> Mapping[object, object]:
    value = document.get(term, {})
    if not isinstance(value, Mapping):
        raise DocumentError(term, "must be an object")
    return value


def _read_row(
    index: int, value: object, vocabulary: Vocabulary, calendars: Mapping[str, Calendar], rounds: bool
) -> Row:
    path = f"rows[{index}]"
    document = read_mapping(value, path, required=("target", "budget", "calendar"), optional=_ROW_FIELDS)
    target = vocabulary.targets[read_name(document["target"], at(path, "target"), vocabulary.targets, "target")]
    calendar = calendars[read_name(document["calendar"], at(path, "calendar"), calendars, "calendar")]
    budget = read_budget(document["budget"], at(path, "budget"), calendar.work.standard_day)
    from_event = _read_start(document.get("from", "reported"), at(path, "from"), vocabulary, rounds)
    armed_by = _read_start(document.get("armed_by", from_event), at(path, "armed_by"), vocabulary, rounds)
    when = _read_when(document.get("when", {}), at(path, "when"), vocabulary)
    text = _row_text(budget, calendar, from_event, armed_by, when)
    return Row(index, target, budget, calendar, from_event, armed_by, when, text)


def _read_start(value: object, path: str, vocabulary: Vocabulary, rounds: bool) -> str:
    event = read_trigger(value, path, vocabulary.events)
    if event in ROUND_EVENTS and not rounds:
        raise DocumentError(path, f"a set without rounds does not know {event}")
    return event


def _read_when(value: object, path: str, vocabulary: Vocabulary) -> tuple[Condition, ...]:
    document = read_mapping(value, path)
    return tuple(_read_condition(key, wanted, at(path, key), vocabulary) for key, wanted in document.items())


def _read_condition(key: str, value: object, path: str, vocabulary: Vocabulary) -> Condition:
    if key == "distance_km_below":
        limit = read_distance(value, path)
        return Condition(f"distance below {limit:g} km", "distance_km", below=limit)
    if key == "distance_km_from":
        limit = read_distance(value, path)
        return Condition(f"distance from {limit:g} km", "distance_km", at_least=limit)
    if key not in vocabulary.fact_lists:
        raise DocumentError(path, "unknown fact")
    wanted = value if isinstance(value, list | tuple) else [value]
    values = tuple(read_fact(key, one, path, vocabulary.fact_lists) for one in wanted)
    if not values or None in values:
        raise DocumentError(path, f"needs a value: {shown(value)}")
    return Condition(f"{key} {'/'.join(map(str, values))}", key, any_of=values)


def _row_text(budget: Budget, calendar: Calendar, from_event: str, armed_by: str, when: tuple[Condition, ...]) -> str:
    armed = "" if armed_by == from_event else f", armed by {armed_by}"
    fitting = f" for {', '.join(condition.text for condition in when)}" if when else ""
    return f"{budget.text} ({calendar.code}) from {from_event}{armed}{fitting}"
