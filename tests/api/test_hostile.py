"""D3: every field of every body gets what it does not expect; the answer is always a clear one, never a failure."""

from itertools import product
from typing import Any

import pytest
from rest_framework.throttling import SimpleRateThrottle

from core.api.description import description
from tests.api.caller import Caller, error
from tests.world import World
from tickets.models import Ticket

HOSTILE: list[Any] = [
    None,
    True,
    2**63,
    "a\x00b",
    "\u202e😀" * 300,
    [[{}]],
    "9999-12-31T23:59:59-23:59",
]
VALID: dict[str, Any] = {
    "subject": "x",
    "kind": "fault",
    "severity": 2,
    "body": "x",
    "reason": "waiting_customer",
    "state": "waiting_parts",
    "target": "on_site",
    "due": "2026-11-25T09:00:00+08:00",
    "note": "x",
    "solution": "x",
    "cause": "hardware",
    "other": "WB-2611-00002",
    "event": 2,
    "assignee": None,
    "promise_set": "L4",
    "at": "2026-11-23T10:00:00+08:00",
    "events": [],
    "until": "2026-11-24T10:00:00+08:00",
}


def bodies() -> dict[str, dict[str, Any]]:
    """The JSON body's properties of every POST operation, by path."""
    document = description()
    schemas = document["components"]["schemas"]
    found = {}
    for path, methods in document["paths"].items():
        content = methods.get("post", {}).get("requestBody", {}).get("content", {})
        if "application/json" in content:
            schema = content["application/json"]["schema"]
            named = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
            one = named["oneOf"][0] if "oneOf" in named else named
            body = schemas[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
            found[path.removeprefix("/api/v1")] = body
    return found


TICKETS = "/tickets/", "/promise/"


def hostile(caller: Caller, address: str, good: dict[str, Any], names: list[str], refusals: set[int]) -> None:
    """Each field in turn gets each hostile value; the answer is one of these refusals, if it is one."""
    for name, value in product(names, HOSTILE):
        response = caller.post(address, good | {name: value})
        assert response.status_code < 500, (address, name, value)
        if response.status_code >= 400:
            assert error(response)[0] in refusals, (address, name, value)


def valid(body: dict[str, Any], world: World) -> dict[str, Any]:
    good = {name: VALID[name] for name in body.get("required", []) if name in VALID}
    return good | ({"customer": world.a.customer.pk} if "customer" in body.get("properties", {}) else {})


@pytest.fixture
def unthrottled(monkeypatch: Any) -> None:
    monkeypatch.setattr(SimpleRateThrottle, "allow_request", lambda *given: True)


@pytest.mark.django_db
def test_every_act_is_tried() -> None:
    assert sum(path.startswith(TICKETS) for path in bodies()) == 26
    assert len(bodies()) == 93


@pytest.mark.parametrize("number", range(26))
def test_d3_nothing_fails(duty: Caller, world: World, ticket: Ticket, number: int, unthrottled: None) -> None:
    path, body = sorted(one for one in bodies().items() if one[0].startswith(TICKETS))[number]
    names = [name for name in body["properties"] if name != "version" or number == 0]
    hostile(duty, path.format(number=ticket.number), valid(body, world), names, {400, 403, 409})


@pytest.mark.slow
@pytest.mark.parametrize("who", ["manager", "admin"])
def test_d3_nothing_fails_elsewhere(world: World, who: str, unthrottled: None) -> None:
    """What has no row here answers 404 before it reads the body; everything else reads it."""
    caller, place = Caller(getattr(world, who)), world.a
    rows = {"assets": place.asset, "sites": place.site, "contacts": place.contact, "customers": place.customer}
    read = 0
    for path, body in bodies().items():
        noun = path.split("/")[1]
        keys = {"id": rows[noun].pk if noun in rows else 1, "code": "L4", "number": place.line.contract.number}
        if not path.startswith(TICKETS):
            read += caller.post(path.format(**keys), {}).status_code != 404
            hostile(caller, path.format(**keys), valid(body, world), list(body["properties"]), {400, 403, 404, 409})
    assert read > 35
