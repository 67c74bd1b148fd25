"""Promise sets as published versions. The stored text is

    {"set": {one set in the shape of the presets},
     "vocabulary": {timezone, targets, implies, on_resolved_not_needed, events, ladder_default, kinds, channels, …}}

The words stand beside the set, so that a version means the same for ever, whatever is added to the vocabulary later.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain import calendar_version
from contracts.domain.calendars import Calendar
from contracts.domain.document import DocumentError
from contracts.domain.presets import load_presets
from contracts.domain.promise_set import PromiseSet as CompiledSet
from contracts.domain.promise_set import compile_set, masked
from contracts.domain.stored import digest, written
from contracts.domain.vocabulary import DERIVED_EVENT, read_vocabulary
from contracts.models import PromiseSet, PromiseVersion
from contracts.queries.promise_version import calendar_rows, last_version, newest_calendars, promise_rows
from core.domain import audit
from core.errors import InputError
from customers.domain.record import subject

CalendarIds = tuple[int, ...]
_calendars: dict[int, Calendar] = {}
_sets: dict[tuple[int, CalendarIds], CompiledSet] = {}


@dataclass(frozen=True)
class SetsInForce:
    """The compiled sets of one ticket (rule 11): the contract's, if any, and the house's without the targets it has."""

    contract: CompiledSet | None
    houses: tuple[CompiledSet, ...]

    @property
    def every(self) -> tuple[CompiledSet, ...]:
        """All of them, the contract's first."""
        return (self.contract, *self.houses) if self.contract else self.houses


def publish(
    *,
    code: str,
    document: Mapping[str, Any],
    effective_from: datetime,
    actor: Any,
    now: datetime,
    vocabulary: Mapping[str, Any] | None = None,
    note: str = "",
) -> PromiseVersion:
    """Publish a set's document with the words it uses (those of the presets if none are given) as its next version.

    One that says what the last version says publishes nothing and answers that version. Locks the set. InputError at
    `document` for one that cannot be used, or that would turn a contract set into a house set or back.
    """
    text = stored_text(document, vocabulary)
    compiled_set = _checked(code, text)
    with transaction.atomic():
        PromiseSet.objects.get_or_create(code=code, defaults={"scope": compiled_set.scope})
        promise_set = PromiseSet.objects.select_for_update().get(code=code)
        if promise_set.scope != compiled_set.scope:
            raise InputError("scope", _("The scope of a promise set cannot be changed."), "document")
        last = last_version(code)
        if last and last.digest == digest(text):
            return last
        version = PromiseVersion(promise_set=promise_set, number=last.number + 1 if last else 1, document=text)
        version.effective_from, version.published_at, version.published_by = effective_from, now, actor
        version.note = note
        version.arms_on_breach = DERIVED_EVENT in compiled_set.started_by
        return _insert(version)


def stored_text(document: Mapping[str, Any], vocabulary: Mapping[str, Any] | None = None) -> str:
    """The text under which a version would be stored."""
    return written({"set": document, "vocabulary": vocabulary or preset_vocabulary()})


def preset_vocabulary() -> dict[str, Any]:
    """The words of the presets: all of their document but sets and calendars."""
    return {key: value for key, value in load_presets().document.items() if key not in ("sets", "calendars")}


def compiled_sets(promise_version_ids: Collection[int], calendar_version_ids: Collection[int]) -> SetsInForce:
    """The sets of stored version ids, as `versions_for` gave them, the house's sets masked by the contract's.

    Compiled once a process; two statements at most, none for versions seen before. KeyError for an unknown id.
    """
    return together(_compiled(promise_version_ids, calendar_version_ids).values())


def together(compiled_sets: Iterable[CompiledSet]) -> SetsInForce:
    """Sets that bind one ticket: at most one contract set, which masks targets of the house's (rule 11)."""
    sets = sorted(compiled_sets, key=lambda compiled_set: compiled_set.code)
    contract = next((one for one in sets if one.scope == "contract"), None)
    return SetsInForce(contract, tuple(masked(one, contract) for one in sets if one.scope == "house"))


def compiled(version_id: int, calendar_version_ids: Collection[int]) -> CompiledSet:
    """One stored version, not masked; cached like `compiled_sets`."""
    return _compiled([version_id], calendar_version_ids)[version_id]


def current_calendars() -> dict[str, Calendar]:
    """The newest version of every calendar, compiled, by code; one statement, two for new ones."""
    return compiled_calendars(tuple(newest_calendars().values()))


def _compiled(promise_ids: Collection[int], calendar_ids: Collection[int]) -> dict[int, CompiledSet]:
    wanted = tuple(sorted(calendar_ids))
    missing = [pk for pk in promise_ids if (pk, wanted) not in _sets]
    if missing:
        calendars = compiled_calendars(wanted)
        for row in promise_rows(missing):
            _sets[row.pk, wanted] = compile_text(row.promise_set.code, row.document, calendars)
    return {pk: _sets[pk, wanted] for pk in promise_ids}


def compiled_calendars(ids: CalendarIds) -> dict[str, Calendar]:
    """Stored calendar versions by code; compiled once a process."""
    for row in calendar_rows([pk for pk in ids if pk not in _calendars]):
        _calendars[row.pk] = calendar_version.compile_text(row.calendar.code, row.document)
    return {_calendars[pk].code: _calendars[pk] for pk in ids}


def compile_text(code: str, text: str, calendars: Mapping[str, Calendar]) -> CompiledSet:
    """The set of a stored text with these calendars. DocumentError names the place."""
    stored = json.loads(text)
    return compile_set(code, stored["set"], read_vocabulary(stored["vocabulary"]), calendars)


def _checked(code: str, text: str) -> CompiledSet:
    try:
        return compile_text(code, text, current_calendars())
    except DocumentError as error:
        message = _("These promises cannot be used: %(problem)s") % {"problem": error}
        raise InputError("document", message, "document") from error


def _insert(version: PromiseVersion) -> PromiseVersion:
    version.digest = digest(version.document)
    version.save(force_insert=True)
    changes = {
        "number": version.number,
        "effective_from": version.effective_from.isoformat(),
        "digest": version.digest,
    }
    if version.note:
        changes["note"] = version.note
    audit.record(
        actor=version.published_by,
        action="promise_version.publish",
        subject=subject(version.promise_set),
        changes=changes,
        now=version.published_at,
    )
    return version
