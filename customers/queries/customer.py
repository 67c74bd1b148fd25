"""Which customers, sites, assets and contacts a person may see: the root of every list, page and API answer."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from accounts.enums import DESK_ROLES, Role, UserKind
from customers.models import Asset, Contact, Customer, Site

Row = TypeVar("Row", Site, Asset, Contact)
Visibility = Callable[[Any], Q]
_widening: dict[str, Visibility] = {}


def widen(name: str, visibility: Visibility) -> None:
    """Let an upper app show further customers to staff without a desk role (engineers, partners).

    `visibility(user)` answers a condition on Customer, such as `Q(pk__in=Participant...values("ticket__customer"))`.
    Called in the app's `AppConfig.ready`; the same name again replaces the condition. Without any they see none.
    """
    _widening[name] = visibility


def customers_for(user: Any) -> QuerySet[Customer]:
    """Desk roles and REST clients: all. Contacts: their own while we serve it. Other staff: their partner's, and what
    upper apps show (`widen`).
    """
    kind = getattr(user, "kind", None)
    if sees_every_customer(user):
        return Customer.objects.filter(merged_into=None)
    if kind == UserKind.CONTACT:
        return Customer.objects.filter(contacts__user=user, contacts__is_active=True, is_active=True)
    if kind == UserKind.STAFF and _widening:
        condition = Q()
        for visibility in _widening.values():
            condition |= visibility(user)
        return Customer.objects.filter(condition)
    return Customer.objects.none()


def sites_for(user: Any) -> QuerySet[Site]:
    """The sites of the visible customers; a contact who is not the customer's administrator: the own ones only."""
    if sees_own_sites_only(user):
        return Site.objects.filter(contacts__user=user, contacts__is_active=True, customer__is_active=True)
    return _of_visible_customers(user, Site.objects.all())


def assets_for(user: Any) -> QuerySet[Asset]:
    """The assets at visible sites, with the product."""
    assets = Asset.objects.select_related("product")
    if sees_own_sites_only(user):
        return assets.filter(site__contacts__user=user, site__contacts__is_active=True, customer__is_active=True)
    return _of_visible_customers(user, assets)


def contacts_for(user: Any) -> QuerySet[Contact]:
    """The contacts of the visible customers; a contact who is not the customer's administrator: only themselves."""
    if sees_own_sites_only(user):
        return Contact.objects.filter(user=user, is_active=True, customer__is_active=True)
    return _of_visible_customers(user, Contact.objects.all())


def sees_every_customer(user: Any) -> bool:
    """Whether the person works for all customers: a desk role, or a REST client (limited by its token's scope)."""
    kind = getattr(user, "kind", None)
    return kind == UserKind.CLIENT or (kind == UserKind.STAFF and not DESK_ROLES.isdisjoint(user.role_codes))


def sees_own_sites_only(user: Any) -> bool:
    """Whether the person is a contact without the rights of the customer's administrator."""
    return getattr(user, "kind", None) == UserKind.CONTACT and Role.CONTACT_ADMIN not in user.role_codes


def _of_visible_customers(user: Any, rows: QuerySet[Row]) -> QuerySet[Row]:
    return rows if sees_every_customer(user) else rows.filter(customer__in=customers_for(user))
