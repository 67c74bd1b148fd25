"""Contracts over the API, from the draft to the early end, by the rules of the pages."""

from typing import Any

import pytest

from accounts.enums import Scope
from contracts.models import Contract, ContractReview, Supplement
from tests.api.caller import Caller
from tests.contracts.contract_life import Life, make_life
from tests.world import World

pytestmark = pytest.mark.django_db
NEW = {"number": "HT/2027/1", "title": "机房维护", "starts_on": "2026-12-01", "ends_on": "2027-11-30"}


@pytest.fixture
def life(world: World) -> Life:
    return make_life(world)


def said(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.json()


def test_the_whole_life_of_a_contract(life: Life) -> None:
    writer, director = Caller(life.writer), Caller(life.director)
    body = NEW | {"customer": life.world.a.customer.pk, "amount": "128000.00", "service_manager": life.writer.pk}
    made = said(writer.post("/contracts/", body), 201)
    assert (made["state"], made["amount"], made["owner"], made["version"]) == (
        "draft",
        "128000.00",
        life.writer.pk,
        0,
    )
    at = "/contracts/HT/2027/1"
    changed = said(writer.post(f"{at}/change/", {"title": "机房与网络", "version": 0}))
    assert (changed["title"], changed["version"]) == ("机房与网络", 1)
    assert said(writer.post(f"{at}/change/", {"title": "x", "version": 0}), 409)["code"] == "stale"
    line = said(writer.post(f"{at}/add-line/", {"promise_set": "L4", "site": life.world.a.site.pk}))["lines"][0]
    assert (line["promise_set"], line["site"], line["starts_on"]) == ("L4", life.world.a.site.pk, "2026-12-01")
    asked = said(writer.post(f"{at}/submit/", {"departments": [life.sales.pk, life.technology.pk]}))
    assert [review["state"] for review in asked["reviews"]] == ["asked", "asked"]
    agreed = {"department": life.technology.pk, "approves": True, "measures": "配人"}
    assert said(writer.post(f"{at}/review/", agreed), 403)
    said(Caller(life.reviewer).post(f"{at}/review/", agreed))
    assert said(director.post(f"{at}/approve/", {}), 409)["code"] == "reviews"
    said(Caller(life.head).post(f"{at}/review/", {"department": life.sales.pk, "approves": True}))
    assert said(writer.post(f"{at}/approve/", {}), 403)
    assert said(director.post(f"{at}/approve/", {}))["state"] == "approved"
    assert said(writer.post(f"{at}/sign/", {"signed_on": "2026-11-24"}), 400)
    signed = said(writer.post(f"{at}/sign/", {"signed_on": "2026-11-23"}))
    assert (signed["state"], signed["signed_on"]) == ("signed", "2026-11-23")
    said(writer.post(f"{at}/send-copies/", {"departments": [life.technology.pk]}))
    said(Caller(life.reviewer).post(f"{at}/acknowledge/", {"department": life.technology.pk}))
    following = said(
        writer.post(f"{at}/renew/", NEW | {"number": "HT-N", "starts_on": "2027-12-01", "title": "x"}), 400
    )
    assert list(following["fields"]) == ["title"]
    term = {"number": "HT-N", "starts_on": "2027-12-01", "ends_on": "2028-11-30"}
    assert said(writer.post(f"{at}/renew/", term))["renews"] == "HT/2027/1"
    ended = said(director.post(f"{at}/terminate/", {"last_day": "2027-03-31", "reason": "改签"}))
    assert (ended["state"], ended["ends_on"], ended["lines"][0]["ends_on"]) == (
        "terminated",
        "2027-03-31",
        "2027-03-31",
    )


def test_supplements(life: Life) -> None:
    contract = life.signed(number="HT-S")
    writer, director = Caller(life.writer), Caller(life.director)
    body = {
        "contract": "HT-S",
        "effective_on": "2027-06-01",
        "reason": "增加设备",
        "ends_on": "2028-05-31",
        "adds": [{"promise_set": "XC30", "asset": life.world.a.asset.pk}],
    }
    made = said(writer.post("/supplements/", body), 201)
    assert (made["number"], made["state"], made["lines"][0]["promise_set"]) == (1, "draft", "XC30")
    at = f"/supplements/{made['id']}"
    assert said(writer.post(f"{at}/approve/", {}), 403)
    assert said(director.post(f"{at}/approve/", {"version": 1}))["state"] == "approved"
    assert said(writer.post(f"{at}/sign/", {"signed_on": "2026-11-23"}))["state"] == "signed"
    contract.refresh_from_db()
    assert (contract.ends_on.isoformat(), contract.lines.count()) == ("2028-05-31", 2)
    foreign = body | {"adds": [{"promise_set": "L4", "site": life.world.b.site.pk}]}
    assert said(writer.post("/supplements/", foreign), 400)
    assert Supplement.objects.count() == 1


def test_bad_input_and_overlaps_change_nothing(life: Life) -> None:
    writer, customer = Caller(life.writer), life.world.a.customer.pk
    for wrong in (
        {"ends_on": "2026-11-30"},
        {"starts_on": "2027-02-29"},
        {"amount": "-1.00"},
        {"amount": 12.5},
        {"amount": "0.001"},
        {"customer": 10**9},
        {"owner": 10**9},
        {"number": "HT-A"},
        {"liability": {}},
    ):
        assert writer.post("/contracts/", NEW | {"customer": customer} | wrong).status_code == 400, wrong
    assert not Contract.objects.filter(number=NEW["number"]).exists()
    life.signed(number="HT-FIRST")
    second = life.draft(number="HT-SECOND")
    life.line(second)
    refused = said(writer.post("/contracts/HT-SECOND/submit/", {"departments": [life.sales.pk]}), 409)
    assert refused["code"] == "overlap"
    assert "HT-FIRST" in refused["message"]
    assert not ContractReview.objects.filter(contract=second).exists()


def test_who_may_not_does_not(life: Life) -> None:
    life.draft(number="HT-D")
    body = NEW | {"customer": life.world.a.customer.pk}
    assert Caller(life.world.agent).post("/contracts/", body).status_code == 403
    assert Caller(life.writer, Scope.READ).post("/contracts/", body).status_code == 403
    assert Caller(life.world.engineer).get("/contracts/HT-D/").status_code == 404
    assert Caller(life.world.agent).post("/contracts/HT-D/change/", {"title": "x"}).status_code == 403
    assert Contract.objects.get(number="HT-D").title == "机房维护"
