"""How refusals and failures look: pages, parts of pages, JSON. B4 headers on each, D8 nothing of the cause."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from accounts.enums import Role
from config import urls
from config.access import ACCESS, API, STAFF
from core.errors import Denied, InputError, RuleError, StaleError
from tests.factories import logged_in, make_user

pytestmark = pytest.mark.django_db

RAISES: dict[str, Exception] = {
    "rule": RuleError("transition", "Not from here.", "state"),
    "input": InputError("future", "That is in the future.", "at"),
    "stale": StaleError("Changed meanwhile.", {"subject": "Theirs", "body": "Same"}),
    "denied": Denied("tickets.resolve_ticket"),
    "away": OperationalError("could not connect to server at db.internal"),
    "bug": ZeroDivisionError("SECRET-CANARY select * from accounts_user"),
    "bad": BadRequest("SECRET-CANARY"),
}


@csrf_exempt
def fail(request: HttpRequest, what: str) -> HttpResponse:
    raise RAISES[what]


@csrf_exempt
def fine(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"rule": request.access_rule is API})  # type: ignore[attr-defined]


api = ([path("fine/", fine, name="fine"), path("fail/<str:what>/", fail, name="fail")], "api")
urlpatterns = [*urls.urlpatterns, path("fail/<str:what>/", fail, name="fail"), path("api/v1/", include(api))]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture(autouse=True)
def failing_routes() -> Iterator[None]:
    rows = {"fail": STAFF, "api:fine": API, "api:fail": API}
    with override_settings(ROOT_URLCONF=__name__), patch.dict(ACCESS, rows):
        yield


def ask(what: str, *, htmx: bool = False, api: bool = False, role: Role = Role.AGENT, **data: str) -> HttpResponse:
    headers = {"HX-Request": "true"} if htmx else {}
    client = logged_in(make_user(role), raise_request_exception=False, headers=headers)
    return client.post(f"{'/api/v1' if api else ''}/fail/{what}/", data)


STATUS = {"rule": 409, "input": 422, "stale": 409, "denied": 403, "away": 503, "bug": 500, "bad": 400}


@pytest.mark.parametrize(("what", "status"), STATUS.items())
@pytest.mark.parametrize("htmx", [False, True])
def test_each_refusal_has_its_status_and_the_headers_of_every_page(what: str, status: int, htmx: bool) -> None:
    response = ask(what, htmx=htmx)
    assert response.status_code == status
    assert "object-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(("what", "message"), [("rule", "Not from here."), ("input", "That is in the future.")])
@pytest.mark.parametrize("htmx", [False, True])
def test_the_message_is_shown(what: str, message: str, htmx: bool) -> None:
    assert message in ask(what, htmx=htmx).content.decode()


def test_a_part_of_a_page_gets_the_bare_message_of_a_rule() -> None:
    response = ask("rule", htmx=True)
    assert (response.headers["Content-Type"], response.content) == ("text/plain; charset=utf-8", b"Not from here.")


@pytest.mark.parametrize("htmx", [False, True])
def test_a_stale_edit_shows_both_versions(htmx: bool) -> None:
    body = ask("stale", htmx=htmx, subject="Mine <b>", body="Same").content.decode()
    assert "Theirs" in body
    assert "Mine &lt;b&gt;" in body


@pytest.mark.parametrize("what", ["bug", "away", "bad", "denied"])
@pytest.mark.parametrize("api", [False, True])
def test_d8_nothing_of_the_cause_is_told(what: str, api: bool) -> None:
    body = ask(what, api=api).content.decode()
    assert not [word for word in ("CANARY", "select", "db.internal", "Traceback", "tickets.", "/work") if word in body]


def test_d8_the_number_on_the_page_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    response = ask("bug")
    (line,) = [record for record in caplog.records if record.name == "config.refusals"]
    reference = line.args[1]  # type: ignore[index]
    assert str(reference) in response.content.decode()
    assert line.exc_info is not None


def test_an_absent_database_is_said_with_when_to_retry() -> None:
    assert ask("away").headers["Retry-After"] == "5"


def test_a_database_that_leaves_before_the_view_is_503_too() -> None:
    client = logged_in(make_user(), raise_request_exception=False)
    with patch("django.contrib.sessions.backends.db.SessionStore.load", side_effect=OperationalError("gone")):
        assert client.get("/notifications/").status_code == 503


def test_the_page_of_a_refusal_names_the_administrator_to_staff_only() -> None:
    make_user(Role.ADMIN, name="李敏")
    assert "李敏" in ask("denied").content.decode()
    client = logged_in(make_user(Role.CONTACT))
    response = client.get("/notifications/")
    assert response.status_code == 403
    assert "李敏" not in response.content.decode()


@pytest.mark.parametrize(
    ("what", "status", "code", "fields"),
    [
        ("rule", 409, "transition", {"state": ["Not from here."]}),
        ("input", 400, "future", {"at": ["That is in the future."]}),
        ("stale", 409, "stale", {"subject": "Theirs", "body": "Same"}),
        ("denied", 403, "denied", {}),
        ("away", 503, "error", {}),
        ("bug", 500, "error", {}),
        ("bad", 400, "bad_request", {}),
    ],
)
def test_the_api_answers_in_one_shape(what: str, status: int, code: str, fields: dict[str, Any]) -> None:
    response = ask(what, api=True)
    answer = response.json()
    assert response.status_code == status
    assert sorted(answer) == ["code", "fields", "message"]
    assert (answer["code"], answer["fields"]) == (code, fields)


def test_the_api_says_so_where_nothing_is() -> None:
    response = Client().get("/api/v1/nothing/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("role", "status"), [(Role.AGENT, 200), (Role.CLIENT, 200), (Role.CONTACT, 403), (Role.CONTACT_ADMIN, 403)]
)
def test_the_api_reads_the_same_table(role: Role, status: int) -> None:
    assert logged_in(make_user(role)).get("/api/v1/fine/").status_code == status


def test_the_api_asks_strangers_for_a_token() -> None:
    response = Client().get("/api/v1/fine/")
    assert (response.status_code, response.json()["code"], response.headers["WWW-Authenticate"]) == (
        401,
        "not_authenticated",
        "Bearer",
    )


def test_the_api_judges_a_token_itself_and_is_told_the_rule() -> None:
    response = Client(headers={"Authorization": "Bearer x"}).get("/api/v1/fine/")
    assert response.json() == {"rule": True}


def test_a_session_is_judged_even_beside_an_authorization_header() -> None:
    client = logged_in(make_user(Role.CONTACT), headers={"Authorization": "Bearer x"})
    assert client.get("/api/v1/fine/").status_code == 403


def test_a_host_that_is_not_ours_is_refused() -> None:
    """C5."""
    response = Client(headers={"Host": "evil.example"}).get("/login/")
    assert response.status_code == 400
    assert "evil" not in response.content.decode()
    assert "object-src 'none'" in response.headers["Content-Security-Policy"]
