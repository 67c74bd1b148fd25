"""Staff and REST clients as an administrator sees them: what they may do and whether they get in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.enums import Access, Purpose, Role, UserKind
from accounts.models import ApiToken, User
from accounts.queries.link import living_until
from accounts.queries.user import users_for

OURS = (UserKind.STAFF, UserKind.CLIENT)


@dataclass(frozen=True)
class Person:
    """`until` is when the invitation ends, where there is one."""

    user: User
    roles: list[str]
    access: Access
    until: datetime | None


def people_for(user: Any) -> QuerySet[User]:
    """The staff and REST clients whom a user may see; the contacts are kept with their customer."""
    return users_for(user).filter(kind__in=OURS)


def persons(users: QuerySet[User] | Iterable[User], now: datetime) -> list[Person]:
    """At most four statements for any number of people (`users` of `with_access`)."""
    listed = list(users)
    living = living_until(Purpose.INVITE, [_subject(user) for user in listed], now)
    return [_person(user, living.get(_subject(user))) for user in listed]


def with_access(users: QuerySet[User], now: datetime) -> QuerySet[User]:
    """The users with what `persons` tells of them."""
    tokens = ApiToken.objects.filter(user=OuterRef("pk"), revoked_at=None, expires_at__gt=now)
    return users.select_related("team").prefetch_related("roles").annotate(has_token=Exists(tokens))


def tokens_of(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user).order_by("revoked_at", "-created_at", "-pk")


def _person(user: User, until: datetime | None) -> Person:
    roles = [str(role.label) for role in Role if role in user.role_codes]
    access = _access(user, until)
    return Person(user, roles, access, until if access == Access.INVITED else None)


def _access(user: Any, until: datetime | None) -> Access:
    if not user.is_active:
        return Access.DISABLED
    if user.kind == UserKind.CLIENT:
        return Access.TOKEN if user.has_token else Access.NONE
    if user.has_usable_password():
        return Access.TEMPORARY if user.must_change_password else Access.READY
    return Access.INVITED if until else Access.NONE


def _subject(user: User) -> str:
    return f"accounts.user:{user.pk}"
