"""Makers of the objects that tests are about. Each is made by the domain, so that no test starts from what cannot
exist.
"""

from itertools import count
from typing import Any

from django.test import Client

from accounts.domain.user import create_user
from accounts.enums import Role, UserKind
from accounts.models import User
from core import clock

PASSWORD = "correct horse 7 battery"
KIND_OF_ROLE = {Role.CONTACT: UserKind.CONTACT, Role.CONTACT_ADMIN: UserKind.CONTACT, Role.CLIENT: UserKind.CLIENT}
_numbers = count(1)


def make_user(role: str | None = Role.AGENT, **given: Any) -> User:
    """An active user with one role (None: without), of the kind the role belongs to. No password unless given."""
    number = next(_numbers)
    facts: dict[str, Any] = {
        "kind": KIND_OF_ROLE.get(Role(role), UserKind.STAFF) if role else UserKind.STAFF,
        "email": f"user{number}@example.com",
        "name": f"User {number}",
        "roles": [role] if role else [],
        "now": clock.now(),
    }
    return create_user(**facts | given)


def logged_in(user: User, **options: Any) -> Client:
    """A browser in which this user is logged in."""
    client = Client(**options)
    client.force_login(user)
    return client
