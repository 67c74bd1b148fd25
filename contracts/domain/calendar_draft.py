"""Drafts of calendars: begun from a version or new, saved, published as the next version or thrown away.

Optimistic locking: every act names the version of the draft that was seen, 0 where there was none.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain import calendar_version
from contracts.domain.calendar_plan import Plan, document_of
from contracts.domain.stored import digest, written
from contracts.models import CalendarDraft, CalendarVersion, ServiceCalendar
from contracts.queries.promise_version import newest_calendar
from core.domain import audit
from core.errors import InputError, RuleError, StaleError


def content_of(draft: CalendarDraft) -> dict[str, Any]:
    """The document of a draft."""
    document: dict[str, Any] = json.loads(draft.document)
    return document


def document_of_version(version: CalendarVersion) -> dict[str, Any]:
    """The document of a published version, without its special days."""
    document: dict[str, Any] = json.loads(version.document)["calendar"]
    return document


def begin(*, code: str, plan: Plan, actor: Any, now: datetime) -> CalendarDraft:
    """A draft of a calendar that does not exist yet. InputError `taken` for a code that does."""
    if ServiceCalendar.objects.filter(code=code).exists() or CalendarDraft.objects.filter(code=code).exists():
        raise InputError("taken", _("This code is taken already."), "code")
    return save(code=code, plan=plan, version=0, actor=actor, now=now)


def save(*, code: str, plan: Plan, version: int, actor: Any, now: datetime) -> CalendarDraft:
    """Keep a draft of a calendar. FaultyCalendarError with every fault, StaleError if somebody saved in between."""
    with transaction.atomic():
        draft = CalendarDraft.objects.select_for_update().filter(code=code).first()
        base = newest_calendar(code)
        _check_version(draft, version)
        before = content_of(draft) if draft else document_of_version(base) if base else {}
        document = document_of(plan, before)
        if draft and document == before:
            return draft
        if draft is None:
            draft = CalendarDraft(code=code, base=base, version=0)
        draft.document, draft.version = written(document), draft.version + 1
        draft.edited_by, draft.updated_at = actor, now
        draft.save()
        _note(code, "save", actor, now, {"document": [before or None, document]})
    return draft


def discard(*, draft: CalendarDraft, version: int, actor: Any, now: datetime) -> None:
    """Throw a draft away."""
    with transaction.atomic():
        row = CalendarDraft.objects.select_for_update().filter(pk=draft.pk).first()
        _check_version(row, version)
        if row is not None:
            row.delete()
            _note(row.code, "discard", actor, now, {"version": row.version})


def publish(*, draft: CalendarDraft, version: int, actor: Any, now: datetime) -> CalendarVersion:
    """Publish what the draft says, with the special days of today, as the next version; new tickets count by it.

    RuleError `unchanged` for a draft that says what the newest version says. The draft is gone afterwards.
    """
    with transaction.atomic():
        row = CalendarDraft.objects.select_for_update().filter(pk=draft.pk).first()
        if row is None:
            raise _stale(None)
        _check_version(row, version)
        last = newest_calendar(row.code)
        if last and last.digest == digest(calendar_version.stored_text(content_of(row))):
            message = _("The draft says what version %(number)s says; there is nothing to publish.")
            raise RuleError("unchanged", message % {"number": last.number})
        made = calendar_version.publish(code=row.code, document=content_of(row), actor=actor, now=now)
        row.delete()
    return made


def _check_version(draft: CalendarDraft | None, version: int) -> None:
    if (draft.version if draft else 0) != version:
        raise _stale(draft)


def _stale(draft: CalendarDraft | None) -> StaleError:
    message = _("This draft was changed or published by someone else. Please check it and save again.")
    return StaleError(message, {"version": draft.version if draft else None})


def _note(code: str, what: str, actor: Any, now: datetime, changes: Mapping[str, Any]) -> None:
    subject = f"contracts.calendardraft:{code}"
    audit.record(actor=actor, action=f"calendar_draft.{what}", subject=subject, changes=dict(changes), now=now)
