"""What we owe, as far as a person sees the contract, with what was done for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.enums import COVERING_STATES
from contracts.models import Obligation, ObligationDone, ObligationMiss
from contracts.queries.contract import contracts_for


def obligations_for(user: Any) -> QuerySet[Obligation]:
    """The obligations of the contracts that the person sees."""
    return Obligation.objects.filter(contract__in=contracts_for(user).order_by().values("pk"))


def misses_for(user: Any) -> QuerySet[ObligationMiss]:
    """The missed periods of the obligations that the person sees."""
    return ObligationMiss.objects.filter(obligation__in=obligations_for(user).values("pk"))


def done_for(user: Any) -> QuerySet[ObligationDone]:
    """What was done for the obligations that the person sees, also what was taken back."""
    return ObligationDone.objects.filter(obligation__in=obligations_for(user).values("pk"))


def counting() -> QuerySet[Obligation]:
    """Obligations that are owed: active ones of signed contracts, with contract and customer."""
    owed = Obligation.objects.filter(is_active=True, contract__state__in=COVERING_STATES)
    return owed.select_related("contract", "customer")


def owed_on(day: date) -> QuerySet[Obligation]:
    """What the due list of a day is about: contracts that have not ended, and what was missed and is not settled."""
    missed = Exists(ObligationMiss.objects.filter(obligation=OuterRef("pk"), settled_at=None))
    return counting().filter(Q(contract__ends_on__gte=day) | Q(missed))


def days_done(obligations: Collection[Obligation]) -> dict[int, list[date]]:
    """On which days something was done, by the key of the obligation; one statement."""
    found: dict[int, list[date]] = defaultdict(list)
    rows = ObligationDone.objects.filter(obligation__in=obligations, withdrawn_at=None)
    for pk, day in rows.values_list("obligation", "done_on"):
        found[pk].append(day)
    return found


def open_misses(obligations: Iterable[Obligation]) -> dict[int, list[ObligationMiss]]:
    """The missed periods that nobody has settled, by the key of the obligation; one statement."""
    found: dict[int, list[ObligationMiss]] = defaultdict(list)
    for miss in ObligationMiss.objects.filter(obligation__in=list(obligations), settled_at=None).order_by("first"):
        found[miss.obligation_id].append(miss)
    return found


def known_misses(obligations: Collection[Obligation]) -> set[tuple[int, date]]:
    """The periods that were reported as missed, settled or not; one statement."""
    return set(ObligationMiss.objects.filter(obligation__in=obligations).values_list("obligation", "first"))
