"""By REST alone, from an empty database: product, customer, site, device, a set of our own, the contract's whole life,
the acceptance, and a ticket whose verdict and clocks follow from them.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from accounts.domain.team import create_team
from accounts.enums import Role
from contracts.domain.contract_day import turn
from core import clock
from core.domain import outbox
from core.models import Notification
from tests.api.caller import Caller
from tests.factories import make_user

FROZEN = datetime.fromisoformat("2026-11-23T10:00+08:00")
SIGNED, START, END = date(2026, 11, 23), date(2026, 11, 24), date(2027, 11, 23)
REPORTED = datetime.fromisoformat("2026-11-25T10:00+08:00")

HANDS_ON = ("remote", "visit", "labour", "parts", "loaner")  # what the device's own cover leaves out after misuse

pytestmark = pytest.mark.django_db


def made(response: HttpResponse) -> Any:
    assert response.status_code in (200, 201), response.content.decode()
    return response.json()


class Firm:
    """Its people, each with a token; nothing else is there."""

    def __init__(self) -> None:
        head = make_user(Role.REVIEWER, name="技术部长")
        self.department = create_team(name="技术组", department="技术部", head=head, now=FROZEN).department
        self.head = Caller(head)
        self.admin = Caller(make_user(Role.ADMIN))
        self.keeper_user = make_user(Role.SERVICE_MANAGER, name="林经理")
        self.keeper = Caller(self.keeper_user)
        self.director = Caller(make_user(Role.DIRECTOR))
        self.agent = Caller(make_user(Role.AGENT))

    def own_set(self) -> None:
        """HW12 with somebody on site within four hours instead of twelve."""
        draft = made(self.admin.post("/promise-drafts/", {"code": "FOUR-H", "copy_of": "HW12"}))
        document = draft["document"] | {"name": "四小时到场"}
        for row in document["rows"]:
            if row["target"] == "on_site":
                row["budget"] = "4h"
        path, body = "/promise-drafts/FOUR-H", {"document": document, "version": draft["version"]}
        saved = made(self.admin.post(f"{path}/save/", body))
        made(self.admin.post(f"{path}/publish/", {"version": saved["version"]}))

    def device(self) -> dict[str, int]:
        product = made(self.keeper.post("/products/", {"code": "KT300", "name": "窗口终端", "kind": "hardware"}))
        customer = made(self.agent.post("/customers/", {"code": "SHYY", "name": "市一医院"}))
        point = {"latitude": "29.868", "longitude": "121.544"}
        made(self.admin.post("/service-centers/", {"code": "NB", "name": "宁波网点", "city": "宁波"} | point))
        place = {"address": "人民路 1 号", "district": "海曙区", "latitude": "29.9", "longitude": "121.6"}
        site = made(self.agent.post("/sites/", {"customer": customer["id"], "name": "门诊楼"} | place))
        asset = made(
            self.agent.post("/assets/", {"site": site["id"], "product": product["id"], "serial": "KT300-0001"})
        )
        return {"customer": customer["id"], "site": site["id"], "asset": asset["id"]}

    def contract(self, keys: dict[str, int]) -> None:
        body = {"customer": keys["customer"], "number": "HT-1", "title": "终端维保", "amount": "128000.00"}
        term = {"starts_on": START.isoformat(), "ends_on": END.isoformat()}
        made(self.keeper.post("/contracts/", body | term | {"owner": self.keeper_user.pk}))
        made(self.keeper.post("/contracts/HT-1/add-line/", {"promise_set": "FOUR-H", "site": keys["site"]}))
        made(self.keeper.post("/contracts/HT-1/submit/", {"departments": [self.department.pk]}))
        assert self.director.post("/contracts/HT-1/approve/").status_code == 409  # nobody has agreed yet
        body = {"department": self.department.pk, "approves": True, "opinion": "同意"}
        made(self.head.post("/contracts/HT-1/review/", body))
        assert self.keeper.post("/contracts/HT-1/approve/").status_code == 403
        made(self.director.post("/contracts/HT-1/approve/"))
        signed = made(self.keeper.post("/contracts/HT-1/sign/", {"signed_on": SIGNED.isoformat()}))
        assert signed["state"] == "signed"

    def accept(self, keys: dict[str, int]) -> None:
        body = {"contract": "HT-1", "accepted_on": START.isoformat(), "assets": [keys["asset"]]}
        people = {"signatories_theirs": "周敏 信息科科长", "signatories_ours": "王工 项目经理"}
        for stage in ("preliminary", "trial", "final"):
            drafted = made(self.keeper.post("/acceptances/", body | people | {"stage": stage}))
            made(self.keeper.post(f"/acceptances/{drafted['number']}/sign/", {"version": drafted["version"]}))


@pytest.fixture
def firm(presets: None) -> Firm:
    with clock.frozen(FROZEN):
        return Firm()


def test_from_a_product_to_a_ticket_whose_promises_follow_from_the_contract(firm: Firm) -> None:
    with clock.frozen(FROZEN):
        firm.own_set()
        keys = firm.device()
        firm.contract(keys)
    with clock.frozen(FROZEN + timedelta(days=1)):
        turn(START, clock.now())
        assert made(firm.keeper.get("/contracts/HT-1/"))["state"] == "active"
        firm.accept(keys)
    with clock.frozen(REPORTED):
        body = keys | {"subject": "终端无法开机", "kind": "fault", "severity": 2}
        ticket = made(firm.agent.post("/tickets/", body))
        clocks = made(firm.agent.get(f"/tickets/{ticket['number']}/clocks/"))
        verdict = made(firm.agent.post("/coverage/verdict/", keys | {"cause": "material"}))
        misused = made(firm.agent.post("/coverage/verdict/", keys | {"cause": "misuse"}))
    due = {one["target"]: datetime.fromisoformat(one["due_at"]) - REPORTED for one in clocks["clocks"]}
    assert (due["on_site"], due["resolution"], due["plan"]) == (
        timedelta(hours=4),
        timedelta(hours=24),
        timedelta(hours=1),
    )
    assert (verdict["coverage"], verdict["contract"], verdict["until"]) == ("warranty", "HT-1", "2027-11-24")
    assert {one["service"] for one in misused["services"] if one["paid"]} == set(HANDS_ON)
    assert (ticket["coverage"], {one["promise_set"] for one in ticket["clocks"]}) == ("warranty", {"FOUR-H"})


def test_thirty_days_before_its_end_the_owner_has_been_reminded(firm: Firm) -> None:
    with clock.frozen(FROZEN):
        firm.own_set()
        firm.contract(firm.device())
    for days in (90, 60, 30):
        day = END - timedelta(days=days)
        turn(day, FROZEN + timedelta(days=(day - SIGNED).days))
        outbox.drain(FROZEN + timedelta(days=(day - SIGNED).days))
    told = Notification.objects.filter(user=firm.keeper_user, kind__startswith="contract.").order_by("created_at")
    assert [one.created_at.date() for one in told] == [END - timedelta(days=days) for days in (90, 60, 30)]
