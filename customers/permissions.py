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
