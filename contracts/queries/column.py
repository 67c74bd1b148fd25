"""What the lists of customers and devices tell of contracts and warranties, one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateField, Max, Min, OuterRef, Q, QuerySet, Subquery

from contracts.enums import COVERING_STATES
from contracts.models import Contract, ContractLine, Warranty
from contracts.queries.contract import contracts_for
from customers.models import Asset


@dataclass(frozen=True)
class ContractTerm:
    """A customer's contracts in sum: the end of the one in force, the last end that is over, the next start."""

    until: date | None
    ended: date | None
    next_from: date | None


def contract_terms(user: Any, ids: Sequence[int], day: date) -> dict[int, ContractTerm]:
    """By customer, for those that have any signed contract; one statement."""
    signed = _signed(user).filter(customer__in=ids).order_by().values("customer")
    found = signed.annotate(
        until=Max("ends_on", filter=Q(starts_on__lte=day, ends_on__gte=day)),
        ended=Max("ends_on", filter=Q(ends_on__lt=day)),
        next_from=Min("starts_on", filter=Q(starts_on__gt=day)),
    )
    return {row["customer"]: ContractTerm(row["until"], row["ended"], row["next_from"]) for row in found}


def contract_end(user: Any, day: date) -> Subquery:
    """An expression on customers: the end of the contract in force."""
    held = _signed(user).filter(customer=OuterRef("pk"), starts_on__lte=day, ends_on__gte=day)
    return Subquery(held.order_by("-ends_on").values("ends_on")[:1], output_field=DateField())


def warranties_of(ids: Sequence[int]) -> dict[int, list[Warranty]]:
    """The warranties of devices, the latest end first; one statement."""
    found: dict[int, list[Warranty]] = {}
    for warranty in Warranty.objects.filter(asset__in=ids).order_by("-ends_on", "-pk"):
        found.setdefault(warranty.asset_id, []).append(warranty)
    return found


def contracts_of_assets(ids: Sequence[int], day: date) -> dict[int, tuple[str, date]]:
    """Number and end of the contract in force that covers each device, the latest end; one statement."""
    covers = Q(site=None, asset=None) | Q(site=OuterRef("site")) | Q(asset=OuterRef("pk"))
    lines = ContractLine.objects.filter(
        covers,
        customer=OuterRef("customer"),
        contract__state__in=COVERING_STATES,
        starts_on__lte=day,
        ends_on__gte=day,
    ).order_by("-ends_on", "-contract")
    covered = Asset.objects.filter(pk__in=ids).annotate(
        number=Subquery(lines.values("contract__number")[:1]), until=Subquery(lines.values("ends_on")[:1])
    )
    return {pk: (number, until) for pk, number, until in covered.values_list("pk", "number", "until") if number}


def _signed(user: Any) -> QuerySet[Contract]:
    return contracts_for(user).filter(state__in=COVERING_STATES)
