"""Promise sets, their versions and drafts, as far as a person may read them."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from contracts.enums import COVERING_STATES
from contracts.models import ContractLine, PromiseDraft, PromiseSet, PromiseVersion
from core.permissions import can


def default_set() -> PromiseSet | None:
    """The set that counts for tickets without a contract."""
    return PromiseSet.objects.filter(is_default=True).first()


def promise_sets_for(user: Any) -> QuerySet[PromiseSet]:
    """All of them or none."""
    return PromiseSet.objects.all() if can(user, "contracts.read_promise_set") else PromiseSet.objects.none()


def promise_drafts_for(user: Any) -> QuerySet[PromiseDraft]:
    """All of them or none."""
    readable = can(user, "contracts.read_promise_set")
    return PromiseDraft.objects.all() if readable else PromiseDraft.objects.none()


def versions_of_set(promise_set: PromiseSet) -> QuerySet[PromiseVersion]:
    """Every published wording, the newest first."""
    return PromiseVersion.objects.filter(promise_set=promise_set).select_related("published_by").order_by("-number")


def newest_versions() -> QuerySet[PromiseVersion]:
    """The version with the highest number of every set, in force or not yet, by code."""
    newest = PromiseVersion.objects.order_by("promise_set__code", "-number").distinct("promise_set__code")
    return newest.select_related("promise_set")


def contracts_using(set_ids: Collection[int], day: date) -> dict[int, int]:
    """How many contracts whose term is not over promise each of these sets; one statement."""
    lines = ContractLine.objects.filter(
        promise_set__in=set_ids, contract__state__in=COVERING_STATES, contract__ends_on__gte=day
    )
    counted = lines.order_by().values("promise_set").annotate(n=Count("contract", distinct=True))
    return dict(counted.values_list("promise_set", "n"))
