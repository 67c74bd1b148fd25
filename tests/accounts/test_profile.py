"""Preferences: the menu's switches, the page, the language of strangers."""

import pytest
from django.test import Client

from accounts.enums import Role
from tests.factories import logged_in, make_user

pytestmark = pytest.mark.django_db
SWITCH = "/account/preferences/"


@pytest.mark.parametrize(
    ("name", "sent", "stored"),
    [
        ("theme", "dark", "dark"),
        ("density", "relaxed", "relaxed"),
        ("density", "compact", "compact"),
        ("shortcuts", "off", False),
    ],
)
def test_a_switch_is_kept(name: str, sent: str, stored: object) -> None:
    user = make_user()
    client = logged_in(user)
    assert client.post(SWITCH, {name: sent}, headers={"HX-Request": "true"}).status_code == 204
    assert client.post(SWITCH, {name: sent, "next": "/notifications/"}).headers["Location"] == "/notifications/"
    user.refresh_from_db()
    assert getattr(user, name) == stored
    assert f'data-{name}="{sent}"' in client.get("/notifications/").content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"theme": "pink"}, {"shortcuts": "maybe"}, {"is_active": "0"}, {"density": "a\x00"}]
)
def test_what_does_not_exist_is_refused(data: dict[str, str]) -> None:
    user = make_user()
    assert logged_in(user).post(SWITCH, data).status_code == 422
    user.refresh_from_db()
    assert (user.theme, user.density, user.shortcuts, user.is_active) == ("system", "normal", True, True)


FORM = {"theme": "dark", "density": "compact", "language": "en", "timezone": "Europe/Berlin", "shortcuts": "on"}


def test_a6_the_page_changes_the_five_preferences_and_nothing_else() -> None:
    user = make_user()
    extra = {
        "email": "x@evil.example",
        "kind": "client",
        "is_active": "",
        "roles": "admin",
        "staff_no": "1",
        "name": "X",
    }
    assert logged_in(user).post("/account/", FORM | extra).status_code == 302
    before = {field: getattr(user, field) for field in ("email", "kind", "is_active", "staff_no", "name", "role_codes")}
    user.refresh_from_db()
    assert (user.theme, user.density, user.language, user.timezone, user.shortcuts) == (
        "dark",
        "compact",
        "en",
        "Europe/Berlin",
        True,
    )
    assert {field: getattr(user, field) for field in before} == before


def test_a_zone_that_does_not_exist_is_refused() -> None:
    user = make_user()
    assert logged_in(user).post("/account/", FORM | {"timezone": "../../etc/passwd"}).status_code == 422
    user.refresh_from_db()
    assert user.timezone == "Asia/Shanghai"


def test_the_page_names_the_roles() -> None:
    page = logged_in(make_user(Role.DUTY_MANAGER, roles=[Role.DUTY_MANAGER, Role.AGENT])).get("/account/")
    assert [str(label) for label in page.context["roles"]] == [str(Role.AGENT.label), str(Role.DUTY_MANAGER.label)]


def test_a_user_switches_their_own_language() -> None:
    user = make_user()
    client = logged_in(user)
    assert client.post("/language/", {"language": "en", "next": "/account/"}).headers["Location"] == "/account/"
    page = client.get("/account/")
    assert page.headers["Content-Language"] == "en"
    assert '<html lang="en"' in page.content.decode()


def test_a_strangers_browser_keeps_the_language_it_was_told() -> None:
    client = Client()
    assert client.get("/login/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "zh-hans"
    client.post("/language/", {"language": "en"})
    assert client.get("/login/").headers["Content-Language"] == "en"


@pytest.mark.parametrize("code", ["", "fr", "../en", "en\x00"])
def test_a_language_that_does_not_exist_is_refused(code: str) -> None:
    client = Client()
    assert client.post("/language/", {"language": code}).status_code == 422
    assert "weibao_language" not in client.cookies


def test_a_forged_language_cookie_is_ignored() -> None:
    client = Client()
    client.cookies["weibao_language"] = "../../x"
    assert client.get("/login/").headers["Content-Language"] == "zh-hans"
