"""Who may read contracts and promises, keep contracts, and publish what we promise."""

from typing import Any

from accounts.enums import Role, UserKind
from core.permissions import permission

CONTRACT_KEEPERS = frozenset({Role.SERVICE_MANAGER, Role.FINANCE, Role.MANAGER, Role.DIRECTOR, Role.ADMIN})


@permission("contracts.list_contracts")
def list_contracts(user: Any, obj: Any) -> bool:
    """Everybody who logs in, each within what they see."""
    return user.kind in UserKind.values


@permission("contracts.list_promises")
def list_promises(user: Any, obj: Any) -> bool:
    """Ask what we would owe, and replay a case: staff and REST clients."""
    return user.kind in {UserKind.STAFF, UserKind.CLIENT}


@permission("contracts.create_contract")
@permission("contracts.add_line_contract")
@permission("contracts.add_warranty_contract")
@permission("contracts.terminate_contract")
def keeps_contracts(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and not CONTRACT_KEEPERS.isdisjoint(user.role_codes)


@permission("contracts.publish_promise_version")
@permission("contracts.publish_calendar_version")
@permission("contracts.set_holiday")
def publishes(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and Role.ADMIN in user.role_codes
