"""Asking who pays; judging a ticket's coverage by hand."""

from typing import Any

import pytest

from accounts.enums import Scope
from tests.api.caller import Caller, error, traces
from tests.world import World
from tickets.models import Ticket

ASK = "/coverage/verdict/"


def asked(world: World, **given: Any) -> dict[str, Any]:
    return {"customer": world.a.customer.pk, "asset": world.a.asset.pk} | given


def test_who_pays_for_what(agent: Caller, world: World) -> None:
    before = traces()
    answer = agent.post(ASK, asked(world, cause="misuse", day="2026-11-23")).json()
    assert {name: answer[name] for name in ("day", "coverage", "contract", "until")} == {
        "day": "2026-11-23",
        "coverage": "contract",
        "contract": "HT-A",
        "until": "2027-12-31",
    }
    services = {one["service"]: (one["coverage"], one["paid"], one["price"]) for one in answer["services"]}
    assert services["labour"] == ("excluded", True, "cost_at_most_bid")
    assert services["phone_advice"] == ("contract", False, None)
    assert len(services) == 8
    assert traces() == before


def test_long_distance_is_that_of_the_site_unless_given(agent: Caller, world: World) -> None:
    body = {"customer": world.b.customer.pk, "asset": world.b.asset.pk}
    for given, expected in (({}, "contract"), ({"distance_km": 1000}, "excluded"), ({"distance_km": 999}, "contract")):
        services = {one["service"]: one for one in agent.post(ASK, body | given).json()["services"]}
        assert services["visit"]["coverage"] == expected


def test_without_a_device(agent: Caller, world: World) -> None:
    answer = agent.post(ASK, {"customer": world.a.customer.pk, "day": "2030-01-01"}).json()
    assert answer["coverage"] == "unknown"
    assert {one["paid"] for one in answer["services"]} == {False}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"customer": 999999}, ["customer"]),
        ({"asset": 999999}, ["asset"]),
        ({"cause": "rust"}, ["cause"]),
        ({"day": "2026-02-30"}, ["day"]),
        ({"day": 20261123}, ["day"]),
        ({"distance_km": -1}, ["distance_km"]),
        ({"colour": "red"}, ["colour"]),
    ],
)
def test_bad_questions(agent: Caller, world: World, given: dict[str, Any], fields: list[str]) -> None:
    status, _code, named = error(agent.post(ASK, asked(world, **given)))
    assert (status, named) == (400, fields)


def test_a1_another_customers_device_is_as_good_as_missing(agent: Caller, world: World) -> None:
    """A1"""
    assert error(agent.post(ASK, asked(world, asset=world.b.asset.pk)))[0] == 400


def test_contacts_do_not_ask(world: World) -> None:
    assert Caller(world.a.user, scope=Scope.READ).post(ASK, asked(world)).status_code == 403


def test_override_and_recheck(duty: Caller, ticket: Ticket) -> None:
    path = f"/tickets/{ticket.number}/"
    body = {"code": "excluded", "reason": "进水损坏", "version": ticket.version}
    answer = duty.post(f"{path}override-coverage/", body).json()
    assert answer["coverage"] == "excluded"
    shown = duty.get(f"{path}coverage/").json()
    assert (shown["coverage"], shown["by_hand"], shown["reason"]) == ("excluded", True, "进水损坏")
    assert [(one["coverage"], one["by_hand"]) for one in shown["history"]] == [("excluded", True), ("contract", False)]
    assert {one["paid"] for one in shown["services"]} == {True}
    assert duty.post(f"{path}recheck-coverage/", {}).json()["coverage"] == "contract"


def test_the_desk_may_not_override(agent: Caller, ticket: Ticket) -> None:
    before = traces()
    response = agent.post(f"/tickets/{ticket.number}/override-coverage/", {"code": "expired", "reason": "过保"})
    assert error(response)[0] == 403
    assert error(agent.post(f"/tickets/{ticket.number}/override-coverage/", {"code": "expired"}))[0] in (400, 403)
    assert traces() == before


def test_a_stale_override_is_told_both_versions(duty: Caller, ticket: Ticket) -> None:
    before = traces()
    body = {"code": "expired", "reason": "过保", "version": 99}
    assert error(duty.post(f"/tickets/{ticket.number}/override-coverage/", body))[:2] == (409, "stale")
    assert traces() == before
