"""Who may do what with users and tokens, and the questions about roles that the other apps ask."""

from typing import Any

from accounts.enums import DESK_ROLES, STAFF_ROLES, Role, UserKind
from core.permissions import permission


def has_role(user: Any, *roles: str) -> bool:
    """Whether the user holds one of the roles; False for strangers and for disabled users."""
    codes: frozenset[str] = getattr(user, "role_codes", frozenset())
    return bool(getattr(user, "is_active", False)) and not codes.isdisjoint(roles)


def is_desk(user: Any) -> bool:
    """Whether the user works on every customer's tickets."""
    return is_staff(user) and has_role(user, *DESK_ROLES)


def is_staff(user: Any) -> bool:
    """Whether the user is one of us, whatever the role."""
    return bool(getattr(user, "is_active", False)) and getattr(user, "kind", None) == UserKind.STAFF


def writes(user: Any) -> bool:
    """Whether any of the user's roles writes anything, so that a token may."""
    return has_role(user, *(STAFF_ROLES | {Role.CLIENT}))


@permission("accounts.list_users")
@permission("accounts.list_teams")
def list_users(user: Any, obj: Any) -> bool:
    return is_staff(user) and has_role(user, Role.MANAGER, Role.ADMIN)


@permission("accounts.manage_users")
@permission("accounts.create_user")
@permission("accounts.change_user")
@permission("accounts.enable_user")
@permission("accounts.create_department")
@permission("accounts.change_department")
@permission("accounts.remove_department")
@permission("accounts.create_team")
@permission("accounts.change_team")
@permission("accounts.remove_team")
def manage_users(user: Any, obj: Any) -> bool:
    return is_staff(user) and has_role(user, Role.ADMIN)


@permission("accounts.change_role")
@permission("accounts.disable_user")
@permission("accounts.admit_user")
def change_role(user: Any, obj: Any) -> bool:
    """Administrators, but never their own roles, access or password."""
    return manage_users(user, obj) and obj.pk != user.pk


@permission("accounts.issue_token")
def issue_token(user: Any, obj: Any) -> bool:
    """For oneself if one is staff; for anybody else only an administrator. `obj` is the token's user."""
    return is_staff(user) and (obj.pk == user.pk or manage_users(user, obj))


@permission("accounts.revoke_token")
def revoke_token(user: Any, obj: Any) -> bool:
    """`obj` is the token."""
    return obj.user_id == user.pk or manage_users(user, obj)


@permission("accounts.read_user")
def read_user(user: Any, obj: Any) -> bool:
    return is_staff(user) or obj.pk == user.pk


@permission("accounts.list_service_centers")
def list_service_centers(user: Any, obj: Any) -> bool:
    """Everybody who logs in, each within what they see."""
    return user.kind in UserKind.values


@permission("accounts.create_service_center")
@permission("accounts.change_service_center")
def keeps_service_centers(user: Any, obj: Any) -> bool:
    return is_staff(user) and has_role(user, Role.MANAGER, Role.ADMIN)
