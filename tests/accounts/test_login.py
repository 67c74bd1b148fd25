"""S47: log in and out. C6 enumeration and throttling, C7 sessions, C9 next=, C10 lock-out, A17 CSRF."""

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client, override_settings

from accounts.domain import user as users
from accounts.enums import Role
from accounts.models import User
from core import clock
from tests.factories import PASSWORD, logged_in, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/login/"


def post(client: Client, name: str, password: str = PASSWORD, **extra: Any) -> HttpResponse:
    query = extra.pop("next", None)
    data = {"name": name, "password": password} | ({"next": query} if query is not None else {})
    return client.post(LOGIN, data, **extra)


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.fixture
def lin() -> User:
    return make_user(email="lin.wei@example.com", staff_no="WB0017", password=PASSWORD)


@pytest.mark.parametrize(
    "name", ["lin.wei@example.com", " LIN.Wei@Example.com ", "WB0017", "wb0017", "\u3000wb0017\u3000"]
)
def test_email_or_staff_number_in_any_case_logs_in(lin: User, name: str) -> None:
    client = Client()
    assert post(client, name).headers["Location"] == "/"
    assert is_in(client)


@pytest.mark.parametrize(
    "name",
    [
        "lin.wei@example.com.evil.com",  # longer (A10)
        "lın.wei@example.com",  # dotless i, upper-cases to I
        "lin.wei@example.com\u200b",  # zero width space
        "ＷＢ0017",  # full width letters
        "WB001",
        "%",
        "",
        "   ",
    ],
)
def test_near_names_do_not_log_in(lin: User, name: str) -> None:
    make_user(password=PASSWORD)
    client = Client()
    assert post(client, name).status_code == 422
    assert not is_in(client)


def test_kelvin_sign_is_no_k() -> None:
    """A10: `lower()` folds U+212A onto the letter k."""
    make_user(email="kim@example.com", password=PASSWORD)
    assert post(Client(), "\u212aim@example.com").status_code == 422


def refused_users() -> list[tuple[str, str]]:
    gone = make_user(email="gone@example.com", password=PASSWORD)
    users.disable_user(user=gone, now=clock.now())
    make_user(email="none@example.com")
    make_user(email="here@example.com", password=PASSWORD)
    return [
        ("nobody@example.com", PASSWORD),
        ("gone@example.com", PASSWORD),
        ("none@example.com", PASSWORD),
        ("here@example.com", "wrong password"),
    ]


def test_c6_every_refusal_is_the_same_answer_after_the_same_work() -> None:
    """Unknown, disabled, without password, wrong password: status, body, cookies and runs of the hasher are equal."""
    seen = []
    for name, password in refused_users():
        client = Client()
        with patch(
            "django.contrib.auth.hashers.MD5PasswordHasher.encode", autospec=True, return_value="md5$x$y"
        ) as runs:
            response = post(client, name, password)
        body = response.content.decode().replace(name, "NAME")
        for token in (response.context["csrf_token"], client.cookies["weibao_csrf"].value):
            body = body.replace(str(token), "TOKEN")
        seen.append((response.status_code, strip_tokens(body), sorted(response.cookies), runs.call_count))
    assert seen == [seen[0]] * 4
    assert seen[0][0] == 422
    assert seen[0][3] == 1


def strip_tokens(body: str) -> str:
    body = re.sub(r'(name="csrfmiddlewaretoken" value|name="csrf-token" content)="[^"]+"', r"\1", body)
    return re.sub(r'data-now="[^"]+"', "", body)


def test_c6_sixth_wrong_try_of_an_account_is_429_from_whatever_address() -> None:
    make_user(email="here@example.com", password=PASSWORD)
    statuses = [post(Client(), "here@example.com", "wrong", REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]
    assert post(Client(), "HERE@example.com ", REMOTE_ADDR="10.0.0.9").status_code == 429


def test_c6_unknown_names_are_throttled_alike() -> None:
    statuses = [post(Client(), "nobody@example.com", REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]


def test_c6_sixth_wrong_try_of_an_address_is_429_whatever_the_account() -> None:
    statuses = [post(Client(), f"user{n}@example.org", REMOTE_ADDR="10.0.0.1").status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]
    response = post(Client(), "other@example.org", REMOTE_ADDR="10.0.0.1")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert post(Client(), "other@example.org", REMOTE_ADDR="10.0.0.2").status_code == 422


def test_c6_forged_x_forwarded_for_changes_nothing_without_a_proxy() -> None:
    forged = [{"HTTP_X_FORWARDED_FOR": f"1.2.3.{n}"} for n in range(6)]
    statuses = [post(Client(), f"user{n}@example.org", **header).status_code for n, header in enumerate(forged)]
    assert statuses == [422] * 5 + [429]


@override_settings(NUM_PROXIES=1)
def test_c6_behind_a_proxy_only_its_own_entry_counts() -> None:
    def from_address(forged: str, real: str, n: int) -> int:
        return post(Client(), f"u{n}@example.org", HTTP_X_FORWARDED_FOR=f"{forged}, {real}").status_code

    assert [from_address(f"1.2.3.{n}", "9.9.9.9", n) for n in range(6)] == [422] * 5 + [429]
    assert from_address("1.2.3.5", "9.9.9.8", 7) == 422


def test_an_ipv6_client_is_its_network() -> None:
    statuses = [post(Client(), f"u{n}@example.org", REMOTE_ADDR=f"2001:db8::{n}").status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]
    assert post(Client(), "u@example.org", REMOTE_ADDR="2001:db8:0:1::1").status_code == 422


def test_successful_logins_use_up_nothing(lin: User) -> None:
    assert [post(Client(), "wb0017").status_code for _ in range(8)] == [302] * 8


def test_a_success_gives_back_only_its_own_try(lin: User) -> None:
    """Somebody with an account of their own cannot reset the count of their address between guesses."""
    statuses = []
    for n in range(5):
        statuses.append(post(Client(), f"u{n}@example.org", "wrong").status_code)
        statuses.append(post(Client(), "wb0017").status_code)
    assert statuses == [422, 302] * 4 + [422, 429]


def test_c10_a_known_device_is_not_locked_out_by_others(lin: User) -> None:
    known = Client()
    post(known, "wb0017")
    known.post("/logout/")
    for n in range(100):
        post(Client(), "lin.wei@example.com", "wrong", REMOTE_ADDR="10.0.0.1" if n % 2 else "127.0.0.1")
    assert post(Client(), "lin.wei@example.com", REMOTE_ADDR="10.9.9.9").status_code == 429
    assert post(known, "lin.wei@example.com").status_code == 302


def test_c10_a_known_device_has_a_limit_of_its_own_and_only_for_its_accounts(lin: User) -> None:
    make_user(email="other@example.com", password=PASSWORD)
    known = Client()
    post(known, "wb0017")
    known.post("/logout/")
    assert [post(known, "wb0017", "wrong").status_code for _ in range(6)] == [422] * 5 + [429]
    assert [post(known, "other@example.com", "wrong").status_code for _ in range(6)] == [422] * 5 + [429]


@pytest.mark.parametrize("cookie", ["", "x", "WyJhIl0:1a2b:forged", "\x00", "a" * 5000])
def test_c10_a_forged_device_cookie_is_no_device(lin: User, cookie: str) -> None:
    client = Client()
    client.cookies["weibao_device"] = cookie
    assert [post(client, "wb0017", "wrong").status_code for _ in range(6)] == [422] * 5 + [429]


def test_c7_session_id_changes_at_login(lin: User) -> None:
    client = logged_in(make_user())
    planted = client.session.session_key
    assert post(client, "wb0017").status_code == 302
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_c7_session_dies_at_logout(lin: User) -> None:
    client = Client()
    post(client, "wb0017")
    stolen = client.cookies["weibao_session"].value
    assert client.post("/logout/").headers["Location"] == LOGIN
    thief = Client()
    thief.cookies["weibao_session"] = stolen
    assert not is_in(thief)


def test_logout_by_get_is_refused(lin: User) -> None:
    client = logged_in(lin)
    assert client.get("/logout/").status_code == 405
    assert is_in(client)


ENDS = {
    "disable": lambda user, now: users.disable_user(user=user, now=now),
    "grant": lambda user, now: users.grant_role(user=user, role=Role.MANAGER, now=now),
    "revoke": lambda user, now: users.revoke_role(user=user, role=Role.AGENT, now=now),
    "reset": lambda user, now: users.set_password(user=user, password="another 1 secret", now=now),
    "change": lambda user, now: users.change_password(user=user, current=PASSWORD, new="another 1 secret", now=now),
}


@pytest.mark.parametrize("act", list(ENDS.values()), ids=list(ENDS))
def test_c7_all_sessions_die_at_once(lin: User, act: Any) -> None:
    sessions = [logged_in(lin), logged_in(lin)]
    assert [is_in(client) for client in sessions] == [True, True]
    act(User.objects.get(pk=lin.pk), clock.now())
    assert [is_in(client) for client in sessions] == [False, False]


def test_c7_disabled_and_enabled_again_an_old_session_stays_dead(lin: User) -> None:
    client = logged_in(lin)
    users.disable_user(user=lin, now=clock.now())
    users.enable_user(user=lin, now=clock.now())
    assert not is_in(client)
    assert post(Client(), "wb0017").status_code == 302


def test_a17_login_without_token_is_refused(lin: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = post(client, "wb0017")
    assert (response.status_code, response.headers["WB-Reason"]) == (403, "csrf")
    assert not is_in(client)


def test_a17_the_form_carries_its_token(lin: User) -> None:
    client = Client(enforce_csrf_checks=True)
    token = client.get(LOGIN).context["csrf_token"]
    answer = client.post(LOGIN, {"name": "wb0017", "password": PASSWORD, "csrfmiddlewaretoken": str(token)})
    assert answer.status_code == 302


def test_a17_the_session_cookie_is_closed_to_scripts_and_other_sites(lin: User) -> None:
    client = Client()
    post(client, "wb0017")
    for name in ("weibao_session", "weibao_device"):
        assert client.cookies[name]["httponly"] is True
        assert client.cookies[name]["samesite"] == "Lax"


GOOD_NEXT = ["/notifications/", "/notifications/?page=2", "/a%20b/?q=%E6%9C%BA#x"]
BAD_NEXT = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\tevil/..//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "evil.example",
    " //evil.example",
    "@evil.example",
    "/" + "a" * 3000,
    "",
]


@pytest.mark.parametrize("path", GOOD_NEXT)
def test_c9_next_leads_on_within_the_site(lin: User, path: str) -> None:
    assert post(Client(), "wb0017", next=path).headers["Location"] == path


@pytest.mark.parametrize("path", BAD_NEXT)
def test_c9_next_leads_nowhere_else(lin: User, path: str) -> None:
    assert post(Client(), "wb0017", next=path).headers["Location"] == "/"
    page = Client().get(LOGIN, {"next": path})
    assert page.context["next"] == "/"
    assert logged_in(lin).get(LOGIN, {"next": path}).headers["Location"] == "/"


def test_c9_asking_for_the_page_makes_no_session() -> None:
    Client().get(LOGIN, {"next": "/notifications/"})
    Client().get("/notifications/?page=2")
    assert Session.objects.count() == 0


def test_where_one_wanted_to_go_is_kept() -> None:
    response = Client().get("/notifications/?page=2")
    assert response.headers["Location"] == "/login/?next=/notifications/%3Fpage%3D2"


@pytest.mark.parametrize(
    "data", [{}, {"name": "a"}, {"name": "a\x00b", "password": "x"}, {"name": "a" * 300, "password": "x"}]
)
def test_incomplete_or_broken_input_is_refused(data: dict[str, str]) -> None:
    assert Client().post(LOGIN, data).status_code == 422


def test_a_password_of_a_megabyte_reaches_no_hasher() -> None:
    with patch("django.contrib.auth.hashers.MD5PasswordHasher.encode", autospec=True) as runs:
        assert post(Client(), "a@example.com", "x" * 1_000_000).status_code == 422
    assert runs.call_count == 0


def test_a_contact_gets_a_plain_page_and_nothing_of_the_desk() -> None:
    make_user(Role.CONTACT, email="zhao@customer.example", name="赵敏", password=PASSWORD)
    client = Client()
    response = client.post(LOGIN, {"name": "zhao@customer.example", "password": PASSWORD}, follow=True)
    assert response.redirect_chain == [("/", 302), ("/portal/", 302)]
    assert "赵敏" in response.content.decode()
    assert client.get("/notifications/").status_code == 403
    assert client.get("/account/").status_code == 403


def test_without_redis_people_still_log_in(lin: User) -> None:
    from redis.exceptions import ConnectionError as NoRedis

    with patch("redis.Redis.execute_command", side_effect=NoRedis("gone")):
        assert post(Client(), "wb0017").status_code == 302
