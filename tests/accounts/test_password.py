"""The password page (C7) and the temporary password."""

import pytest
from django.test import Client

from accounts.domain.user import set_password
from accounts.enums import Role
from accounts.models import User
from core import clock
from tests.factories import PASSWORD, logged_in, make_user

pytestmark = pytest.mark.django_db
PAGE = "/account/password/"
NEW = "another 1 secret"


def post(client: Client, current: str = PASSWORD, new: str = NEW, again: str = NEW) -> int:
    return client.post(PAGE, {"current": current, "new": new, "again": again}).status_code


def test_c7_other_sessions_end_and_this_one_gets_a_new_id() -> None:
    user = make_user(password=PASSWORD)
    here, elsewhere = logged_in(user), logged_in(user)
    before = here.session.session_key
    assert post(here) == 302
    assert here.session.session_key != before
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert User.objects.get(pk=user.pk).check_password(NEW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"current": "guess"}, "current"),
        ({"current": ""}, "current"),
        ({"new": "short", "again": "short"}, "new"),
        ({"again": "something else 1"}, "again"),
        ({"new": "a\x00bcdefghijklm"}, "new"),
    ],
)
def test_wrong_input_changes_nothing_and_is_said_at_the_field(given: dict[str, str], field: str) -> None:
    user = make_user(password=PASSWORD)
    response = logged_in(user).post(PAGE, {"current": PASSWORD, "new": NEW, "again": NEW} | given)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_guessing_the_present_password_in_an_open_session_is_throttled() -> None:
    user = make_user(password=PASSWORD)
    client = logged_in(user)
    assert [post(client, current="guess") for _ in range(5)] == [422] * 5
    assert post(client) == 422
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


@pytest.mark.parametrize("role", [Role.AGENT, Role.CONTACT])
def test_a_temporary_password_opens_only_its_own_change(role: Role) -> None:
    user = make_user(role)
    set_password(user=user, password=PASSWORD, now=clock.now())
    client = logged_in(user)
    for path in ("/", "/welcome/"):
        assert client.get(path).headers["Location"] == PAGE
    part = client.get("/", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (204, PAGE)
    assert client.get(PAGE).status_code == 200
    assert post(client) == 302
    assert client.get("/").headers["Location"] != PAGE
