"""A7 authority fails closed; A9 nobody lifts themselves."""

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.domain.user import disable_user
from accounts.enums import DESK_ROLES, Role
from accounts.permissions import has_role, is_desk, is_staff
from core import clock, permissions
from core.permissions import can, declared
from tests.factories import make_user

pytestmark = pytest.mark.django_db
OURS = sorted(name for name in declared() if name.startswith("accounts."))


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("answer", [None, False, 0, "yes", 1, ValueError("broken")])
def test_a7_whatever_is_not_true_denies(name: str, answer: Any) -> None:
    admin = make_user(Role.ADMIN)
    failing = isinstance(answer, Exception)
    with patch.dict(
        permissions._predicates, {name: lambda user, obj: (_ for _ in ()).throw(answer) if failing else answer}
    ):
        assert can(admin, name, admin) is False


@pytest.mark.parametrize("name", OURS)
def test_a7_strangers_and_disabled_users_may_nothing(name: str) -> None:
    admin = make_user(Role.ADMIN)
    make_user(Role.ADMIN)
    disable_user(user=admin, now=clock.now())
    for user in (admin, AnonymousUser(), None):
        assert can(user, name, admin) is False


def test_an_unknown_permission_is_an_error_not_an_answer() -> None:
    with pytest.raises(KeyError):
        can(make_user(Role.ADMIN), "accounts.no_such_thing")


def test_a2_only_administrators_manage_users() -> None:
    managers = {role for role in Role if can(make_user(role), "accounts.manage_users")}
    assert managers == {Role.ADMIN}


def test_a9_nobody_changes_their_own_roles() -> None:
    admin, agent = make_user(Role.ADMIN), make_user(Role.AGENT)
    assert can(admin, "accounts.change_role", agent) is True
    assert can(admin, "accounts.change_role", admin) is False
    assert can(agent, "accounts.change_role", agent) is False


def test_who_is_the_desk() -> None:
    assert {role for role in Role if is_desk(make_user(role))} == DESK_ROLES
    assert {role for role in Role if not is_staff(make_user(role))} == {Role.CONTACT, Role.CONTACT_ADMIN, Role.CLIENT}


def test_has_role_of_strangers() -> None:
    assert has_role(AnonymousUser(), *Role) is False
    assert has_role(None, *Role) is False
