"""D3: every field of every body gets what it does not expect; the answer is always a clear one, never a failure."""

from typing import Any

import pytest

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


@pytest.mark.django_db
def test_every_act_is_tried() -> None:
    assert len(bodies()) == 24


@pytest.mark.parametrize("number", range(23))
def test_d3_nothing_fails(duty: Caller, world: World, ticket: Ticket, number: int, monkeypatch: Any) -> None:
    from rest_framework.throttling import UserRateThrottle  # noqa: PLC0415

    monkeypatch.setattr(UserRateThrottle, "rate", None, raising=False)
    path, body = sorted(bodies().items())[number]
    address = path.format(number=ticket.number)
    good = {name: VALID[name] for name in body.get("required", []) if name in VALID}
    if "customer" in body.get("properties", {}):
        good["customer"] = world.a.customer.pk
    tried = 0
    for name in [name for name in body["properties"] if name != "version" or number == 0]:
        for value in HOSTILE:
            response = duty.post(address, good | {name: value})
            tried += 1
            assert response.status_code < 500, (name, value)
            if response.status_code >= 400:
                assert error(response)[0] in (400, 403, 409), (name, value)
    assert tried % len(HOSTILE) == 0
