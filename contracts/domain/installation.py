"""Bringing the shipped calendars and promise sets into the database of an installation."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from contracts.domain import calendar_version, holiday, promise_version
from contracts.domain.presets import load_presets
from contracts.domain.stored import digest
from contracts.models import PromiseSet, PromiseVersion, ServiceCalendar
from core import hooks

DEFAULT_SET = "HN58"
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Installed:
    """What was new."""

    special_days: int
    calendars: int
    sets: int


def install_presets(*, actor: Any, now: datetime) -> Installed:
    """Load the special days, calendars and promise sets that are missing, in one transaction; again changes nothing.

    A set's first version counts from `ALWAYS`, so that past tickets have promises; a new wording counts from now.
    What an administrator published since, and which set is the default, stays.
    """
    with transaction.atomic():
        days = holiday.seed(actor=actor, now=now)
        if days:
            calendar_version.publish_special_days(actor=actor, now=now)
        calendars, sets = _install_calendars(actor, now), _install_sets(actor, now)
        if not PromiseSet.objects.filter(is_default=True).exists():
            PromiseSet.objects.filter(code=DEFAULT_SET).update(is_default=True)
        hooks.run_after("contracts.install_presets", actor=actor, now=now)
    return Installed(days, calendars, sets)


def _install_calendars(actor: Any, now: datetime) -> int:
    known = set(ServiceCalendar.objects.values_list("code", flat=True))
    presets: Any = load_presets().document["calendars"]
    missing = {code: document for code, document in presets.items() if code not in known}
    for code, document in missing.items():
        calendar_version.publish(code=code, document=document, actor=actor, now=now)
    return len(missing)


def _install_sets(actor: Any, now: datetime) -> int:
    known = set(PromiseVersion.objects.values_list("promise_set__code", "digest"))
    published = {code for code, _digest in known}
    presets: Any = load_presets().document["sets"]
    missing = {
        code: document
        for code, document in presets.items()
        if (code, digest(promise_version.stored_text(document))) not in known
    }
    for code, document in missing.items():
        since = now if code in published else ALWAYS
        promise_version.publish(code=code, document=document, effective_from=since, actor=actor, now=now)
    return len(missing)
