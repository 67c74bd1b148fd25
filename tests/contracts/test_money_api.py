"""Money, obligations and quotas over the API: the rules of the pages, exact decimals, each act once."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from accounts.enums import Role
from contracts.domain import payment as payments
from contracts.models import Contract, Invoice, Obligation, ObligationDone, Payment, Quota, QuotaDraw, Receipt
from tests.api.caller import Caller, error
from tests.factories import make_user
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _calm_throttles() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def finance(world: World) -> Caller:
    return Caller(make_user(Role.FINANCE))


@pytest.fixture
def manager(world: World) -> Caller:
    return Caller(world.manager)


def pay(world: World, amount: str = "1000.00") -> Payment:
    act = {"actor": world.manager, "now": world.now}
    given = {"what": "首付款", "due_on": date(2026, 10, 1), "amount": amount}
    return payments.create(contract=world.a.line.contract, **given, **act)


def test_an_instalment_is_planned_received_and_invoiced(finance: Caller, world: World) -> None:
    body = {"contract": "HT-A", "what": "首付款", "due_on": "2026-10-01", "amount": "1000.10"}
    made = finance.post("/payments/", body, key="p1")
    again = finance.post("/payments/", body, key="p1")
    row = made.json()
    assert (made.status_code, again.json()["id"], Payment.objects.count()) == (201, row["id"], 1)
    assert {name: row[name] for name in ("amount", "received", "open", "age", "number", "contract")} == {
        "amount": "1000.10",
        "received": "0.00",
        "open": "1000.10",
        "age": "days_60",
        "number": 1,
        "contract": "HT-A",
    }
    url = f"/payments/{row['id']}/"
    receipt = finance.post(f"{url}receive/", {"received_on": "2026-11-20", "amount": "0.10"})
    assert (receipt.status_code, receipt.json()["amount"]) == (200, "0.10")
    assert error(finance.post(f"{url}receive/", {"received_on": "2026-11-20", "amount": "1000.01"})) == (
        409,
        "overpaid",
        ["amount"],
    )
    invoice = {"contract": "HT-A", "number": "2651", "issued_on": "2026-11-20", "amount": "5", "payment": row["id"]}
    assert finance.post("/invoices/", invoice).status_code == 201
    assert error(finance.post("/invoices/", invoice)) == (400, "exists", ["number"])
    assert Invoice.objects.count() == 1
    assert finance.get(url).json()["open"] == "1000.00"
    changed = finance.post(f"{url}change/", {"amount": "900", "version": finance.get(url).json()["version"]})
    assert (changed.status_code, changed.json()["amount"]) == (200, "900.00")
    stale = finance.post(f"{url}change/", {"amount": "800", "version": row["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


@pytest.mark.parametrize("amount", [1000, 0.1, True, None, "-1", "0", "1.001", "NaN", "1e99", "", {}])
def test_k1_money_is_text_with_exact_cents(finance: Caller, world: World, amount: Any) -> None:
    body = {"contract": "HT-A", "what": "x", "due_on": "2026-10-01", "amount": amount}
    status, _code, fields = error(finance.post("/payments/", body))
    assert (status, fields, Payment.objects.count()) == (400, ["amount"], 0)


def test_entries_are_taken_back(finance: Caller, world: World) -> None:
    payment = pay(world)
    receipt = finance.post(f"/payments/{payment.pk}/receive/", {"received_on": "2026-11-20", "amount": "10"}).json()
    voided = finance.post(f"/receipts/{receipt['id']}/void/", {"reason": "记错"})
    assert (voided.status_code, voided.json()["voided_why"]) == (200, "记错")
    assert Payment.objects.get(pk=payment.pk).received == 0
    assert error(finance.post(f"/receipts/{receipt['id']}/void/", {"reason": "记错"}))[:2] == (409, "voided")


def test_the_sums_by_age(finance: Caller, world: World) -> None:
    pay(world, "12.34")
    assert [one for one in finance.get("/ageing/").json() if one["count"]] == [
        {"age": "days_60", "amount": "12.34", "count": 1}
    ]
    assert [len(finance.get("/payments/", age=age).json()["results"]) for age in ("days_60", "older")] == [1, 0]


def test_who_reads_money_over_the_api(world: World) -> None:
    payment = pay(world)
    expected = {
        Role.FINANCE: (200, 200),
        Role.SERVICE_MANAGER: (200, 403),
        Role.AGENT: (403, 404),
        Role.CLIENT: (403, 404),
    }
    for role, statuses in expected.items():
        caller = Caller(make_user(role))
        body = {"received_on": "2026-11-20", "amount": "1"}
        found = (
            caller.get("/payments/").status_code,
            caller.post(f"/payments/{payment.pk}/receive/", body).status_code,
        )
        assert found == statuses, role
    assert Receipt.objects.count() == 1


def test_a_use_of_a_quota_counts_once(manager: Caller, world: World) -> None:
    made = manager.post("/quotas/", {"contract": "HT-A", "kind": "training", "granted": "2"})
    url = f"/quotas/{made.json()['id']}/"
    use = {"reference": "sheet:1", "amount": "1.5", "used_on": "2026-11-20", "what": "培训"}
    first, again = manager.post(f"{url}draw/", use), manager.post(f"{url}draw/", use)
    assert (first.status_code, first.json(), QuotaDraw.objects.count()) == (200, again.json(), 1)
    assert manager.get(url).json()["left"] == "0.50"
    more = error(manager.post(f"{url}reserve/", use | {"reference": "sheet:2", "amount": "1"}))
    assert more == (409, "quota_exceeded", ["amount"])
    assert error(manager.post(f"{url}release/", {"reference": "sheet:1"})) == (400, "required", ["reason"])
    assert manager.post(f"{url}release/", {"reference": "sheet:1", "reason": "误登"}).json()["state"] == "released"
    assert Quota.objects.get().used == 0


def test_an_obligation_tells_where_it_stands(manager: Caller, world: World) -> None:
    Obligation.objects.all().delete()
    made = manager.post("/obligations/", {"contract": "HT-A", "kind": "visit", "per": "year", "times": 5})
    url = f"/obligations/{made.json()['id']}/"
    body = {"reference": "sheet:1", "done_on": "2026-11-20", "what": "走访"}
    for _ in range(2):
        assert manager.post(f"{url}done/", body).status_code == 200
    row = manager.get(url).json()
    assert (ObligationDone.objects.count(), row["standing"]) == (
        1,
        {
            "pace": "behind",
            "first": "2026-01-01",
            "last": "2026-12-31",
            "owed": 5,
            "done": 1,
            "due_on": "2026-05-26",
            "missed": 0,
        },
    )
    assert len(manager.get("/obligations/", contract="HT-A").json()["results"]) == 1
    assert error(manager.post("/obligations/", {"contract": "HT-Z", "kind": "visit", "per": "year", "times": 5})) == (
        400,
        "does_not_exist",
        ["contract"],
    )


def test_the_proposed_penalty(finance: Caller, world: World) -> None:
    contract = world.a.line.contract
    Contract.objects.filter(pk=contract.pk).update(liability={"plan": {"per": "breach", "amount": "5"}})
    found = finance.get(f"/penalties/{contract.pk}/", first="2026-11-01", last="2026-11-30").json()
    assert found == {
        "first": "2026-11-01",
        "last": "2026-11-30",
        "missed": [],
        "total": "0.00",
        "cap": None,
        "proposed": "0.00",
    }
    assert error(finance.get(f"/penalties/{contract.pk}/", first="x"))[::2] == (400, ["first"])
    assert finance.get("/penalties/999999999/").status_code == 404
    assert Caller(world.agent).get(f"/penalties/{contract.pk}/").status_code == 403
