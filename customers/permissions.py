"""Who may read and keep the master data. Which rows a person sees is decided by `customers.queries`."""

from typing import Any

from accounts.enums import Role, UserKind
from core.permissions import permission

KEEPERS = frozenset({Role.AGENT, Role.DUTY_MANAGER, Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN})
CATALOGUE_KEEPERS = frozenset({Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN})


@permission("customers.list_customers")
@permission("customers.list_contacts")
@permission("customers.list_sites")
@permission("customers.list_assets")
def reads(user: Any, obj: Any) -> bool:
    """Everybody who logs in, each within what they see."""
    return user.kind in UserKind.values


@permission("customers.create_customer")
@permission("customers.change_customer")
@permission("customers.create_contact")
@permission("customers.change_contact")
@permission("customers.create_site")
@permission("customers.change_site")
@permission("customers.create_asset")
@permission("customers.change_asset")
def keeps(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and not KEEPERS.isdisjoint(user.role_codes)


@permission("customers.create_product")
@permission("customers.change_product")
def keeps_catalogue(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and not CATALOGUE_KEEPERS.isdisjoint(user.role_codes)


@permission("customers.create_colleague")
@permission("customers.change_colleague")
def keeps_colleague(user: Any, obj: Any) -> bool:
    """The customer's administrator, for the own organisation (`obj` a Customer, or a Contact of it but themselves)."""
    own = getattr(user, "contact", None) if user.kind == UserKind.CONTACT else None
    if own is None or not own.is_active or Role.CONTACT_ADMIN not in user.role_codes:
        return False
    return bool(getattr(obj, "customer_id", obj.pk) == own.customer_id and obj != own)


@permission("customers.admit_contact")
def admits_contact(user: Any, obj: Any) -> bool:
    """Who invites, disables and enables a contact: our keepers of master data, and the customer's administrator."""
    return keeps(user, obj) or keeps_colleague(user, obj)
