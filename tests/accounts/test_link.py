"""S47: log in by a mailed link. C1-C7, C9, C10."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.domain import link
from accounts.domain import user as users
from accounts.enums import Purpose, Role
from accounts.models import OneUseLink, User
from core import clock
from core.models import Outbox
from tests.accounts.test_login import BAD_NEXT, strip_tokens
from tests.factories import PASSWORD, logged_in, make_user
from tests.letters import address_in, delivered

pytestmark = pytest.mark.django_db
ASK = "/login/link/"
BASE = "https://desk.example.com"


@pytest.fixture(autouse=True)
def base_url(settings: Any) -> None:
    settings.BASE_URL = BASE


@pytest.fixture
def now(morning: datetime) -> datetime:
    return morning


@pytest.fixture
def lin(now: datetime) -> User:
    return make_user(email="lin.wei@example.com", name="林伟", password=PASSWORD)


def ask(client: Client, email: str, **extra: Any) -> HttpResponse:
    query = extra.pop("next", None)
    return client.post(ASK, {"email": email} | ({"next": query} if query is not None else {}), **extra)


def asked(client: Client, now: datetime, email: str = "lin.wei@example.com", **extra: Any) -> str:
    """The path of the link that the mail to this address carries."""
    assert ask(client, email, **extra).status_code == 302
    (letter,) = delivered(now)
    return address_in(letter)


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def refused(client: Client, path: str) -> tuple[list[int], str]:
    """What the link answers to looking and to its button, and the body of the latter."""
    looked, used = client.get(path), client.post(path)
    return [looked.status_code, used.status_code], strip_tokens(used.content.decode())


def test_a_mailed_link_logs_in(lin: User, now: datetime) -> None:
    client = Client()
    path = asked(client, now)
    assert mail.outbox[0].to == ["林伟 <lin.wei@example.com>"] or "lin.wei@example.com" in mail.outbox[0].to[0]
    page = client.get(path)
    assert (page.status_code, is_in(client)) == (200, False)
    assert "林伟" in page.content.decode()
    assert client.post(path).headers["Location"] == "/"
    assert is_in(client)
    assert OneUseLink.objects.get().used_at == now


def test_the_login_page_leads_here() -> None:
    page = Client().get("/login/", {"next": "/notifications/"}).content.decode()
    assert 'href="/login/link/?next=/notifications/"' in page
    assert Client().get(ASK).status_code == 200


@pytest.mark.parametrize("email", ["LIN.Wei@example.com", " lin.wei@example.com "])
def test_the_address_in_other_letters_is_the_same(lin: User, now: datetime, email: str) -> None:
    assert asked(Client(), now, email).startswith("/login/link/")


@pytest.mark.parametrize("email", ["lin.wei@example.com.evil.com", "lin.wei@example.co", "xlin.wei@example.com"])
def test_a10_a_near_address_gets_no_mail(lin: User, now: datetime, email: str) -> None:
    assert ask(Client(), email).status_code == 302
    assert delivered(now) == []


@pytest.mark.parametrize(
    "email", ["", "x", "a\x00@example.com", "a" * 300 + "@example.com", "a@b@c", "a@\u202eexample.com\nBcc: x@y.zz"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    assert ask(Client(), email).status_code == 422
    assert not Outbox.objects.exists()


def people(now: datetime) -> dict[str, str]:
    gone = make_user(email="gone@example.com", password=PASSWORD)
    users.disable_user(user=gone, now=now)
    return {
        "known": make_user(email="here@example.com", password=PASSWORD).email,
        "without password": make_user(Role.CONTACT, email="none@example.com").email,
        "disabled": gone.email,
        "client": make_user(Role.CLIENT, email="prog@example.com").email,
        "unknown": "nobody@example.com",
    }


def test_c6_the_answer_and_the_work_are_the_same_for_everybody(now: datetime) -> None:
    """Status, place, body, cookies and statements of known, unknown, disabled people and programs are equal."""
    seen = []
    for email in people(now).values():
        client = Client()
        with CaptureQueriesContext(
            connection,
        ) as statements:
            response = ask(client, email)
        kinds = [sql["sql"].split(" ", 2)[0] for sql in statements]
        body = strip_tokens(client.get(response.headers["Location"]).content.decode())
        seen.append((response.status_code, response.headers["Location"], sorted(response.cookies), kinds, body))
        clear_counts()
    assert seen == [seen[0]] * 5
    assert seen[0][:3] == (302, "/login/link/?sent=1", ["weibao_device"])
    assert Session.objects.count() == 0


def clear_counts() -> None:
    from django.core.cache import cache  # noqa: PLC0415

    cache.clear()


def test_c6_mail_goes_to_real_active_people_only(now: datetime) -> None:
    for email in people(now).values():
        ask(Client(), email, REMOTE_ADDR=f"10.0.0.{len(email)}")
        clear_counts()
    got = [letter.to[0] for letter in delivered(now)]
    assert sorted(address.rpartition("<")[2].rstrip(">") for address in got) == ["here@example.com", "none@example.com"]


def test_c6_the_sixth_try_of_an_address_or_an_account_is_429(lin: User) -> None:
    alike = [ask(Client(), "nobody@example.com", REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(6)]
    spread = [ask(Client(), f"u{n}@example.org", REMOTE_ADDR="10.0.1.1").status_code for n in range(6)]
    known = [ask(Client(), "lin.wei@example.com", REMOTE_ADDR=f"10.0.2.{n}").status_code for n in range(6)]
    assert [alike, spread, known] == [[302] * 5 + [429]] * 3


def test_c10_a_known_device_still_gets_its_link(lin: User, now: datetime) -> None:
    known = Client()
    known.post("/login/", {"name": "lin.wei@example.com", "password": PASSWORD})
    known.post("/logout/")
    for n in range(9):
        ask(Client(), "lin.wei@example.com", REMOTE_ADDR=f"10.0.0.{n}")
    delivered(now)
    assert asked(known, now)


def test_asking_for_links_does_not_use_up_the_tries_of_passwords(lin: User) -> None:
    for _ in range(6):
        ask(Client(), "lin.wei@example.com")
    assert Client().post("/login/", {"name": "lin.wei@example.com", "password": PASSWORD}).status_code == 302


def test_c1_nothing_in_the_database_opens_the_door(lin: User, now: datetime) -> None:
    token = asked(Client(), now).split("/")[-2]
    kept = OneUseLink.objects.get()
    assert (len(token), kept.digest) == (43, link.digest(token))
    assert token not in str(list(OneUseLink.objects.values())) + str(list(Outbox.objects.values()))


def test_c1_the_address_that_was_typed_is_forgotten(now: datetime) -> None:
    ask(Client(), "nobody@example.com")
    delivered(now)
    assert Outbox.objects.get().payload == {}


def test_c1_two_links_differ_and_a_repeated_mail_carries_the_same(lin: User, now: datetime) -> None:
    client = Client()
    paths = [asked(client, now), asked(client, now)]
    assert paths[0] != paths[1]
    assert link.token_of(Purpose.LOGIN, "k") == link.token_of(Purpose.LOGIN, "k") != link.token_of(Purpose.INVITE, "k")


def test_a_mail_that_failed_is_repeated_with_the_same_link(lin: User, now: datetime, monkeypatch: Any) -> None:
    client = Client()
    ask(client, lin.email)
    with monkeypatch.context() as broken:
        broken.setattr("core.domain.notification.EmailMessage.send", lambda self: 1 / 0)
        assert delivered(now) == []
    assert not OneUseLink.objects.exists()
    (letter,) = delivered(now + timedelta(minutes=2))
    assert client.get(address_in(letter)).status_code == 200


def test_a_mail_that_would_come_too_late_is_not_sent(lin: User, now: datetime) -> None:
    ask(Client(), lin.email)
    assert delivered(now + timedelta(minutes=10)) == []
    assert not OneUseLink.objects.exists()


def test_c2_a_second_use_is_refused(lin: User, now: datetime) -> None:
    client = Client()
    path = asked(client, now)
    assert client.post(path).status_code == 302
    client.post("/logout/")
    assert refused(client, path)[0] == [404, 404]
    assert not is_in(client)


def test_c2_it_ends_after_ten_minutes(lin: User, now: datetime) -> None:
    client = Client()
    path = asked(client, now)
    with clock.frozen(now + timedelta(minutes=9, seconds=59)):
        assert client.get(path).status_code == 200
    with clock.frozen(now + timedelta(minutes=10)):
        assert refused(client, path)[0] == [404, 404]
    assert OneUseLink.objects.get().used_at is None


def test_c2_another_browser_cannot_use_it(lin: User, now: datetime) -> None:
    """The asker's browser can, before and after a thief has tried."""
    client, thief, other = Client(), Client(), Client()
    path = asked(client, now)
    ask(other, "nobody@example.com")
    assert [refused(one, path)[0] for one in (thief, other)] == [[404, 404]] * 2
    assert not is_in(thief)
    assert client.post(path).status_code == 302


def test_c2_a_link_for_something_else_does_not_log_in(lin: User, now: datetime) -> None:
    for purpose in (Purpose.INVITE, Purpose.RATING):
        token = link.issue(purpose=purpose, key=f"k-{purpose}", user=lin, now=now)
        assert refused(Client(), f"/login/link/{token}/")[0] == [404, 404]
    token = link.issue(purpose=Purpose.LOGIN, key="k", user=lin, now=now)
    for path in ("/welcome/invite/", "/rate/"):
        assert refused(Client(), f"{path}{token}/")[0] == [404, 404]
    assert not OneUseLink.objects.exclude(used_at=None).exists()


MALFORMED = [
    "",
    " ",
    "%20",
    "null",
    "None",
    "[]",
    "0",
    "true",
    "a" * 10_000,
    "é" * 43,
    "%00",
    "a%00" * 20,
    "..%2f..%2f",
    "<b>",
]


def test_c3_whatever_is_no_link_gets_one_and_the_same_answer(lin: User, now: datetime) -> None:
    """Also somebody's with one letter turned, in capitals, or the hash; nothing matches an empty column."""
    client = Client()
    path = asked(client, now)
    token = path.split("/")[-2]
    flipped = ("b" if token[0] == "a" else "a") + token[1:]
    near = [flipped, token.swapcase(), token + "a", token[:-1], link.digest(token), f"{token}%20", f"{token}/x"]
    answers = [refused(client, f"/login/link/{text}/") for text in [*MALFORMED, *near]]
    client.post(path)
    client.post("/logout/")
    answers.append(refused(client, path))
    assert [statuses for statuses, _body in answers] == [[404, 404]] * len(answers)
    assert {body for _statuses, body in answers} == {answers[0][1]}


@pytest.mark.parametrize("token", [None, 0, True, [], b"x" * 43, "a\x00" * 22])
def test_c3_what_is_no_text_is_no_link(lin: User, now: datetime, token: Any) -> None:
    assert link.look_at(token, Purpose.LOGIN, now) is None


def test_c3_the_database_keeps_no_empty_hash(lin: User, now: datetime) -> None:
    given = {"purpose": Purpose.LOGIN, "user": lin, "created_at": now, "expires_at": now}
    for digest in ("", "x" * 64):
        with pytest.raises(IntegrityError, match="link_digest"), transaction.atomic():
            OneUseLink.objects.create(digest=digest, **given)
    with pytest.raises(IntegrityError, match="link_of_somebody"), transaction.atomic():
        OneUseLink.objects.create(digest="a" * 64, **given | {"user": None})


def test_c4_looking_never_uses_a_link_up(lin: User, now: datetime) -> None:
    """Mail scanners follow links, without cookies and with the asker's own."""
    client = Client()
    path = asked(client, now)
    for looker in (Client(), client):
        for _ in range(5):
            looker.get(path)
            looker.head(path)
            assert not is_in(looker)
    assert OneUseLink.objects.get().used_at is None
    assert client.post(path).status_code == 302


def test_c4_other_methods_do_nothing(lin: User, now: datetime) -> None:
    client = Client()
    path = asked(client, now)
    assert [getattr(client, method)(path).status_code for method in ("put", "patch", "delete")] == [405] * 3
    assert OneUseLink.objects.get().used_at is None


EVIL = [
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "testserver.evil.example"},
    {"HTTP_HOST": "testserver:80@evil.example"},
]


@pytest.mark.parametrize("header", EVIL)
def test_c5_another_host_is_refused(lin: User, header: dict[str, str]) -> None:
    assert Client().post(ASK, {"email": lin.email}, **header).status_code == 400
    assert not Outbox.objects.exists()


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_FORWARDED": "host=evil.example"},
        {"HTTP_X_FORWARDED_PROTO": "gopher"},
    ],
)
def test_c5_links_start_with_our_own_address(lin: User, now: datetime, header: dict[str, str]) -> None:
    ask(Client(), lin.email, **header)
    (letter,) = delivered(now)
    assert f"\n{BASE}/login/link/" in letter.body
    assert "evil" not in letter.body + str(letter.extra_headers)


def test_c7_the_session_has_a_new_id(lin: User, now: datetime) -> None:
    client = logged_in(make_user())
    planted = client.session.session_key
    path = asked(client, now)
    client.post(path)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert int(client.session["_auth_user_id"]) == lin.pk


def test_c7_links_die_with_the_account_and_stay_dead(lin: User, now: datetime) -> None:
    client = Client()
    path = asked(client, now)
    users.disable_user(user=lin, now=now)
    assert refused(client, path)[0] == [404, 404]
    users.enable_user(user=lin, now=now)
    assert refused(client, path)[0] == [404, 404]


def test_a_link_asked_for_before_and_delivered_after_disabling_is_not_sent(lin: User, now: datetime) -> None:
    ask(Client(), lin.email)
    users.disable_user(user=lin, now=now)
    assert delivered(now) == []


@pytest.mark.parametrize("path", BAD_NEXT)
def test_c9_next_leads_nowhere_else(lin: User, now: datetime, path: str) -> None:
    client = Client()
    used = client.post(asked(client, now, next=path))
    assert used.headers["Location"] == "/"
    assert Client().get(ASK, {"next": path}).context["next"] == "/"


def test_c9_next_is_kept_until_the_link_is_used(lin: User, now: datetime) -> None:
    client = Client()
    path = asked(client, now, next="/notifications/?page=2")
    assert client.post(f"{path}?next=//evil.example").headers["Location"] == "/notifications/?page=2"


def test_a17_both_forms_need_their_token(lin: User, now: datetime) -> None:
    client = Client(enforce_csrf_checks=True)
    assert ask(client, lin.email).status_code == 403
    token = str(client.get(ASK).context["csrf_token"])
    assert client.post(ASK, {"email": lin.email, "csrfmiddlewaretoken": token}).status_code == 302
    path = address_in(delivered(now)[0])
    assert client.post(path).status_code == 403
    token = str(client.get(path).context["csrf_token"])
    assert client.post(path, {"csrfmiddlewaretoken": token}).status_code == 302


def test_a_temporary_password_is_replaced_without_knowing_it(now: datetime) -> None:
    user = make_user(email="new@example.com", password=PASSWORD, must_change_password=True)
    client = Client()
    client.post(asked(client, now, user.email))
    assert client.get("/notifications/").headers["Location"] == "/account/password/"
    assert list(client.get("/account/password/").context["form"].fields) == ["new", "again"]
    here = client.session.session_key
    weak = client.post("/account/password/", {"new": "short", "again": "short"})
    assert (weak.status_code, list(weak.context["form"].errors)) == (422, ["new"])
    given = {"new": "another 1 secret", "again": "another 1 secret"}
    assert client.post("/account/password/", given).status_code == 302
    assert is_in(client)
    assert client.session.session_key != here
    user.refresh_from_db()
    assert (user.check_password("another 1 secret"), user.must_change_password) == (True, False)


def test_c7_who_has_a_password_needs_it_also_after_a_link(lin: User, now: datetime) -> None:
    client = Client()
    client.post(asked(client, now))
    assert list(client.get("/account/password/").context["form"].fields) == ["current", "new", "again"]
    given = {"new": "another 1 secret", "again": "another 1 secret"}
    assert client.post("/account/password/", given).status_code == 422
    lin.refresh_from_db()
    assert lin.check_password(PASSWORD)


def test_c7_a_temporary_password_is_asked_for_where_no_link_was_used(now: datetime) -> None:
    user = make_user(password=PASSWORD, must_change_password=True)
    client = logged_in(user)
    given = {"new": "another 1 secret", "again": "another 1 secret"}
    assert client.post("/account/password/", given).status_code == 422
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_letter_speaks_the_persons_language(lin: User, now: datetime) -> None:
    users.set_preferences(user=lin, language="en")
    ask(Client(), lin.email)
    (letter,) = delivered(now)
    assert letter.subject == "Your login link"
    assert "Dear 林伟," in letter.body


def test_d7_no_token_in_the_log(lin: User, now: datetime) -> None:
    import logging  # noqa: PLC0415

    from config.logs import OneLineFormatter  # noqa: PLC0415

    token = asked(Client(), now).split("/")[-2]
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: %s", (f"/login/link/{token}/",), None
    )
    assert OneLineFormatter().format(record) == "Not Found: /login/link/…/"


@pytest.mark.django_db(transaction=True)
def test_c2_of_many_at_the_same_time_one_wins() -> None:
    now = clock.now()
    token = link.issue(purpose=Purpose.LOGIN, key="race", user=make_user(), now=now)

    def use(_number: int) -> bool:
        try:
            with transaction.atomic():
                return link.consume(token, Purpose.LOGIN, now) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1
