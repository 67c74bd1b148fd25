"""The list of contracts, narrowed and ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from contracts.enums import ContractState
from contracts.models import Contract, Quota
from contracts.queries.contract import contracts_for
from contracts.queries.contract_review import asked_of

ORDER = {
    "number": "number",
    "customer": "customer__name",
    "starts": "starts_on",
    "ends": "ends_on",
    "amount": "amount",
    "manager": "service_manager__name",
}


def listed_contracts(user: Any, wanted: Mapping[str, Any], sort: str, day: date) -> QuerySet[Contract]:
    """What the person sees, narrowed by q, state, expiring (days), manager, customer and asked, ordered by a column."""
    found = contracts_for(user).select_related("customer", "service_manager", "owner")
    for word in str(wanted.get("q", "")).split():
        found = found.filter(Q(number__icontains=word) | Q(title__icontains=word) | Q(customer__name__icontains=word))
    if "state" in wanted:
        found = found.filter(state=wanted["state"])
    if "expiring" in wanted:
        found = found.filter(ending_within(int(wanted["expiring"]), day))
    if "manager" in wanted:
        found = found.filter(service_manager=wanted["manager"])
    if "customer" in wanted:
        found = found.filter(customer=wanted["customer"])
    if "asked" in wanted:
        found = found.filter(asked_of(user))
    return found.order_by(*_order(sort))


def ending_within(days: int, day: date) -> Q:
    """Contracts in force whose last day is so near."""
    return Q(state=ContractState.ACTIVE, ends_on__gte=day, ends_on__lte=day + timedelta(days=days))


def counts(user: Any, day: date) -> dict[str, int]:
    """How many contracts stand behind each tab of the list; one statement."""
    return contracts_for(user).aggregate(
        all=Count("pk"),
        active=Count("pk", filter=Q(state=ContractState.ACTIVE)),
        expiring=Count("pk", filter=ending_within(90, day)),
        review=Count("pk", filter=Q(state__in=[ContractState.REVIEW, ContractState.APPROVED])),
        draft=Count("pk", filter=Q(state=ContractState.DRAFT)),
    )


@dataclass(frozen=True)
class Used:
    """How much of a quota is used or reserved."""

    label: str
    used: str
    granted: str


def quotas_of(ids: Sequence[int]) -> dict[int, list[Used]]:
    """The quotas of contracts, with what is used of them; one statement."""
    found: dict[int, list[Used]] = {}
    for quota in Quota.objects.filter(contract__in=ids).order_by("pk"):
        used = Used(str(quota.get_kind_display()), _plain(quota.used + quota.reserved), _plain(quota.granted))
        found.setdefault(quota.contract_id, []).append(used)
    return found


def _plain(amount: Decimal) -> str:
    """Without zeros behind the point: 3, 2.5."""
    return f"{amount:f}".rstrip("0").rstrip(".") if amount else "0"


def _order(sort: str) -> list[Any]:
    """The newest first unless a column is asked for; rows without a value last."""
    column = ORDER.get(sort.removeprefix("-"))
    if column is None:
        return [F("starts_on").desc(), F("pk").desc()]
    by = F(column).desc(nulls_last=True) if sort.startswith("-") else F(column).asc(nulls_last=True)
    return [by, F("pk").desc()]
