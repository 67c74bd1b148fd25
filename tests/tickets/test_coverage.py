"""Who pays for a ticket: judged for the day of the fault, by hand with a reason, anew when device or day change."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from contracts.domain import contract as contracts
from contracts.domain import warranty_terms
from contracts.models import PromiseSet
from core.errors import InputError, RuleError, StaleError
from core.models import Audit
from customers.domain import asset as assets
from customers.models import ContactSite
from tests.contracts.test_acceptance import passed
from tests.customers.pages import text_of
from tests.factories import logged_in, make_user
from tests.tickets.desk import Person
from tests.world import World
from tickets.domain import cancellation, coverage, progress, undo
from tickets.domain import ticket as tickets
from tickets.models import Event, Ticket
from tickets.queries.coverage import judgements_of
from tickets.views.coverage import urls_of

pytestmark = pytest.mark.django_db
ENDS = date(2026, 11, 22)


@pytest.fixture
def over(world: World) -> World:
    """The contract of customer A ended yesterday."""
    contracts.terminate(contract=world.a.line.contract, last_day=ENDS, reason="到期", actor=None, now=world.now)
    return world


def told(ticket: Ticket) -> list[tuple[str, bool, str, bool]]:
    """How it was judged: what, by hand, why, taken back."""
    return [
        (
            event.data["facts"]["coverage"],
            bool(event.data.get("set", {}).get("coverage_by_hand")),
            event.data.get("note", ""),
            bool(event.taken_back),  # type: ignore[attr-defined]
        )
        for event in judgements_of(ticket)
    ]


# --- The day ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours_ago", "expected"), [(None, "expired"), (1, "expired"), (20, "contract")])
def test_the_day_of_the_fault_counts_where_it_is_known(over: World, hours_ago: int | None, expected: str) -> None:
    occurred = over.now - timedelta(hours=hours_ago) if hours_ago else None
    assert over.report(occurred_at=occurred).coverage == expected


def test_dating_a_fault_judges_anew_and_taking_it_back_restores(world: World) -> None:
    """QH5 counts from the fault, so that the desk may enter it; on that day nothing was in force."""
    old, mine = world.a.line.contract, {"actor": world.duty_manager}
    contracts.terminate(contract=old, last_day=date(2026, 11, 20), reason="到期", actor=None, now=world.now)
    new = contracts.create(
        customer=world.a.customer,
        number="HT-Q",
        title="平台",
        starts_on=date(2026, 11, 23),
        ends_on=date(2027, 1, 1),
        actor=None,
        now=world.now,
    )
    contracts.add_line(contract=new, promise_set=PromiseSet.objects.get(code="QH5"), actor=None, now=world.now)
    ticket = world.report()
    assert ticket.coverage == "contract"
    when = world.later(hours=-20)
    event = progress.record_progress(ticket=ticket, kind="occurred", at=when, now=world.later(minutes=1), **mine)
    ticket.refresh_from_db()
    assert (ticket.occurred_at, ticket.coverage, coverage.day_of(ticket)) == (when, "expired", ENDS)
    undo.undo(ticket=ticket, event=event, now=world.later(minutes=1, seconds=5), **mine)
    ticket.refresh_from_db()
    assert (ticket.occurred_at, ticket.coverage, coverage.day_of(ticket)) == (None, "contract", date(2026, 11, 23))


# --- By hand ----------------------------------------------------------------------------------------------------------


def test_override_is_an_event_with_reason_and_audit(world: World) -> None:
    ticket = world.report()
    act = {"actor": world.duty_manager, "now": world.later(minutes=3)}
    coverage.override(
        ticket=ticket, code="excluded", reason=" 进水损坏，非设备质量问题 ", version=ticket.version, **act
    )
    assert (ticket.coverage, ticket.coverage_by_hand, ticket.coverage_reason) == (
        "excluded",
        True,
        "进水损坏，非设备质量问题",
    )
    assert told(ticket) == [
        ("excluded", True, "进水损坏，非设备质量问题", False),
        ("contract", False, "", False),
    ]
    line = Audit.objects.get(action="ticket.override_coverage")
    assert (line.actor, line.customer_id) == (world.duty_manager, world.a.customer.pk)
    assert line.changes["coverage"] == ["contract", "excluded"]


def test_what_is_judged_by_hand_counts_for_every_service(world: World) -> None:
    ticket = world.report()
    coverage.override(ticket=ticket, code="excluded", reason="人为损坏", actor=world.manager, now=world.now)
    found = coverage.findings_of(ticket, coverage.entitlement_of(ticket))
    assert {str(one.code) for one in found} == {"excluded"}
    assert all(one.is_paid for one in found)
    coverage.override(ticket=ticket, code="contract", reason="领导同意免费", actor=world.manager, now=world.now)
    found = coverage.findings_of(ticket, coverage.entitlement_of(ticket), "misuse")
    assert {str(one.code) for one in found} == {"contract"}
    assert all(one.price is None for one in found)


def test_override_can_be_taken_back(world: World) -> None:
    ticket = world.report()
    coverage.override(ticket=ticket, code="expired", reason="误判", actor=world.manager, now=world.now)
    event = Event.objects.filter(ticket=ticket, kind="facts_changed").get()
    undo.undo(ticket=ticket, event=event, actor=world.manager, now=world.later(seconds=5))
    assert (ticket.coverage, ticket.coverage_by_hand, ticket.coverage_reason) == ("contract", False, "")
    assert told(ticket)[0] == ("expired", True, "误判", True)


def test_no_clock_is_switched_off(world: World) -> None:
    """Decisions 4: who pays never stops what was promised."""
    ticket = world.report()
    before = list(ticket.clocks.order_by("pk").values_list("target", "state", "due_at"))
    coverage.override(ticket=ticket, code="excluded", reason="人为损坏", actor=world.manager, now=world.now)
    assert list(ticket.clocks.order_by("pk").values_list("target", "state", "due_at")) == before
    assert before


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"reason": "  "}, InputError, "reason"),
        ({"reason": "x" * 501}, InputError, "reason"),
        ({"code": "free"}, InputError, "code"),
        ({"version": 99}, StaleError, ""),
    ],
)
def test_a_refused_override_changes_nothing(world: World, given: Any, error: type[RuleError], field: str) -> None:
    ticket = world.report()
    events, noted = Event.objects.count(), Audit.objects.count()
    with pytest.raises(error) as refusal:
        coverage.override(
            ticket=ticket, **{"code": "expired", "reason": "查无合同", "actor": world.manager, "now": world.now} | given
        )
    assert refusal.value.field == field
    ticket.refresh_from_db()
    assert (ticket.coverage, Event.objects.count(), Audit.objects.count()) == ("contract", events, noted)


def test_a_withdrawn_ticket_is_not_judged(world: World) -> None:
    ticket = world.report()
    cancellation.cancel(ticket=ticket, reason="mistake", note="误建", actor=world.agent, now=world.now)
    for act in (coverage.override, coverage.recheck):
        given = {"code": "expired", "reason": "查无合同"} if act is coverage.override else {}
        with pytest.raises(RuleError):
            act(ticket=ticket, actor=world.manager, now=world.now, **given)


# --- Anew -------------------------------------------------------------------------------------------------------------


def test_another_device_is_judged_anew_and_the_hand_let_go(world: World) -> None:
    ticket = world.report()
    other = assets.create(site=world.a.site, product=world.a.asset.product, serial="N2", actor=None, now=world.now)
    coverage.override(ticket=ticket, code="excluded", reason="人为损坏", actor=world.manager, now=world.now)
    tickets.change(ticket=ticket, changes=tickets.Changes(asset=other), actor=world.agent, now=world.now)
    ticket.refresh_from_db()
    assert (ticket.coverage, ticket.coverage_by_hand, ticket.coverage_reason) == ("contract", False, "")
    assert [row[:2] for row in told(ticket)] == [("contract", False), ("excluded", True), ("contract", False)]


def test_recheck_looks_at_contracts_as_they_stand_now(world: World) -> None:
    ticket = world.report()
    contracts.terminate(contract=world.a.line.contract, last_day=ENDS, reason="补录", actor=None, now=world.now)
    ticket.refresh_from_db()
    assert ticket.coverage == "contract"
    coverage.recheck(ticket=ticket, actor=world.agent, now=world.now)
    assert ticket.coverage == "expired"
    version = ticket.version
    coverage.recheck(ticket=ticket, actor=world.agent, now=world.now)
    assert ticket.version == version


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_the_card_tells_what_is_included_and_what_costs(world: World) -> None:
    warranty_terms.change(
        terms=world.b.line.terms.get(), long_distance_km=200, price_after="cost", actor=None, now=world.now
    )
    ticket = world.report(world.b)
    response = logged_in(world.agent).get(f"/tickets/{ticket.number}/")
    page = text_of(response)
    for words in ("HT-B", "四级故障响应"):
        assert words in page
    told = response.context["page"].verdict["includes"]
    assert [one["included"] for one in told] == [True, True, False]
    assert told[2]["label"] in page


def test_the_dialog_shows_each_cause_and_the_history(world: World) -> None:
    ticket = world.report()
    client = logged_in(world.duty_manager)
    coverage.override(ticket=ticket, code="excluded", reason="人为损坏", actor=world.duty_manager, now=world.now)
    for cause in ("unknown", "material", "misuse", "force_majeure", "third_party", "nonsense"):
        response = client.get(f"/tickets/{ticket.number}/coverage/?cause={cause}")
        assert response.status_code == 200
        assert len(response.context["rows"]) == 8
    page = text_of(response)
    assert "人为损坏" in page
    assert "李主任" in page


def test_the_dialog_leads_to_the_contract_for_those_who_see_it(world: World) -> None:
    ticket = world.report()
    contract = world.a.line.contract
    page = logged_in(world.agent).get(f"/tickets/{ticket.number}/coverage/").content.decode()
    assert page.count(f'href="/contracts/{contract.pk}/"') > 1
    known = coverage.entitlement_of(ticket)
    assert urls_of(known, world.agent) == {contract.number: f"/contracts/{contract.pk}/"}
    assert urls_of(known, world.b.user) == {}


def test_the_dialog_leads_to_the_certificate(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.pdf.render", lambda *args, **given: b"%PDF-1.4 certificate")
    ticket = world.report()
    passed(world, "preliminary", accepted_on=date(2026, 10, 1))
    number = passed(world, "final").number
    assert urls_of(coverage.entitlement_of(ticket), world.agent)[number] == f"/acceptances/{number}/"
    page = logged_in(world.agent).get(f"/tickets/{ticket.number}/coverage/").content.decode()
    assert f'<a href="/acceptances/{number}/">验收证书 {number}</a>' in page


def test_the_dialog_costs_a_bounded_number_of_statements(world: World) -> None:
    ticket = world.report()
    client = logged_in(world.agent)
    client.get(f"/tickets/{ticket.number}/coverage/")
    for _ in range(5):
        coverage.override(ticket=ticket, code="excluded", reason="人为损坏", actor=world.manager, now=world.now)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/tickets/{ticket.number}/coverage/")
    assert len(asked) <= 12
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/tickets/{ticket.number}/")
    assert len(asked) <= 20


def test_the_duty_manager_judges_by_hand(world: World) -> None:
    ticket = world.report()
    person = Person(world.duty_manager, ticket)
    assert person.get("override-coverage/").status_code == 200
    assert person.refused("override-coverage/", code="excluded", reason="")[0] == 422
    changed = person.done("override-coverage/", code="excluded", reason="进水损坏")
    assert (changed.coverage, changed.coverage_by_hand) == ("excluded", True)
    assert "进水损坏" in text_of(person.get())
    assert person.done("recheck-coverage/").coverage == "contract"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.AGENT, False),
        (Role.ENGINEER, False),
        (Role.ADMIN, False),
        (Role.FINANCE, False),
        (Role.DUTY_MANAGER, True),
        (Role.SERVICE_MANAGER, True),
        (Role.MANAGER, True),
        (Role.DIRECTOR, True),
    ],
)
def test_a3_who_may_judge_by_hand(world: World, role: str, may: bool) -> None:
    """A3"""
    user = make_user(role)
    ticket = world.report(assignee=user if role == Role.ENGINEER else None)
    response = Person(user, ticket).post("override-coverage/", code="excluded", reason="进水损坏")
    assert (response.status_code == 302) is may
    assert response.status_code in (302, 403, 404)
    ticket.refresh_from_db()
    assert ticket.coverage_by_hand is may


def test_a_stale_override_shows_both_versions(world: World) -> None:
    ticket = world.report()
    person = Person(world.duty_manager, ticket)
    response = person.post("override-coverage/", version=0, code="excluded", reason="进水损坏")
    assert response.status_code == 409
    ticket.refresh_from_db()
    assert not ticket.coverage_by_hand


# --- New tickets and portal -------------------------------------------------------------------------------------------


def test_s05_judges_by_the_day_of_the_fault(over: World) -> None:
    client = logged_in(over.agent)
    asked = {
        "customer": over.a.customer.pk,
        "asset": over.a.asset.pk,
        "severity": 2,
        "kind": "fault",
        "channel": "phone",
    }
    yesterday = client.get("/tickets/new/preview/", asked | {"occurred_at": "2026-11-22T15:00"})
    today = client.get("/tickets/new/preview/", asked)
    assert (yesterday.context["verdict"]["code"], today.context["verdict"]["code"]) == ("expiring", "expired")
    assert [one["included"] for one in today.context["verdict"]["includes"]] == [True, False]


def test_the_portal_tells_what_is_included(world: World) -> None:
    ContactSite.objects.create(customer=world.a.customer, contact=world.a.contact, site=world.a.site)
    ticket = world.report()
    client = logged_in(world.a.user)
    case = client.get(f"/portal/tickets/{ticket.number}/")
    assert [one["included"] for one in case.context["page"].cost_includes] == [True, True]
    contracts_page = client.get("/portal/contracts/")
    assert contracts_page.status_code == 200
    device = contracts_page.context["devices"][0]
    assert device["asset"] == world.a.asset
    assert [one["included"] for one in device["card"]["includes"]] == [True, True]
    assert contracts_page.context["contracts"][0]["lines"][0]["classes"][0]["name"] == "终端设备保修 12 个月"


def test_instant(world: World) -> None:
    assert coverage.judged_day(datetime.fromisoformat("2026-11-22T16:00:00+00:00"), None) == date(2026, 11, 23)
    assert coverage.judged_day(datetime.fromisoformat("2026-11-22T15:59:59+00:00"), None) == date(2026, 11, 22)
