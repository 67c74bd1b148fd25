"""Which published wordings count at an instant."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from contracts.enums import SetScope
from contracts.models import CalendarVersion, PromiseSet, PromiseVersion


@dataclass(frozen=True)
class Versions:
    """The versions that a ticket stands under, as plain ids by code; this is what `reported` stores (decisions 3).

    `promises` has at most one contract set and every house set in force, `calendars` the newest of every calendar.
    """

    promises: dict[str, int]
    calendars: dict[str, int]


def in_force(set_code: str, at: datetime) -> PromiseVersion | None:
    """The version of a set that counts for what is reported at an instant; None before its first."""
    return _in_force(at).filter(promise_set__code=set_code).first()


def house_versions(at: datetime) -> list[PromiseVersion]:
    """The versions of all house sets in force at an instant, by code."""
    versions = _in_force(at).filter(promise_set__scope=SetScope.HOUSE)
    return sorted(versions, key=lambda version: version.promise_set.code)


def versions_for(promise_set: PromiseSet | None, at: datetime) -> Versions:
    """What a ticket reported at an instant under a contract set (or none) stands under; two statements.

    With `entitled(...).promise_set` this is rule 11: the contract's set or the default one, and every house set.
    """
    counting = Q(promise_set__scope=SetScope.HOUSE)
    if promise_set is not None:
        counting |= Q(promise_set=promise_set)
    promises = {version.promise_set.code: version.pk for version in _in_force(at).filter(counting)}
    return Versions(promises=dict(sorted(promises.items())), calendars=newest_calendars())


def versions_of(set_ids: Collection[int], at: datetime) -> dict[int, int]:
    """The version of each of these sets that counts at an instant, as ids by the key of the set; one statement."""
    counting = _in_force(at).filter(promise_set__in=set_ids)
    return {version.promise_set_id: version.pk for version in counting}


def newest_calendars() -> dict[str, int]:
    """The newest version of every calendar, as ids by code."""
    return dict(_newest().values_list("calendar__code", "pk"))


def newest_calendar(code: str) -> CalendarVersion | None:
    return _newest().filter(calendar__code=code).first()


def newest_calendar_rows() -> list[CalendarVersion]:
    return list(_newest().select_related("calendar"))


def last_version(set_code: str) -> PromiseVersion | None:
    """The version of a set with the highest number, in force or not yet."""
    return PromiseVersion.objects.filter(promise_set__code=set_code).order_by("-number").first()


def promise_rows(ids: Collection[int]) -> list[PromiseVersion]:
    return list(PromiseVersion.objects.filter(pk__in=ids).select_related("promise_set"))


def calendar_rows(ids: Collection[int]) -> list[CalendarVersion]:
    return list(CalendarVersion.objects.filter(pk__in=ids).select_related("calendar"))


def _in_force(at: datetime) -> QuerySet[PromiseVersion]:
    versions = PromiseVersion.objects.filter(effective_from__lte=at).select_related("promise_set")
    return versions.order_by("promise_set", "-effective_from", "-number").distinct("promise_set")


def _newest() -> QuerySet[CalendarVersion]:
    return CalendarVersion.objects.order_by("calendar__code", "-number").distinct("calendar__code")
