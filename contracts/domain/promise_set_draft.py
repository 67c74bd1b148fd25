"""Drafts of promise sets: begun from a version, edited in steps, published as the next one or thrown away.

A draft is stored only if the engine can read it and if a saving brings no new fault, so that it can be tried out at any
time. Optimistic locking: every act names the version of the draft that was seen.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain import promise_set_edit, promise_version
from contracts.domain.promise_set import PromiseSet as CompiledSet
from contracts.domain.promise_set_check import Checked, Problem, check_set
from contracts.domain.promise_set_words import OwnWords, full_vocabulary, installation_words, own_words
from contracts.domain.stored import digest, written
from contracts.enums import SetScope
from contracts.models import PromiseDraft, PromiseSet, PromiseVersion
from contracts.queries.promise_set import newest_versions
from contracts.queries.promise_version import last_version
from core.domain import audit
from core.errors import InputError, RuleError, StaleError

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{1,19}", re.ASCII)
LONGEST_NOTE = 200


class FaultyError(InputError):
    """A wording that cannot be kept; `problems` are all that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        super().__init__(first.code, first.message, first.path)
        self.problems = problems


@dataclass(frozen=True)
class Content:
    """What a draft says: the set's document, and the words that it adds to the shipped ones."""

    document: Mapping[str, Any]
    own: OwnWords = field(default_factory=OwnWords)

    @property
    def text(self) -> str:
        return written({"set": self.document, "targets": self.own.targets, "events": self.own.events})

    def with_words(self, more: OwnWords) -> "Content":
        """With own targets and events more; a code that is there already gets the new meaning."""
        return Content(self.document, more.with_more(self.own))

    def without_word(self, code: str) -> "Content":
        """Without an own target or event. What still uses it is a fault that saving refuses."""
        targets = {name: one for name, one in self.own.targets.items() if name != code}
        return Content(self.document, OwnWords(targets, {k: one for k, one in self.own.events.items() if k != code}))


def content_of(draft: PromiseDraft) -> Content:
    """What a draft says now."""
    stored = json.loads(draft.document)
    return Content(stored["set"], OwnWords(stored["targets"], stored["events"]))


def content_of_version(version: PromiseVersion) -> Content:
    """What a published version says."""
    stored = json.loads(version.document)
    return Content(stored["set"], own_words(stored["vocabulary"]))


def all_words(content: Content) -> OwnWords:
    """The words that a draft can use: its own, then those of the published sets; one statement."""
    return content.own.with_more(installation_words(newest_versions()))


def check(code: str, content: Content) -> Checked:
    """Read a wording with the newest calendars; two statements."""
    own = content.own.with_more(all_words(content).used_by(content.document))
    checked = check_set(code, content.document, own, promise_version.current_calendars())
    if not CODE.fullmatch(code):
        message = _("A code has 2 to 20 capital letters, digits, hyphens and underscores.")
        return Checked(None, (Problem("code", "code", message), *checked.problems))
    return Checked(checked.promise_set, (*_other_meanings(code, content), *checked.problems))


def compiled_draft(draft: PromiseDraft) -> CompiledSet:
    """The set that a draft would be. InputError where a calendar or word that it names is gone."""
    checked = check(draft.code, content_of(draft))
    if checked.promise_set is None:
        raise FaultyError(checked.problems)
    return checked.promise_set


def stored_text(content: Content) -> str:
    """The text under which a version of this wording would be stored."""
    own = content.own.with_more(all_words(content).used_by(content.document))
    return promise_version.stored_text(content.document, _vocabulary(own))


def _vocabulary(own: OwnWords) -> dict[str, Any] | None:
    return full_vocabulary(own) if own.targets or own.events else None


def _other_meanings(code: str, content: Content) -> list[Problem]:
    """A word means the same in every set, since a ticket stands under several."""
    others = installation_words(newest_versions().exclude(promise_set__code=code))
    message = _("Another promise set has this word with another meaning.")
    pairs = (("targets", content.own.targets, others.targets), ("events", content.own.events, others.events))
    return [
        Problem(f"{part}.{name}", "other_meaning", message)
        for part, mine, theirs in pairs
        for name, meaning in mine.items()
        if name in theirs and theirs[name] != meaning
    ]


# --- Acts -------------------------------------------------------------------------------------------------------------


def start(*, promise_set: PromiseSet, actor: Any, now: datetime) -> PromiseDraft:
    """The draft of a set, begun from its last version if there is none yet."""
    base = last_version(promise_set.code)
    if base is None:
        raise RuleError("no_version", _("This set has no version to begin from."))
    return _begin(promise_set.code, content_of_version(base), base, actor, now)


def create(*, code: str, content: Content, actor: Any, now: datetime) -> PromiseDraft:
    """Begin a set under a code that is not used yet. FaultyError for a wording that cannot be kept."""
    with transaction.atomic():
        if PromiseSet.objects.filter(code=code).exists() or PromiseDraft.objects.filter(code=code).exists():
            raise InputError("code_used", _("There is a promise set with this code already."), "code")
        _refuse(check(code, content).problems)
        return _begin(code, content, None, actor, now)


def copy(
    *, source: PromiseVersion | None, code: str, name: str, name_en: str, scope: str, actor: Any, now: datetime
) -> PromiseDraft:
    """Begin a set with the promises of another one, or (None) with none; the source stays as it is."""
    document = promise_set_edit.new_document(name=name, name_en=name_en, scope=scope)
    if source is None:
        return create(code=code, content=Content(document), actor=actor, now=now)
    copied = content_of_version(source)
    names = {"name": name, "name_en": name_en}
    return create(
        code=code,
        content=Content(promise_set_edit.change_terms(copied.document, names), copied.own),
        actor=actor,
        now=now,
    )


def save(*, draft: PromiseDraft, content: Content, version: int, actor: Any, now: datetime) -> PromiseDraft:
    """Store another wording. StaleError if the draft is no longer at `version`; FaultyError if the engine cannot read
    it, or if it has more faults than before (an old set may have some that nobody looked for then). Locks the draft.
    """
    with transaction.atomic():
        _lock(draft, version)
        if content.text == draft.document:
            return draft
        _refuse_worse(draft, content)
        draft.document, draft.version = content.text, draft.version + 1
        draft.edited_by, draft.updated_at = actor, now
        draft.save()
        _note(draft, "save", actor, now, {"version": draft.version, "digest": digest(draft.document)})
    return draft


def discard(*, draft: PromiseDraft, version: int, actor: Any, now: datetime) -> None:
    """Throw a draft away; the published versions stay. StaleError if it is no longer at `version`."""
    with transaction.atomic():
        _lock(draft, version)
        _note(draft, "discard", actor, now, {"version": draft.version, "digest": digest(draft.document)})
        draft.delete()


def publish(
    *, draft: PromiseDraft, version: int, effective_on: date | None, note: str, actor: Any, now: datetime
) -> PromiseVersion:
    """Publish a draft as the set's next version and drop it. It counts for what is reported from the beginning of
    `effective_on` (in the set's zone), today and None mean from now on; tickets that are open keep theirs.

    StaleError, FaultyError as in `save`; InputError at `effective_on` for a past day, at `note` for a long one;
    RuleError if the draft says what the last version says. Locks draft and set.
    """
    with transaction.atomic():
        _lock(draft, version)
        content = content_of(draft)
        checked = check(draft.code, content)
        _refuse(checked.problems)
        assert checked.promise_set is not None
        since = _since(effective_on, checked.promise_set.vocabulary.zone, now)
        if len(note.strip()) > LONGEST_NOTE:
            raise InputError("too_long", _("Please write at most %(count)s characters.") % {"count": 200}, "note")
        _refuse_same(draft.code, content)
        made = _publish(draft.code, content, since, note.strip(), actor, now)
        draft.delete()
    return made


def make_default(*, promise_set: PromiseSet, actor: Any, now: datetime) -> None:
    """Let a set count for tickets without a contract. RuleError for a house set. Locks the sets."""
    with transaction.atomic():
        sets = {one.pk: one for one in PromiseSet.objects.select_for_update().order_by("pk")}
        chosen = sets[promise_set.pk]
        if chosen.scope != SetScope.CONTRACT:
            raise RuleError("scope", _("House sets count for every ticket; only a contract set can be the default."))
        before = next((one for one in sets.values() if one.is_default), None)
        if before == chosen:
            return
        PromiseSet.objects.filter(is_default=True).update(is_default=False)
        PromiseSet.objects.filter(pk=chosen.pk).update(is_default=True)
        audit.record(
            actor=actor,
            action="promise_set.make_default",
            subject=f"contracts.promiseset:{chosen.pk}",
            changes={"is_default": [before.code if before else None, chosen.code]},
            now=now,
        )


# --- Parts ------------------------------------------------------------------------------------------------------------


def _begin(code: str, content: Content, base: PromiseVersion | None, actor: Any, now: datetime) -> PromiseDraft:
    given = {"document": content.text, "base": base, "edited_by": actor, "updated_at": now}
    with transaction.atomic():
        draft, made = PromiseDraft.objects.get_or_create(code=code, defaults=given)
        if made:
            _note(draft, "start", actor, now, {"base": base.number if base else None})
    return draft


def _lock(draft: PromiseDraft, version: int) -> None:
    row = PromiseDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if row is None or row.version != version:
        message = _("This draft was changed or published by someone else. Please check it and save again.")
        raise StaleError(message, {"version": row.version if row else None})
    draft.document, draft.version, draft.base_id = row.document, row.version, row.base_id


def _refuse(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise FaultyError(problems)


def _refuse_worse(draft: PromiseDraft, content: Content) -> None:
    checked = check(draft.code, content)
    if checked.promise_set is None:
        raise FaultyError(checked.problems)
    scope = PromiseSet.objects.filter(code=draft.code).values_list("scope", flat=True).first()
    if scope and scope != checked.promise_set.scope:
        raise InputError("scope", _("The scope of a promise set cannot be changed."), "scope")
    if checked.problems and len(checked.problems) > len(check(draft.code, content_of(draft)).problems):
        raise FaultyError(checked.problems)


def _refuse_same(code: str, content: Content) -> None:
    last = last_version(code)
    if last is not None and content_of_version(last) == content:
        message = _("The draft says what version %(number)s says; there is nothing to publish.")
        raise RuleError("unchanged", message % {"number": last.number})


def _since(day: date | None, zone: ZoneInfo, now: datetime) -> datetime:
    today = now.astimezone(zone).date()
    if day is None or day == today:
        return now
    if day < today:
        message = _("A version cannot count from a past day: promises already given would change.")
        raise InputError("past", message, "effective_on")
    return datetime.combine(day, time(), zone)


def _publish(code: str, content: Content, since: datetime, note: str, actor: Any, now: datetime) -> PromiseVersion:
    own = content.own.with_more(all_words(content).used_by(content.document))
    return promise_version.publish(
        code=code,
        document=content.document,
        effective_from=since,
        actor=actor,
        now=now,
        vocabulary=_vocabulary(own),
        note=note,
    )


def _note(draft: PromiseDraft, what: str, actor: Any, now: datetime, changes: dict[str, Any]) -> None:
    subject = f"contracts.promisedraft:{draft.code}"
    audit.record(actor=actor, action=f"promise_set_draft.{what}", subject=subject, changes=changes, now=now)
