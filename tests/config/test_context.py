"""The navigation by role, the bell, the shell."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts.enums import Role
from accounts.models import User
from config.context import home_route, nav_items, shell
from core import clock, slots
from core.domain.notification import notify
from tests.factories import logged_in, make_user

pytestmark = pytest.mark.django_db


def items(user: User, path: str = "/") -> list[dict[str, object]]:
    request = RequestFactory().get(path)
    request.user = user
    return nav_items(request, user)


@pytest.mark.parametrize("role", list(Role))
def test_the_running_state_is_shown_to_whom_it_is_open(role: Role) -> None:
    shown = {item["url"] for item in items(make_user(role))}
    assert ("/health/" in shown) == (role in {Role.ADMIN, Role.MANAGER, Role.DUTY_MANAGER})
    assert ("/customers/" in shown) == (role not in {Role.CONTACT, Role.CONTACT_ADMIN, Role.CLIENT})


def test_the_present_place_is_marked() -> None:
    marked = [item["url"] for item in items(make_user(Role.ADMIN), "/health/") if item["active"]]
    assert marked == ["/health/"]


def test_an_app_fills_the_number_beside_an_item() -> None:
    slots.register("nav.badge.core:health", "test", lambda request, user: "7")
    try:
        badges = {item["url"]: item["badge"] for item in items(make_user(Role.ADMIN))}
    finally:
        slots._slots.pop("nav.badge.core:health")
    assert badges["/health/"] == "7"
    assert badges["/customers/"] == ""


def test_strangers_have_no_shell() -> None:
    assert shell(AnonymousUser()) == {}
    assert home_route(AnonymousUser()) == "accounts:welcome"


def test_the_shell_of_a_contact_leads_nowhere_into_the_desk() -> None:
    assert {key for key in shell(make_user(Role.CONTACT)) if key.endswith("_url")} == {
        "logout_url",
        "language_url",
        "password_url",
        "prefs_url",
    }


def test_the_bell_counts_what_is_unread() -> None:
    user, other = make_user(), make_user()
    for key in ("a", "b"):
        notify(user=user, key=key, kind="test", text=lambda: "Text", url="/", now=clock.now())
    assert (shell(user)["inbox_count"], shell(other)["inbox_count"]) == (2, 0)


def test_times_are_shown_in_the_users_zone() -> None:
    user = make_user()
    notify(user=user, key="a", kind="test", text=lambda: "Text", url="/", now=datetime(2026, 3, 1, 20, 30, tzinfo=UTC))
    assert "2026-03-02T04:30:00+08:00" in logged_in(user).get("/notifications/").content.decode()
    User.objects.filter(pk=user.pk).update(timezone="Europe/Berlin")
    assert "2026-03-01T21:30:00+01:00" in logged_in(user).get("/notifications/").content.decode()


def test_the_places_around_contracts_are_shown_where_one_is_there() -> None:
    manager = make_user(Role.MANAGER)
    around = ["/obligations/", "/receivables/", "/acceptances/"]
    assert not {item["url"] for item in items(manager, "/customers/")} & set(around)
    for path in ("/contracts/7/", *around):
        shown = items(manager, path)
        assert [item["url"] for item in shown if item["inner"]] == around
        assert [item["url"] for item in shown if item["active"]] == ["/contracts/" if "contracts" in path else path]
    assert [item["url"] for item in items(make_user(Role.ENGINEER), "/contracts/") if item["inner"]] == [
        "/obligations/",
        "/acceptances/",
    ]


def test_pages_of_the_settings_elsewhere_mark_the_settings() -> None:
    assert [item["url"] for item in items(make_user(Role.ADMIN), "/partners/4/") if item["active"]] == ["/settings/"]
