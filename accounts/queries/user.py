"""Reads of people. Pages and API start from `users_for`; what it leaves out does not exist for them."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.enums import ASSIGNABLE_ROLES, Role, UserKind
from accounts.models import User
from accounts.permissions import has_role, is_staff

BIG_INT = 2**63


def users_for(user: Any) -> QuerySet[User]:
    """The people a user may see: staff see all staff, administrators everybody, partner staff their team, others
    themselves.
    """
    if has_role(user, Role.ADMIN) and is_staff(user):
        return User.objects.all()
    if not is_staff(user):
        return User.objects.filter(pk=user.pk) if getattr(user, "is_active", False) else User.objects.none()
    if user.role_codes == {Role.PARTNER}:
        return User.objects.filter(Q(pk=user.pk) | Q(team__isnull=False, team=user.team_id, kind=UserKind.STAFF))
    return User.objects.filter(kind=UserKind.STAFF)


def visible_user(user: Any, pk: int) -> User | None:
    """One person out of `users_for`, or None."""
    return users_for(user).filter(pk=pk).first() if 0 < pk < BIG_INT else None


def staff() -> QuerySet[User]:
    """Everybody of ours who can log in now, by name."""
    return User.objects.filter(kind=UserKind.STAFF, is_active=True).order_by("name", "pk")


def assignable_users() -> QuerySet[User]:
    """The staff who can hold a ticket, by name."""
    return staff().filter(roles__role__in=ASSIGNABLE_ROLES).distinct()


def duty_managers() -> QuerySet[User]:
    return staff().filter(roles__role=Role.DUTY_MANAGER)


def administrators() -> QuerySet[User]:
    return staff().filter(roles__role=Role.ADMIN)


def on_duty_staff() -> QuerySet[User]:
    """The members of the teams on duty: who is told where a ticket has nobody yet."""
    return staff().filter(team__on_duty=True)


def managers() -> QuerySet[User]:
    return staff().filter(roles__role=Role.MANAGER)
