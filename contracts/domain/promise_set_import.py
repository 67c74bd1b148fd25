"""Taking promise sets in from a file: all or nothing, as drafts that somebody looks at before they are published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain import promise_set_draft
from contracts.domain.calendar_version import ZONE
from contracts.domain.calendars import compile_calendar
from contracts.domain.document import DocumentError
from contracts.domain.holidays import announced_china
from contracts.domain.promise_set_check import Problem
from contracts.domain.promise_set_draft import Content, FaultyError
from contracts.domain.promise_set_yaml import File, read_file
from contracts.models import PromiseDraft, PromiseSet
from contracts.queries.promise_version import last_version


@dataclass(frozen=True)
class Imported:
    """`drafts` that were begun or replaced, and the codes whose last version says the same already."""

    drafts: tuple[PromiseDraft, ...]
    unchanged: tuple[str, ...]


def import_sets(*, content: bytes, replace: bool, actor: Any, now: datetime) -> Imported:
    """Begin a draft for each set of a file. FaultyError with every fault of every set; a draft that somebody works on
    is overwritten only with `replace`. Nothing is kept unless all can be.
    """
    try:
        file = read_file(content)
    except DocumentError as error:
        raise FaultyError((Problem(error.path, "file", error.message),)) from None
    problems = [*_calendar_problems(file), *(one for code in file.sets for one in _set_problems(code, file, replace))]
    if problems:
        raise FaultyError(tuple(problems))
    with transaction.atomic():
        done = {code: _take(code, _content(code, file), actor, now) for code in file.sets}
    drafts = tuple(draft for draft in done.values() if draft)
    return Imported(drafts, tuple(code for code, draft in done.items() if not draft))


def _content(code: str, file: File) -> Content:
    document = file.sets[code]
    return Content(document, file.own.used_by(document))


def _calendar_problems(file: File) -> list[Problem]:
    """Calendars of a file are not taken in, they are published on their own page; but a faulty one is told."""
    found = []
    for code, document in file.calendars.items():
        try:
            compile_calendar(code, document, ZoneInfo(ZONE), {"CN": announced_china()})
        except DocumentError as error:
            message = _("This calendar cannot be used: %(problem)s") % {"problem": error}
            found.append(Problem(f"calendars.{code}", "calendar", message))
    return found


def _set_problems(code: str, file: File, replace: bool) -> list[Problem]:
    checked = promise_set_draft.check(code, _content(code, file))
    found = list(checked.problems)
    scope = PromiseSet.objects.filter(code=code).values_list("scope", flat=True).first()
    if checked.promise_set and scope and scope != checked.promise_set.scope:
        found.append(Problem("scope", "scope", _("The scope of a promise set cannot be changed.")))
    if not replace and PromiseDraft.objects.filter(code=code).exists():
        found.append(Problem("", "draft", _("There is a draft of this set already.")))
    return [Problem(f"sets.{code}.{one.path}".rstrip("."), one.code, one.message) for one in found]


def _take(code: str, content: Content, actor: Any, now: datetime) -> PromiseDraft | None:
    last = last_version(code)
    if last is not None and promise_set_draft.content_of_version(last) == content:
        return None
    draft = PromiseDraft.objects.filter(code=code).first()
    if draft is None and last is None:
        return promise_set_draft.create(code=code, content=content, actor=actor, now=now)
    if draft is None:
        assert last is not None
        draft = promise_set_draft.start(promise_set=last.promise_set, actor=actor, now=now)
    return promise_set_draft.save(draft=draft, content=content, version=draft.version, actor=actor, now=now)
