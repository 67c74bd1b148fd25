"""Contracts and their lines, as far as a person may see them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.enums import ContractState
from contracts.models import Contract, ContractLine
from customers.queries.customer import assets_for, customers_for, sees_every_customer, sees_own_sites_only, sites_for


def contracts_for(user: Any) -> QuerySet[Contract]:
    """The contracts of the customers that the person sees; of contacts, the customer's administrator sees all of them,
    the others those that cover the whole customer or one of their own sites.
    """
    if sees_every_customer(user):
        return Contract.objects.all()
    seen = Contract.objects.filter(customer__in=customers_for(user))
    if sees_own_sites_only(user):
        return seen.filter(Exists(ContractLine.objects.filter(_covers_own_sites(user), contract=OuterRef("pk"))))
    return seen


def lines_for(user: Any) -> QuerySet[ContractLine]:
    """The lines of the contracts that the person sees, without those about sites that they do not see."""
    lines = ContractLine.objects.filter(contract__in=contracts_for(user).exclude(state=ContractState.DRAFT))
    return lines.filter(_covers_own_sites(user)) if sees_own_sites_only(user) else lines


def _covers_own_sites(user: Any) -> Q:
    """Lines for the whole customer, for a visible site or a visible device."""
    whole = Q(site=None, asset=None)
    return whole | Q(site__in=sites_for(user).values("pk")) | Q(asset__in=assets_for(user).order_by().values("pk"))
