"""The pages of money, the liability clause and the proposed penalty; who may what; figures equal plain SQL."""

from csv import reader
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from openpyxl import load_workbook

from accounts.enums import Role
from contracts.domain import contract as contracts
from contracts.domain import payment as payments
from contracts.domain import receipt as receipts
from contracts.domain.liability import Rate, read_liability
from contracts.enums import PenaltyPer
from contracts.models import Contract, Invoice, Payment, Receipt
from core.errors import InputError
from reports.queries.penalty import penalty
from tests.customers.pages import HOSTILE, errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.domain import sweep
from tickets.domain.resolution import resolve

D = Decimal
URL = "/receivables/"


@pytest.fixture
def finance(world: World) -> Client:
    return logged_in(make_user(Role.FINANCE))


def pay(world: World, amount: str = "1000", due_on: date = date(2026, 10, 1), what: str = "首付款") -> Payment:
    act = {"actor": world.manager, "now": world.now}
    return payments.create(contract=world.a.line.contract, what=what, due_on=due_on, amount=amount, **act)


def money_of(world: World) -> str:
    return f"{URL}contracts/{world.a.line.contract_id}/"


def test_finance_plans_invoices_and_receives_on_the_pages(world: World, finance: Client) -> None:
    url = money_of(world)
    Contract.objects.filter(pk=world.a.line.contract_id).update(amount=D("100.00"))
    form = finance.get(f"{url}schedule/")
    assert 'value="100.00"' in form.content.decode()
    plan = {"what": "服务费", "amount": "￥100.00", "count": "3", "first_due": "2026-09-30", "every_months": "1"}
    assert finance.post(f"{url}schedule/", plan).headers["Location"] == url
    first = Payment.objects.order_by("number")[0]
    invoice = {"number": "26512000001", "issued_on": "2026-11-20", "amount": "33.34", "payment": str(first.pk)}
    assert finance.post(f"{url}invoices/new/", invoice).status_code == 302
    assert (
        finance.post(f"{URL}{first.pk}/receipts/new/", {"received_on": "2026-11-21", "amount": "33.34"}).status_code
        == 302
    )
    page = text_of(finance.get(url))
    assert Payment.objects.get(pk=first.pk).received == D("33.34")
    assert ("¥33.34" in page, "26512000001" in page, "¥66.66" in page) == (True, True, False)
    too_much = finance.post(f"{URL}{first.pk}/receipts/new/", {"received_on": "2026-11-21", "amount": "1"})
    assert (too_much.status_code, list(errors_of(too_much))) == (409, ["amount"])


def test_a_receipt_sent_twice_is_one(world: World, finance: Client) -> None:
    payment = pay(world)
    given = {"received_on": "2026-11-21", "amount": "10", "idempotency_key": "k"}
    statuses = [finance.post(f"{URL}{payment.pk}/receipts/new/", given).status_code for _ in range(2)]
    assert (statuses, Receipt.objects.count()) == ([302, 302], 1)


@pytest.mark.parametrize("amount", ["-1", "0", "1.001", "1e9999", "NaN", "十万", "9" * 24, ""])
def test_k1_absurd_money_is_refused_at_its_field(world: World, finance: Client, amount: str) -> None:
    response = finance.post(f"{money_of(world)}new/", {"what": "x", "due_on": "2026-12-01", "amount": amount})
    assert (response.status_code, list(errors_of(response)), Payment.objects.count()) == (422, ["amount"], 0)


def test_an_instalment_is_changed_and_a_stale_form_is_not(world: World, finance: Client) -> None:
    payment = pay(world)
    url = f"{URL}{payment.pk}/change/"
    given = {"what": "首付款", "due_on": "2026-10-01", "amount": "1,200.00", "version": version_in(finance.get(url))}
    assert finance.post(url, given).status_code == 302
    stale = finance.post(url, given | {"amount": "5"})
    payment.refresh_from_db()
    assert (stale.status_code, str(payment.amount)) == (409, "1200.00")


def test_mistakes_are_taken_back_on_the_pages(world: World, finance: Client) -> None:
    payment = pay(world)
    receipt = receipts.receive(
        payment=payment, received_on=date(2026, 11, 1), amount="10", actor=world.manager, now=world.now
    )
    without = finance.post(f"{URL}receipts/{receipt.pk}/void/", {"reason": ""})
    assert (without.status_code, list(errors_of(without))) == (422, ["reason"])
    assert finance.post(f"{URL}receipts/{receipt.pk}/void/", {"reason": "记错"}).status_code == 302
    payment.refresh_from_db()
    assert payment.received == 0
    assert finance.post(f"{URL}{pay(world).pk}/remove/", {}).status_code == 302
    assert list(Payment.objects.all()) == [payment]


def test_who_may_what_with_money(world: World) -> None:
    payment = pay(world)
    paths = (money_of(world), URL, f"{URL}{payment.pk}/change/", f"{money_of(world)}liability/")
    expected = {
        Role.FINANCE: (200, 200, 200, 200),
        Role.MANAGER: (200, 200, 200, 200),
        Role.DIRECTOR: (200, 200, 200, 200),
        Role.SERVICE_MANAGER: (200, 200, 403, 403),
        Role.AGENT: (403, 403, 403, 403),
        Role.ADMIN: (403, 403, 403, 403),
        Role.ENGINEER: (403, 403, 403, 403),
        Role.CONTACT_ADMIN: (403, 403, 403, 403),
    }
    for role, statuses in expected.items():
        client = logged_in(make_user(role))
        assert tuple(client.get(path).status_code for path in paths) == statuses, role
    missing = logged_in(make_user(Role.FINANCE)).get(f"{URL}contracts/999999999/")
    assert missing.status_code == 404


def test_the_contract_shows_money_only_to_who_reads_it(world: World) -> None:
    pay(world)
    url = f"/contracts/{world.a.line.contract_id}/"
    seen = {role: "¥1,000.00" in text_of(logged_in(make_user(role)).get(url)) for role in (Role.FINANCE, Role.AGENT)}
    assert seen == {Role.FINANCE: True, Role.AGENT: False}


def test_the_money_page_costs_the_same_for_many(world: World, finance: Client) -> None:
    for _ in range(5):
        pay(world)
    _, few = statements(finance, money_of(world))
    for _ in range(45):
        pay(world)
    _, many = statements(finance, money_of(world))
    assert (few, many <= 20) == (many, True)
    _, listed = statements(finance, URL)
    _, grouped = statements(finance, f"{URL}?by=customer")
    assert (listed <= 12, grouped <= 12) == (True, True)


def test_the_ageing_list_is_narrowed_and_exported_as_it_is_shown(world: World, finance: Client) -> None:
    pay(world, "100.10", date(2026, 11, 1), "=1+1")
    pay(world, "200.20", date(2026, 6, 1))
    pay(world, "300.30", date(2026, 12, 1))
    page = finance.get(f"{URL}?age=older")
    assert [row.payment.amount for row in page.context["rows"]] == [D("200.20")]
    assert [str(one["amount"]) for one in page.context["ages"]] == ["300.30", "100.10", "0.00", "0.00", "200.20"]
    assert finance.get(f"{URL}?q=CANARY-B").context["rows"] == []
    body = b"".join(finance.get(f"{URL}export/?age=days_30")).decode("utf-8-sig")  # type: ignore[arg-type]
    lines = list(reader(body.splitlines()))
    assert [line[3] for line in lines[1:]] == ["'=1+1"]
    assert lines[1][7:10] == ["100.10", "0.00", "100.10"]
    whole = b"".join(finance.get(f"{URL}export/?format=xlsx"))  # type: ignore[arg-type]
    sheet = load_workbook(BytesIO(whole)).active
    assert sheet is not None
    assert [row[9].value for row in list(sheet.rows)[1:]] == [200.2, 100.1, 300.3]


def test_b3_hostile_words_stand_as_they_are(world: World, finance: Client) -> None:
    pay(world, what=HOSTILE)
    for url in (money_of(world), URL, f"/contracts/{world.a.line.contract_id}/"):
        body = finance.get(url).content.decode()
        assert ("<img src=x" in body, "&lt;img src=x" in body) == (False, True), url


def test_the_steps_of_asking_stand_beside_the_instalment(
    world: World, finance: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contracts.domain.dunning.draw_letter", lambda payment, now: b"%PDF-1.7\n%%EOF\n")
    payment = pay(world)
    assert finance.post(f"{URL}{payment.pk}/dunning/call/", {"note": "x"}).status_code == 409
    assert finance.post(f"{URL}{payment.pk}/dunning/letter/", {}).status_code == 302
    assert finance.post(f"{URL}{payment.pk}/dunning/letter/", {}).status_code == 409
    empty = finance.post(f"{URL}{payment.pk}/dunning/call/", {"note": ""})
    assert (empty.status_code, list(errors_of(empty))) == (422, ["note"])
    assert finance.post(f"{URL}{payment.pk}/dunning/call/", {"note": "答应下周付款"}).status_code == 302
    assert finance.post(f"{URL}{payment.pk}/dunning/flogging/", {}).status_code == 404
    page = finance.get(money_of(world))
    assert ("答应下周付款" in text_of(page), "/attachments/" in page.content.decode()) == (True, True)


# --- Liability --------------------------------------------------------------------------------------------------------

CLAUSE = {
    "first_contact": {"per": "breach", "amount": "50.00"},
    "plan": {"per": "hour", "percent": "0.10"},
    "cap_percent": "5.00",
}


@pytest.mark.parametrize(
    "clause",
    [
        {"cake": {"per": "breach", "amount": "5"}},
        {"plan": {"per": "minute", "amount": "5"}},
        {"plan": {"per": "hour"}},
        {"plan": {"per": "hour", "amount": "5", "percent": "1"}},
        {"plan": {"per": "hour", "amount": "-5"}},
        {"plan": {"per": "hour", "percent": "101"}},
        {"plan": {"per": "hour", "amount": "0.001"}},
        {"plan": "5"},
        {"cap_percent": "0.001"},
        {"cap_percent": "many"},
        [],
        "x",
    ],
)
def test_clauses_that_make_no_sense_are_refused(clause: Any) -> None:
    with pytest.raises(InputError):
        read_liability(clause)


@pytest.mark.parametrize(
    ("rate", "late", "expected"),
    [
        (Rate(PenaltyPer.BREACH, amount=D("500.00")), timedelta(days=9), "500.00"),
        (Rate(PenaltyPer.HOUR, amount=D("200.00")), timedelta(seconds=1), "200.00"),
        (Rate(PenaltyPer.HOUR, amount=D("200.00")), timedelta(hours=1), "200.00"),
        (Rate(PenaltyPer.HOUR, amount=D("200.00")), timedelta(hours=1, seconds=1), "400.00"),
        (Rate(PenaltyPer.DAY, percent=D("0.05")), timedelta(days=2, microseconds=1), "50.01"),
    ],
)
def test_what_being_late_costs(rate: Rate, late: timedelta, expected: str) -> None:
    assert str(rate.of(D("33340.00"), late)) == expected


def test_the_clause_is_written_on_its_page(world: World, finance: Client) -> None:
    url = f"{money_of(world)}liability/"
    version = version_in(finance.get(url))
    given = {
        "version": version,
        "plan-value": "0.1",
        "plan-unit": "percent",
        "plan-per": "hour",
        "first_contact-value": "50",
        "first_contact-unit": "amount",
        "first_contact-per": "breach",
        "cap_percent": "5",
    }
    assert finance.post(url, given).status_code == 302
    stored = Contract.objects.get(pk=world.a.line.contract_id).liability
    assert read_liability(stored) == read_liability(CLAUSE)
    assert 'value="0.1"' in finance.get(url).content.decode()
    wrong = finance.post(url, given | {"cap_percent": "120", "version": version_in(finance.get(url))})
    assert wrong.status_code == 422
    assert finance.post(url, given).status_code == 409


SQL = """
select sum(case when k.breach_reason in ('customer', 'late_entry') then 0
  when k.target = 'first_contact' then 50.00
  else ceil(extract(epoch from coalesce(k.met_at, %(now)s) - k.due_at) / 3600) * round(c.amount * 0.1 / 100, 2) end),
  count(*)
from tickets_clock k join tickets_ticket t on t.id = k.ticket_id join contracts_contractline l on l.id = t.line_id
join contracts_contract c on c.id = l.contract_id join contracts_promiseversion v on v.id = k.promise_version_id
join contracts_promiseset s on s.id = v.promise_set_id
where c.id = %(contract)s and s.scope = 'contract' and k.target in ('first_contact', 'plan')
  and k.state in ('breached', 'met_late') and k.due_at < %(now)s
  and (k.due_at at time zone 'Asia/Shanghai')::date between '2026-11-01' and '2026-11-30'
"""


def test_the_proposed_penalty_equals_plain_sql(world: World) -> None:
    contract = world.a.line.contract
    act = {"actor": world.manager, "now": world.now}
    contracts.change(contract=contract, amount=D("50000.00"), liability=CLAUSE, **act)
    reasons = ("workload", "customer", "late_entry", "parts")
    for minutes, reason in zip((20, 90, 150, 400), reasons, strict=True):
        ticket = world.report()
        sweep.sweep(world.later(minutes=minutes))
        missed = {"first_contact": reason, **({"plan": reason} if minutes > 60 else {})}
        missed |= {"remote": reason} if minutes > 60 else {}
        resolve(
            ticket=ticket,
            solution="已修",
            cause="hardware",
            breach_reasons=missed,
            actor=world.agent,
            now=world.later(minutes=minutes),
        )
    world.report()
    now = world.later(hours=9)
    sweep.sweep(now)
    contract.refresh_from_db()
    found = penalty(contract, date(2026, 11, 1), date(2026, 11, 30), now)
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"contract": contract.pk, "now": now})
        total, count = cursor.fetchone()
    assert (found.total, len(found.missed)) == (total, count)
    assert (count >= 6, total > 0, any(one.is_free for one in found.missed)) == (True, True, True)
    assert (found.cap, found.proposed) == (D("2500.00"), min(total, D("2500.00")))
    assert penalty(contract, date(2026, 10, 1), date(2026, 10, 31), now).missed == []
    assert penalty(world.b.line.contract, date(2026, 11, 1), date(2026, 11, 30), now).total == 0


def test_the_penalty_page(world: World, finance: Client) -> None:
    contract = world.a.line.contract
    contracts.change(contract=contract, amount=D("50000.00"), liability=CLAUSE, actor=world.manager, now=world.now)
    ticket = world.report(now=world.now - timedelta(hours=3))
    sweep.sweep(world.now)
    url = f"/reports/penalties/{contract.pk}/"
    page = text_of(finance.get(url))
    assert (ticket.number in page, "¥50.00" in page, "¥100.00" in page) == (True, True, True)
    assert f"/tickets/{ticket.number}/" not in finance.get(url).content.decode()
    assert f"/tickets/{ticket.number}/" in logged_in(world.manager).get(url).content.decode()
    assert finance.get(f"{url}?first=2026-12-01&last=2026-11-01").status_code == 422
    body = b"".join(finance.get(f"{url}?format=csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    assert [line[0] for line in reader(body.splitlines())][1:] == [ticket.number] * (len(body.splitlines()) - 1)
    assert logged_in(world.agent).get(url).status_code == 403


def test_no_invoice_is_left_behind_by_a_refusal(world: World, finance: Client) -> None:
    payment = pay(world, "10")
    given = {"number": "1", "issued_on": "2026-11-20", "amount": "11", "payment": str(payment.pk)}
    response = finance.post(f"{money_of(world)}invoices/new/", given)
    assert (response.status_code, Invoice.objects.count()) == (409, 0)
