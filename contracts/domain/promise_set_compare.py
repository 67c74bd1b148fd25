"""Two wordings of a promise set beside each other: what was added, removed, changed. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from contracts.domain.promise_set import PromiseSet, Row
from contracts.domain.promise_set_terms import terms_in_words
from contracts.domain.promise_set_words import OwnWords, calendar_word, conditions_words, start_words
from contracts.domain.promise_words import goal_of, target_name

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Difference:
    """`kind` is added, removed or changed; `old` and `new` are what each says, "" where it says nothing."""

    kind: str
    what: str
    old: str
    new: str


def differences(old: PromiseSet, new: PromiseSet, own: OwnWords) -> list[Difference]:
    """The rows that differ, in the order of targets, then the terms around them."""
    return [*_rows(old, new, own), *_terms(old, new)]


def _rows(old: PromiseSet, new: PromiseSet, own: OwnWords) -> Iterator[Difference]:
    before, after = _keyed(old), _keyed(new)
    keys = sorted(dict.fromkeys([*before, *after]), key=lambda key: _order(before, after, key))
    for key in keys:
        was, now = before.get(key), after.get(key)
        one = now or was
        assert one is not None
        told = (_said(was), _said(now))
        if told[0] != told[1]:
            yield Difference(_kind(was, now), _what(one, own), *told)


def _order(before: Mapping[Any, Row], after: Mapping[Any, Row], key: Any) -> tuple[int, int]:
    row = after.get(key) or before[key]
    return (row.target.order, row.index)


def _keyed(promise_set: PromiseSet) -> dict[tuple[Any, ...], Row]:
    """Rows by what they are about; the same twice counts on."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in promise_set.rows:
        when = tuple(sorted(condition.text for condition in row.when))
        key: tuple[Any, ...] = (row.target.name, row.from_event, row.armed_by, when)
        while key in found:
            key = (*key, "")
        found[key] = row
    return found


def _said(row: Row | None) -> str:
    return _("%(goal)s, %(calendar)s") % {"goal": goal_of(row), "calendar": calendar_word(row.calendar)} if row else ""


def _kind(was: object, now: object) -> str:
    if was and now:
        return CHANGED
    return ADDED if now else REMOVED


def _what(row: Row, own: OwnWords) -> str:
    parts = [target_name(row.target), conditions_words(row), start_words(row, own)]
    return " · ".join(part for part in parts if part)


def _terms(old: PromiseSet, new: PromiseSet) -> Iterator[Difference]:
    before, after = dict(terms_in_words(old)), dict(terms_in_words(new))
    for label in dict.fromkeys([*after, *before]):
        was, now = before.get(label, ""), after.get(label, "")
        if was != now:
            yield Difference(_kind(was, now), label, was, now)
