"""Customers, sites, assets and contracts: what is shown, and to whom."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from contracts.domain import contract as contracts
from contracts.models import PromiseSet
from core.domain import record
from customers.domain import customer as customers
from customers.domain import site as sites
from tests.api.caller import Caller, error
from tests.factories import make_user
from tests.world import World, make_place
from tickets.domain import assignment
from tickets.models import Ticket

LISTS = ["/customers/", "/sites/", "/assets/", "/contracts/"]


def address(world: World, path: str) -> str:
    one = {"/customers/": world.b.customer.pk, "/sites/": world.b.site.pk, "/assets/": world.b.asset.pk}
    return f"{path}{one.get(path, 'HT-B')}/"


def test_a_customer(agent: Caller, world: World) -> None:
    assert agent.get(f"/customers/{world.a.customer.pk}/").json() == {
        "id": world.a.customer.pk,
        "code": "A",
        "name": "CANARY-A 集团",
        "short_name": "A",
        "industry": "",
        "phone": "",
        "is_key": False,
        "is_active": True,
        "partner": None,
        "version": record.version_of(world.a.customer, customers.FIELDS),
    }


def test_a_site(agent: Caller, world: World) -> None:
    assert agent.get(f"/sites/{world.b.site.pk}/").json() == {
        "id": world.b.site.pk,
        "customer": world.b.customer.pk,
        "name": "B 大厅",
        "address": "B 路 18 号",
        "district": "",
        "locality": "remote",
        "distance_km": 300,
        "is_placed_by_hand": True,
        "latitude": None,
        "longitude": None,
        "service_center": None,
        "version": record.version_of(world.b.site, sites.FIELDS),
    }


def test_an_asset(agent: Caller, world: World) -> None:
    answer = agent.get(f"/assets/{world.a.asset.pk}/").json()
    assert (answer["serial"], answer["site"], answer["accepted_on"]) == ("SN-A", world.a.site.pk, None)
    assert (answer["product"]["code"], answer["product"]["kind"]) == ("KT-300", "hardware")


def test_a_contract_by_its_number(agent: Caller, world: World) -> None:
    answer = agent.get("/contracts/HT-A/").json()
    assert (answer["number"], answer["state"], answer["starts_on"]) == ("HT-A", "active", "2026-01-01")
    assert answer["lines"] == [
        {
            "id": world.a.line.pk,
            "promise_set": "HW12",
            "site": None,
            "asset": None,
            "tell_customer": False,
            "starts_on": "2026-01-01",
            "ends_on": "2027-12-31",
        }
    ]
    assert (answer["amount"], answer["reviews"], answer["round"]) == (None, [], 0)


def test_a_contract_whose_number_has_a_slash(agent: Caller, world: World) -> None:
    contracts.create(
        customer=world.a.customer,
        number="HT/2026/7",
        title="x",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        actor=None,
        now=world.now,
    )
    assert agent.get("/contracts/HT/2026/7/").json()["number"] == "HT/2026/7"
    assert error(agent.get("/contracts/HT%00/")) == (404, "not_found", [])


@pytest.mark.parametrize("path", LISTS)
def test_lists_of_all_customers_for_the_desk(agent: Caller, path: str) -> None:
    assert len(agent.get(path).json()["results"]) == 2


@pytest.mark.parametrize("path", LISTS)
def test_a1_engineers_see_customers_of_own_tickets_only(world: World, ticket: Ticket, path: str) -> None:
    engineer = Caller(world.engineer)
    assert engineer.get(path).json()["results"] == []
    assert error(engineer.get(address(world, path))) == (404, "not_found", [])
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    body = engineer.get(path).content.decode()
    assert len(engineer.get(path).json()["results"]) == 1
    assert "CANARY-B" not in body
    assert error(engineer.get(address(world, path))) == (404, "not_found", [])


@pytest.mark.parametrize("path", LISTS)
def test_what_is_read_only_is_not_written(agent: Caller, world: World, path: str) -> None:
    """A row's own address only shows it: what is done to it has addresses of its own."""
    assert error(agent.post(address(world, path), {"name": "x"})) == (405, "method_not_allowed", [])


def test_filters(agent: Caller, world: World) -> None:
    found = {
        "/customers/": {"q": "CANARY-B"},
        "/sites/": {"locality": "remote"},
        "/assets/": {"serial": "sn-b"},
        "/contracts/": {"customer": world.b.customer.pk},
    }
    for path, query in found.items():
        assert [row["id"] for row in agent.get(path, **query).json()["results"]] == [
            agent.get(address(world, path)).json()["id"]
        ]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("name", ["ordering", "q__contains", "user", "limit", "offset"])
def test_a11_unknown_parameters(agent: Caller, path: str, name: str) -> None:
    code = "choice" if name == "ordering" else "unknown_parameter"
    assert error(agent.get(path, **{name: "customer__contacts__user__password"})) == (400, code, [name])


@pytest.mark.parametrize("path", LISTS)
def test_as_many_queries_for_20_rows_as_for_2(agent: Caller, world: World, path: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            agent.get(path)
        return len(asked)

    queries()
    few = queries()
    for number in range(18):
        place = make_place(f"P{number}", "HW12", world.now)
        contracts.add_line(
            contract=place.line.contract,
            promise_set=PromiseSet.objects.get(code="L4"),
            site=place.site,
            actor=None,
            now=world.now,
        )
    assert len(agent.get(path).json()["results"]) == 20
    assert queries() == few


def test_c8_no_answer_names_a_credential(world: World, ticket: Ticket) -> None:
    """No field of any answer is called like a secret, for any role."""

    def names(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {name for inner in value.values() for name in names(inner)}
        return {name for inner in value for name in names(inner)} if isinstance(value, list) else set()

    found: set[str] = set()
    for role in (Role.ADMIN, Role.AGENT, Role.CLIENT):
        caller = Caller(make_user(role))
        for path in [*LISTS, "/tickets/", f"/tickets/{ticket.number}/", f"/tickets/{ticket.number}/events/"]:
            found |= names(caller.get(path).json())
    assert "customer" in found
    found.discard("is_key")  # a key customer is none
    assert not [name for name in found for word in ("pass", "token", "secret", "key", "hash") if word in name]
