"""What customers may use, as far as a person sees the contract."""

from typing import Any

from django.db.models import QuerySet

from contracts.models import Contract, Quota, QuotaDraw
from contracts.queries.contract import contracts_for


def quotas_for(user: Any) -> QuerySet[Quota]:
    """The quotas of the contracts that the person sees."""
    return Quota.objects.filter(contract__in=contracts_for(user).order_by().values("pk"))


def draws_for(user: Any) -> QuerySet[QuotaDraw]:
    """The uses of the quotas that the person sees."""
    return QuotaDraw.objects.filter(quota__in=quotas_for(user).values("pk"))


def quota_of(contract: Contract, kind: str) -> Quota | None:
    """The quota of a kind that a contract grants; of several the oldest that is not used up."""
    found = list(Quota.objects.filter(contract=contract, kind=kind).order_by("pk"))
    return next((one for one in found if one.granted > one.used + one.reserved), found[0] if found else None)
