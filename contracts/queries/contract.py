"""Contracts and their lines, as far as a person may see them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role, UserKind
from contracts.enums import COVERING_STATES
from contracts.models import Contract, ContractCopy, ContractLine, ContractReview
from contracts.queries.contract_review import departments_of
from core.permissions import can
from customers.models import Asset, Customer, Site
from customers.queries.customer import assets_for, customers_for, sees_every_customer, sees_own_sites_only, sites_for


def contracts_for(user: Any) -> QuerySet[Contract]:
    """Desk roles, finance and REST clients: all. Who speaks for a department also what it was asked about or got a
    copy of. Everybody else the signed ones of the customers that they see; of contacts, the customer's administrator
    all of them, the others those that cover the whole customer or one of their own sites.
    """
    if sees_every_customer(user) or _is_finance(user):
        return Contract.objects.all()
    seen = Q(customer__in=customers_for(user).values("pk"), state__in=COVERING_STATES)
    if getattr(user, "kind", None) == UserKind.STAFF:
        return Contract.objects.filter(seen | _of_departments(user))
    found = Contract.objects.filter(seen)
    if sees_own_sites_only(user):
        return found.filter(Exists(ContractLine.objects.filter(_covers_own_sites(user), contract=OuterRef("pk"))))
    return found


def lines_for(user: Any) -> QuerySet[ContractLine]:
    """The lines of the signed contracts that the person sees, without those about sites that they do not see."""
    lines = ContractLine.objects.filter(contract__in=contracts_for(user).filter(state__in=COVERING_STATES))
    return lines.filter(_covers_own_sites(user)) if sees_own_sites_only(user) else lines


def contract_customers(user: Any) -> QuerySet[Customer]:
    """The customers that a person may make contracts with: whoever keeps contracts keeps them for all."""
    return Customer.objects.all() if can(user, "contracts.create_contract") else customers_for(user)


def coverable_sites(contract: Contract) -> QuerySet[Site]:
    """The sites that a line of the contract can name."""
    return Site.objects.filter(customer=contract.customer_id).order_by("name", "pk")


def coverable_assets(contract: Contract) -> QuerySet[Asset]:
    """The devices that a line of the contract can name."""
    return Asset.objects.filter(customer=contract.customer_id).select_related("site").order_by("name", "pk")


def _is_finance(user: Any) -> bool:
    return getattr(user, "kind", None) == UserKind.STAFF and Role.FINANCE in user.role_codes


def _of_departments(user: Any) -> Q:
    """Contracts that a department of the person was asked about or has a copy of."""
    mine = departments_of(user).values("pk")
    reviewed = ContractReview.objects.filter(department__in=mine).values("contract")
    copied = ContractCopy.objects.filter(department__in=mine).values("contract")
    return Q(pk__in=reviewed) | Q(pk__in=copied)


def _covers_own_sites(user: Any) -> Q:
    """Lines for the whole customer, for a visible site or a visible device."""
    whole = Q(site=None, asset=None)
    return whole | Q(site__in=sites_for(user).values("pk")) | Q(asset__in=assets_for(user).order_by().values("pk"))
