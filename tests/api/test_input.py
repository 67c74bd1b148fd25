"""D3, B11: bodies that are none. Nothing gives a 500, nothing is changed."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.api.caller import Caller, error, traces
from tests.world import World
from tickets.models import Ticket

GOOD = {"customer": 1, "subject": "x", "kind": "fault", "severity": 2}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"subject": NaN}',
        b'{"subject": Infinity}',
        b'{"subject": -Infinity}',
        b'{"customer": 1, "customer": 2}',
        b'{"customer": ' + b"1" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"subject": "\\ud800"}',
        b'{"\\udfff": 1}',
        b"\xef\xbb\xbf{}",
        b"{'a': 1}",
    ],
)
def test_d3_bodies_that_are_no_json(agent: Caller, body: bytes) -> None:
    before = traces()
    assert error(agent.post("/tickets/", body)) == (400, "parse_error", [])
    assert traces() == before


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"7", b"true", b"null"])
def test_d3_bodies_that_are_no_object(agent: Caller, body: bytes) -> None:
    before = traces()
    status, code, _fields = error(agent.post("/tickets/", body))
    assert status == 400, code
    assert traces() == before


def test_b10_a_body_beyond_four_megabytes(agent: Caller) -> None:
    body = json.dumps(GOOD | {"description": "x" * 5_000_000}).encode()
    assert error(agent.post("/tickets/", body)) == (413, "too_large", [])


def test_a_megabyte_of_text_is_refused_at_its_field(agent: Caller, world: World) -> None:
    body = GOOD | {"customer": world.a.customer.pk, "description": "x" * 1_000_000}
    assert error(agent.post("/tickets/", body)) == (400, "max_length", ["description"])


def test_an_unknown_field_is_named_in_writable_characters(agent: Caller, world: World) -> None:
    assert error(agent.post("/tickets/", GOOD | {"\x00\u202e" + "é" * 100: 1}))[:2] == (400, "unknown_field")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["/tickets/", "/tickets/{number}/", "/customers/", "/promise/due/"])
def test_405_in_the_one_shape(agent: Caller, ticket: Ticket, method: str, path: str) -> None:
    before = traces()
    address = "/api/v1" + path.format(number=ticket.number)
    response = getattr(agent.client, method)(address, b"{}", content_type="application/json", headers=agent.headers)
    assert error(response) == (405, "method_not_allowed", [])
    assert response.headers["Allow"]
    assert traces() == before


def test_404_of_an_address_that_is_none(agent: Caller) -> None:
    for path in ("/nothing/", "/tickets/WB-2611-00001/nothing/", "/sites/x/", "/sites/9999999999999999999999/"):
        assert error(agent.get(path)) == (404, "not_found", [])


def test_d8_a_failure_is_answered_in_the_one_shape(agent: Caller, ticket: Ticket, monkeypatch: Any) -> None:
    def broken(*_args: Any, **_named: Any) -> None:
        raise RuntimeError("secret cause")

    before = traces()
    monkeypatch.setattr("tickets.domain.assignment.give", broken)
    response = agent.post(f"/tickets/{ticket.number}/claim/")
    assert error(response) == (500, "error", [])
    assert b"secret" not in response.content
    assert traces() == before


def test_accept_is_answered_with_json_whatever_it_says(agent: Caller) -> None:
    response = agent.client.get("/api/v1/tickets/", headers=agent.headers | {"Accept": "text/html"})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


def test_answers_are_not_kept(agent: Caller) -> None:
    response = agent.get("/tickets/")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "object-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_stranger_learns_nothing_from_a_body(world: World) -> None:
    response = Client().post("/api/v1/tickets/", b"{", content_type="application/json")
    assert error(response) == (401, "not_authenticated", [])
