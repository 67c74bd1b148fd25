"""What is wrong with a promise set, all of it, each at its field, before anybody relies on it. Pure.

`compile_set` refuses what the engine cannot read, at the first fault. This goes further: a row that can never decide
anything is refused too, since whoever wrote it believed that it promises something.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from contracts.domain.budget import BudgetKind, read_budget
from contracts.domain.calendars import Calendar
from contracts.domain.document import DocumentError, at
from contracts.domain.facts import FARTHEST_KM
from contracts.domain.promise_set import ROUND_EVENTS, PromiseSet, Row, compile_set
from contracts.domain.promise_set_terms import MONTHS, PACED, PACES
from contracts.domain.promise_set_words import (
    CODE,
    RECEIVERS,
    OwnWords,
    full_vocabulary,
    joined,
    words,
)
from contracts.domain.promise_words import target_name
from contracts.domain.vocabulary import (
    DERIVED_EVENT,
    RESOLUTION,
    STEERING_EVENTS,
    Vocabulary,
    read_ladder,
    read_vocabulary,
)
from contracts.enums import ChargedInside, Cover, PriceBasis, ReplacedPart, ServiceKind, WarrantyStart

MOST_ROWS = 200
MOST_STEPS = 20_000
MOST_MONTHS, MOST_TIMES = 240, 9_999
_DAY = 86_400
_SHORTEST_MONTH = 28 * _DAY

Calendars = Mapping[str, Calendar]
Box = dict[str, frozenset[Any]]


@dataclass(frozen=True)
class Problem:
    """One fault: its place ("rows[2].budget"), a stable code, and what is wrong in words."""

    path: str
    code: str
    message: str


@dataclass(frozen=True)
class Checked:
    """The compiled set, None where the engine cannot read it, and everything that stands against it."""

    promise_set: PromiseSet | None
    problems: tuple[Problem, ...]


def check_set(code: str, document: Mapping[str, Any], own: OwnWords, calendars: Calendars) -> Checked:
    """Read a set's document with the shipped words and `own` ones; every problem that can be told at once."""
    problems = list(_word_problems(own))
    if problems:
        return Checked(None, tuple(problems))
    try:
        vocabulary = read_vocabulary(full_vocabulary(own))
    except DocumentError as error:
        return Checked(None, (_unreadable(error),))
    problems = [*_head_problems(document), *_rows_problems(document, vocabulary, calendars)]
    if problems:
        return Checked(None, tuple(problems))
    try:
        promise_set = compile_set(code, document, vocabulary, calendars)
    except DocumentError as error:
        return Checked(None, (_unreadable(error),))
    return Checked(promise_set, tuple(_idle_rows(promise_set)))


def _unreadable(error: DocumentError) -> Problem:
    return Problem(error.path, "document", _("This cannot be used: %(problem)s") % {"problem": error.message})


# --- Words of the installation ----------------------------------------------------------------------------------------


def _word_problems(own: OwnWords) -> Iterator[Problem]:
    events = {*full_vocabulary(OwnWords())["events"], *own.events}
    for code, names in own.events.items():
        yield from _name_problems(f"events.{code}", code, names, ("zh", "en"))
    for code, target in own.targets.items():
        path = f"targets.{code}"
        yield from _name_problems(path, code, target, ("zh", "short", "en"))
        met_by = target.get("met_by")
        if not isinstance(met_by, str) or met_by not in events or met_by in STEERING_EVENTS | {DERIVED_EVENT}:
            message = _("Please choose the event that meets this target; without one it could never be kept.")
            yield Problem(at(path, "met_by"), "no_meeting_event", message)


def _name_problems(path: str, code: str, names: Mapping[str, Any], wanted: Sequence[str]) -> Iterator[Problem]:
    if not CODE.fullmatch(code):
        yield Problem(path, "code", _("A code has 2 to 40 small letters, digits and underscores."))
    for key in wanted:
        value = names.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > 40:
            yield Problem(at(path, key), "name", _("Please give a name of at most 40 characters."))


# --- What stands around the rows --------------------------------------------------------------------------------------


def _head_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("name", "name_en"):
        value = document.get(key, "-" if key == "name_en" else None)
        if not isinstance(value, str) or not value.strip() or len(value) > 60:
            yield Problem(key, "name", _("Please give a name of at most 60 characters."))
    names = document.get("severities")
    for rank, value in (names if isinstance(names, Mapping) else {}).items():
        if not isinstance(value, str) or len(value) > 20 or len(str(rank)) > 2:
            yield Problem("severities", "name", _("A level has a name of at most 20 characters."))
    if not isinstance(document.get("source", ""), str) or len(document.get("source", "")) > 200:
        yield Problem("source", "too_long", _("Please write at most %(count)s characters.") % {"count": 200})
    yield from _pause_problems(document.get("pause", ()))
    if "ladder" in document:
        yield from _ladder_problems(document["ladder"])
    yield from _warranty_problems(document.get("warranty"))
    for key in ("obligations", "quotas"):
        yield from _count_problems(document.get(key), key)


def _pause_problems(reasons: object) -> Iterator[Problem]:
    known = words("pause")
    for i, reason in enumerate(reasons if isinstance(reasons, list | tuple) else ()):
        if known and (not isinstance(reason, str) or reason not in known):
            yield Problem(f"pause[{i}]", "pause", _("Please choose a reason from the list."))


def _ladder_problems(ladder: object) -> Iterator[Problem]:
    try:
        steps = read_ladder(ladder, "ladder")
    except DocumentError as error:
        message = _("Steps rise from 1 to 100 percent of the time, then from +1 percent after the due instant.")
        yield Problem(error.path, "ladder", message)
        return
    for i, step in enumerate(steps):
        if not step.tell or not RECEIVERS.keys() >= set(step.tell):
            yield Problem(f"ladder[{i}].tell", "receiver", _("Please choose who is told at this step."))


_WARRANTY: dict[str, type[TextChoices]] = {
    "starts": WarrantyStart,
    "covers": Cover,
    "price_after": PriceBasis,
    "replaced_part": ReplacedPart,
    "free_after": ServiceKind,
    "charged_inside": ChargedInside,
}


def _warranty_problems(terms: object) -> Iterator[Problem]:
    if not isinstance(terms, Mapping):
        return  # compile_set says so
    for key, value in terms.items():
        if key in _WARRANTY and not _are_of(_WARRANTY[key], value):
            yield Problem(f"warranty.{key}", "value", _("Please choose a value from the list."))
        elif key not in {"months", "first_day_counts", *MONTHS, *_WARRANTY}:
            yield Problem(f"warranty.{str(key)[:40]}", "unknown", _("This term is not known."))
    for key in ("months", *MONTHS):
        if key in terms and not _is_count(terms[key], MOST_MONTHS):
            yield Problem(f"warranty.{key}", "count", _("Please give a whole number of months, 1 to 240."))
    if "first_day_counts" in terms and not isinstance(terms["first_day_counts"], bool):
        yield Problem("warranty.first_day_counts", "value", _("Please choose a value from the list."))


def _are_of(choices: type[TextChoices], value: object) -> bool:
    values = value if isinstance(value, list | tuple) else [value]
    return all(isinstance(one, str) and one in choices.values for one in values)


def _count_problems(terms: object, key: str) -> Iterator[Problem]:
    for name, amount in (terms if isinstance(terms, Mapping) else {}).items():
        if name in PACED:
            if not isinstance(amount, str) or amount not in PACES:
                yield Problem(f"{key}.{name}", "value", _("Please choose a value from the list."))
        elif not _is_count(amount, MOST_TIMES) or not CODE.fullmatch(str(name)):
            yield Problem(f"{key}.{str(name)[:40]}", "count", _("Please give a whole number, 1 to 9999."))


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


# --- Rows, each by itself ---------------------------------------------------------------------------------------------


def _rows_problems(document: Mapping[str, Any], vocabulary: Vocabulary, calendars: Calendars) -> Iterator[Problem]:
    rows, rounds = document.get("rows"), document.get("rounds", True) is not False
    if not isinstance(rows, list | tuple):
        return  # compile_set says so
    if len(rows) > MOST_ROWS:
        yield Problem("rows", "too_many", _("A set has at most %(count)s promises.") % {"count": MOST_ROWS})
        return
    for i, row in enumerate(rows):
        if isinstance(row, Mapping):
            yield from row_problems(row, f"rows[{i}]", vocabulary, calendars, rounds=rounds)


def row_problems(
    row: Mapping[str, Any], path: str, vocabulary: Vocabulary, calendars: Calendars, *, rounds: bool
) -> Iterator[Problem]:
    """What is wrong with one row's own fields."""
    if not isinstance(row.get("target"), str) or row["target"] not in vocabulary.targets:
        yield Problem(at(path, "target"), "target", _("Please choose a target from the list."))
    calendar = calendars.get(row["calendar"]) if isinstance(row.get("calendar"), str) else None
    if calendar is None:
        yield Problem(at(path, "calendar"), "calendar", _("There is no such working calendar."))
    yield from _budget_problems(row.get("budget"), at(path, "budget"), calendar)
    for key in ("from", "armed_by"):
        if key in row:
            yield from _start_problems(row[key], at(path, key), vocabulary, rounds)
    yield from _when_problems(row.get("when", {}), at(path, "when"), vocabulary)


def _budget_problems(value: object, path: str, calendar: Calendar | None) -> Iterator[Problem]:
    if _reads(value, None):
        return
    if not _reads(value, _DAY):
        message = _("Please write a time of at most ten years, such as 30m, 2h, 3d, 2wd, 1mo or today.")
        yield Problem(path, "budget", message)
    elif calendar is not None and calendar.work.standard_day is None:
        message = _("Working days need a calendar with a standard day; %(calendar)s has none.")
        yield Problem(path, "no_standard_day", message % {"calendar": calendar.name})


def _reads(value: object, standard_day: int | None) -> bool:
    try:
        read_budget(value, "", standard_day)
    except DocumentError:
        return False
    return True


def _start_problems(event: object, path: str, vocabulary: Vocabulary, rounds: bool) -> Iterator[Problem]:
    if not isinstance(event, str) or event not in vocabulary.events or event in STEERING_EVENTS:
        yield Problem(path, "event", _("Nobody can record this event; please choose one from the list."))
    elif event in ROUND_EVENTS and not rounds:
        yield Problem(path, "event", _("A set without rounds never sees this event."))


def _when_problems(when: object, path: str, vocabulary: Vocabulary) -> Iterator[Problem]:
    if not isinstance(when, Mapping):
        return  # compile_set says so
    for fact, wanted in when.items():
        if fact in ("distance_km_below", "distance_km_from"):
            number = isinstance(wanted, int | float) and not isinstance(wanted, bool)
            if not number or not 0 <= wanted <= FARTHEST_KM:
                yield Problem(at(path, fact), "distance", _("Please give a distance in kilometres."))
        elif fact in vocabulary.fact_lists:
            chosen = wanted if isinstance(wanted, list | tuple) else [wanted]
            known = vocabulary.fact_lists[fact]
            if not chosen or any(isinstance(one, bool | float) or one not in known for one in chosen):
                yield Problem(at(path, fact), "value", _("Please choose a value from the list."))
    below, least = when.get("distance_km_below"), when.get("distance_km_from", 0)
    if _contradicts(below, least):
        message = _("No distance is at least %(least)s km and below %(below)s km: this row could never fit.")
        values = {"least": f"{least:g}", "below": f"{below:g}"}
        yield Problem(at(path, "distance_km_below"), "contradiction", message % values)


def _contradicts(below: object, least: object) -> bool:
    numbers = isinstance(below, int | float) and isinstance(least, int | float)
    return numbers and below <= least  # type: ignore[operator]


# --- Rows beside each other -------------------------------------------------------------------------------------------


def _idle_rows(promise_set: PromiseSet) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    rows = [row for rows in promise_set.rows_by_target.values() for row in rows]
    for row in sorted(rows, key=lambda row: row.index):
        first = seen.setdefault(_sameness(row), row.index)
        reason = _never_starts(row, promise_set)
        if first != row.index:
            message = _("This is the same promise as row %(row)s.") % {"row": first + 1}
            yield Problem(f"rows[{row.index}]", "doubled", message)
        elif reason:
            yield reason
        elif by := _shadows(row, promise_set):
            yield Problem(f"rows[{row.index}]", "shadowed", _shadow_words(row, by))


def _sameness(row: Row) -> str:
    """What makes two rows one: everything but the order of conditions and values, and 60m for 1h."""
    budget = [row.budget.kind.value, row.budget.seconds, row.budget.months]
    when = sorted([one.fact, sorted(map(str, one.any_of)), one.below, one.at_least] for one in row.when)
    return json.dumps([row.target.name, budget, row.calendar.code, row.from_event, row.armed_by, when])


def _never_starts(row: Row, promise_set: PromiseSet) -> Problem | None:
    path, counts_as, met_by = f"rows[{row.index}]", promise_set.counts_as, row.target.met_by
    if not any(met_by in names for names in counts_as.values()):
        message = _("%(target)s is met by an event that a set without rounds never sees.")
        return Problem(at(path, "target"), "no_meeting_event", message % {"target": target_name(row.target)})
    for key, event in (("from", row.from_event), ("armed_by", row.armed_by)):
        if met_by in counts_as[event]:
            return Problem(at(path, key), "met_at_start", _("This event meets the target itself: nothing is owed."))
        if "resolved" in counts_as[event]:
            return Problem(at(path, key), "after_resolved", _("After the repair no promise starts any more."))
        if event == DERIVED_EVENT and not _can_breach(promise_set):
            message = _("Nobody can record this event: the set promises no repair that could be overdue.")
            return Problem(at(path, key), "event", message)
    return None


def _can_breach(promise_set: PromiseSet) -> bool:
    repairs = promise_set.rows_by_target.get(RESOLUTION, ())
    return any(DERIVED_EVENT not in (row.from_event, row.armed_by) for row in repairs)


def _shadow_words(row: Row, by: Sequence[Row]) -> str:
    numbers = joined(str(other.index + 1) for other in by)
    return _("This row never decides: whenever it fits, %(target)s is due earlier by row %(rows)s.") % {
        "target": target_name(row.target),
        "rows": numbers,
    }


def _shadows(row: Row, promise_set: PromiseSet) -> list[Row]:
    """The rows that are always due first where this one fits, or none; they may share its cases among themselves."""
    peers = promise_set.rows_by_target[row.target.name]
    earlier = [other for other in peers if other is not row and _always_first(other, row, promise_set)]
    if not earlier:
        return []
    box_of = _boxes(peers, promise_set.vocabulary)
    by = [(other, box_of(other)) for other in earlier]
    by = [(other, box) for other, box in by if _meet(box, box_of(row))]
    return [other for other, _box in by] if _is_covered(box_of(row), [box for _other, box in by]) else []


def _always_first(a: Row, b: Row, promise_set: PromiseSet) -> bool:
    """Whether `a`, where both fit, is always armed when `b` is and due no later; of equals the upper row."""
    counts_as = promise_set.counts_as
    happened = {*counts_as[b.from_event], *counts_as[b.armed_by]}
    if a.from_event not in counts_as[b.from_event] or a.armed_by not in happened:
        return False
    if not _no_later(a, b):
        return False
    equal = _no_later(b, a) and (a.from_event, a.armed_by) == (b.from_event, b.armed_by)
    return a.index < b.index if equal else True


def _no_later(a: Row, b: Row) -> bool:
    """Whether the due instant of `a` is never after that of `b` from the same start, whatever pauses there are."""
    match a.budget.kind, b.budget.kind:
        case (BudgetKind.TODAY, BudgetKind.TODAY | BudgetKind.MONTHS):
            return True
        case (BudgetKind.TODAY, BudgetKind.OPEN):
            return b.budget.seconds > _DAY + 3_600  # the longest day there is
        case (BudgetKind.MONTHS, BudgetKind.MONTHS):
            return a.budget.months <= b.budget.months
        case (BudgetKind.OPEN, BudgetKind.MONTHS):
            return a.calendar.work.is_always_open and a.budget.seconds <= b.budget.months * _SHORTEST_MONTH
        case (BudgetKind.OPEN, BudgetKind.OPEN):
            return _open_no_later(a, b)
    return False


def _open_no_later(a: Row, b: Row) -> bool:
    same = a.calendar.code == b.calendar.code or a.calendar.work.is_always_open
    return same and a.budget.seconds <= b.budget.seconds


# --- Which tickets a row fits, as boxes of values ---------------------------------------------------------------------


def _boxes(rows: Sequence[Row], vocabulary: Vocabulary) -> Callable[[Row], Box]:
    """What each row fits: the values of every fact that any of the rows asks about, None for "not known"."""
    limits = {limit for row in rows for one in row.when for limit in (one.below, one.at_least) if limit}
    bounds = [0.0, *sorted(limits), float("inf")]
    spans = list(zip(bounds, bounds[1:], strict=False))
    facts = sorted({one.fact for row in rows for one in row.when})
    every: Box = {
        fact: frozenset(spans if fact == "distance_km" else vocabulary.fact_lists[fact]) | {None} for fact in facts
    }

    def box(row: Row) -> Box:
        values = dict(every)
        for one in row.when:
            values[one.fact] &= _values(one, spans)
        return values

    return box


def _values(condition: Any, spans: Sequence[tuple[float, float]]) -> frozenset[Any]:
    if condition.below is not None:
        return frozenset(span for span in spans if span[1] <= condition.below)
    if condition.at_least is not None:
        return frozenset(span for span in spans if span[0] >= condition.at_least)
    return frozenset(condition.any_of)


def _meet(a: Box, b: Box) -> bool:
    return all(not values.isdisjoint(b[fact]) for fact, values in a.items())


def _is_covered(box: Box, others: Sequence[Box]) -> bool:
    """Whether the boxes together hold all of `box`; False also where that would take too long to say."""
    rest, steps = [box], 0
    while rest:
        piece, steps = rest.pop(), steps + 1
        other = next((one for one in others if _meet(piece, one)), None)
        if other is None or steps > MOST_STEPS:
            return False
        rest.extend(_without(piece, other))
    return True


def _without(piece: Box, other: Box) -> Iterator[Box]:
    kept = dict(piece)
    for fact, values in other.items():
        if outside := kept[fact] - values:
            yield {**kept, fact: outside}
        kept[fact] &= values
