"""A15, A17, C3: who gets in, with what, and what the refusals say."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.domain import api_token
from accounts.domain.user import disable_user
from accounts.enums import Role, Scope
from accounts.models import ApiToken
from core import clock
from tests.api.caller import Caller, error, traces
from tests.factories import make_user
from tests.world import World
from tickets.models import Ticket

LIST = "/tickets/"


def test_a_token_opens_the_api(agent: Caller) -> None:
    response = agent.get(LIST)
    assert (response.status_code, response.json()) == (200, {"next": None, "previous": None, "results": []})
    assert response.headers["Content-Language"] == "zh-hans"


def test_a_stranger_gets_401_and_is_told_how(world: World) -> None:
    response = Client().get("/api/v1/tickets/")
    assert error(response) == (401, "not_authenticated", [])
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer null",
        "Bearer 0",
        "Basic dTpw",
        "Bearer " + "x" * 10_000,
        "Bearer ü",
        "Bearer a b",
    ],
)
def test_c3_every_malformed_token_gets_the_same_answer(world: World, header: str) -> None:
    response = Client().get("/api/v1/tickets/", headers={"Authorization": header})
    assert error(response) == (401, "not_authenticated", [])
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a15_a_revoked_token_is_out_at_once(agent: Caller) -> None:
    api_token.revoke(token=ApiToken.objects.get(user=agent.user), now=clock.now())
    assert error(agent.get(LIST)) == (401, "not_authenticated", [])


def test_a15_an_expired_token_is_out(agent: Caller) -> None:
    end = clock.now() + timedelta(days=30)
    with clock.frozen(end - timedelta(microseconds=1)):
        assert agent.get(LIST).status_code == 200
    with clock.frozen(end):
        assert error(agent.get(LIST)) == (401, "not_authenticated", [])


def test_a15_the_token_of_a_disabled_user_is_out(agent: Caller, world: World) -> None:
    disable_user(user=agent.user, now=clock.now())
    assert error(agent.get(LIST)) == (401, "not_authenticated", [])


def test_a15_a_token_in_the_address_is_no_token(agent: Caller) -> None:
    assert Client().get(f"/api/v1/tickets/?token={agent.token}").status_code == 401


def test_a15_scope_read_cannot_write(world: World, ticket: Ticket) -> None:
    reader = Caller(world.agent, Scope.READ)
    before = traces()
    assert reader.get(f"/tickets/{ticket.number}/").status_code == 200
    assert error(reader.post(f"/tickets/{ticket.number}/claim/")) == (403, "scope", [])
    assert error(reader.post(LIST, {"customer": world.a.customer.pk})) == (403, "scope", [])
    assert error(reader.upload(f"/tickets/{ticket.number}/attachments/")) == (403, "scope", [])
    assert traces() == before


def test_scope_read_may_ask_the_promise_engine(world: World) -> None:
    body = {"promise_set": "HB2D", "at": "2026-11-23T10:00:00+08:00", "severity": 2}
    assert Caller(world.agent, Scope.READ).post("/promise/due/", body).status_code == 200


def test_a15_a_token_gives_no_more_than_its_user_may(world: World, ticket: Ticket) -> None:
    client = Caller(make_user(Role.CLIENT))
    before = traces()
    assert client.get(f"/tickets/{ticket.number}/").status_code == 200
    assert error(client.post(f"/tickets/{ticket.number}/close/")) == (403, "denied", [])
    assert error(client.post(f"/tickets/{ticket.number}/assign/", {"assignee": world.agent.pk})) == (403, "denied", [])
    assert traces() == before


@pytest.mark.parametrize("path", ["/tickets/", "/customers/", "/promise/due/", "/schema/", "/tickets/WB-2611-00001/"])
def test_contacts_have_no_api(world: World, path: str) -> None:
    contact = Caller(world.a.user, Scope.READ)
    assert error(contact.get(path)) == (403, "denied", [])
    session = Client()
    session.force_login(world.a.user)
    assert error(session.get(f"/api/v1{path}")) == (403, "denied", [])


def test_a_logged_in_session_reads(world: World) -> None:
    session = Client()
    session.force_login(world.agent)
    assert session.get("/api/v1/tickets/").status_code == 200


def test_a17_a_session_writes_only_with_the_csrf_token(world: World, ticket: Ticket) -> None:
    session = Client(enforce_csrf_checks=True)
    session.force_login(world.agent)
    before = traces()
    path = f"/api/v1/tickets/{ticket.number}/claim/"
    assert error(session.post(path, "{}", content_type="application/json")) == (403, "denied", [])
    assert traces() == before


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a17_only_json_is_read(agent: Caller, ticket: Ticket, content_type: str) -> None:
    before = traces()
    path = f"/api/v1/tickets/{ticket.number}/note/"
    response = agent.client.post(path, b'{"body": "x"}', content_type=content_type, headers=agent.headers)
    assert error(response) == (415, "unsupported_media_type", [])
    assert traces() == before


def test_the_users_language_is_spoken(world: World) -> None:
    english = Caller(world.agent)
    type(world.agent).objects.filter(pk=world.agent.pk).update(language="en")
    assert english.get("/tickets/WB-2611-99999/").json()["message"] == "There is nothing here."


def test_too_many_requests_are_told_when_to_come_back(agent: Caller, monkeypatch: Any) -> None:
    from rest_framework.throttling import UserRateThrottle  # noqa: PLC0415

    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)
    assert [agent.get(LIST).status_code for _ in range(3)] == [200, 200, 429]
    response = agent.get(LIST)
    assert error(response) == (429, "throttled", [])
    assert 1 <= int(response.headers["Retry-After"]) <= 61


def test_wrong_tokens_are_counted_against_the_address(world: World, monkeypatch: Any) -> None:
    from rest_framework.throttling import AnonRateThrottle  # noqa: PLC0415

    monkeypatch.setattr(AnonRateThrottle, "rate", "2/min", raising=False)
    wrong = Caller(world.agent, token="nobody")
    assert [wrong.get(LIST).status_code for _ in range(4)] == [401, 401, 429, 429]
    assert Caller(world.agent).get(LIST).status_code == 200


def test_a7_a_permission_that_fails_denies(agent: Caller, ticket: Ticket, monkeypatch: Any) -> None:
    from core import permissions  # noqa: PLC0415

    def broken(user: Any, obj: Any) -> bool:
        raise RuntimeError("broken")

    before = traces()
    for answer in (broken, lambda user, obj: None, lambda user, obj: 1):
        monkeypatch.setitem(permissions._predicates, "tickets.claim_ticket", answer)
        assert error(agent.post(f"/tickets/{ticket.number}/claim/")) == (403, "denied", [])
    assert traces() == before


def test_c1_no_token_text_is_kept(agent: Caller) -> None:
    assert agent.token not in str(list(ApiToken.objects.values()))
