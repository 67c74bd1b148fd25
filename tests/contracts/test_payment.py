"""Money of contracts: schedule, receipts, invoices, dunning, ageing; exact cents, each act once (K1)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.enums import Role
from contracts.domain import dunning, payment_reminder
from contracts.domain import invoice as invoices
from contracts.domain import payment as payments
from contracts.domain import receipt as receipts
from contracts.domain.amount import cents, units
from contracts.enums import Age
from contracts.models import Contract, DunningStep, Invoice, Payment, Receipt
from contracts.queries.payment import ageing, by_age, by_customer
from core.errors import InputError, RuleError
from core.models import Attachment, Audit, Notification
from core.queries.attachment import attachment_for, open_file
from tests.factories import make_user
from tests.races.conftest import shared_world  # noqa: F401
from tests.races.together import codes, together
from tests.world import World

D = Decimal


def act(world: World, now: datetime | None = None) -> dict[str, Any]:
    return {"actor": world.manager, "now": now or world.now}


def pay(world: World, amount: Any = "1000", due_on: date = date(2026, 10, 1), **given: Any) -> Payment:
    contract = given.pop("contract", world.a.line.contract)
    facts = {"what": "首付款", "due_on": due_on, "amount": amount}
    return payments.create(contract=contract, **facts | given, **act(world))


def receive(world: World, payment: Payment, amount: Any, day: date = date(2026, 11, 1), **given: Any) -> Receipt:
    fresh = Payment.objects.get(pk=payment.pk)
    return receipts.receive(payment=fresh, received_on=day, amount=amount, **given, **act(world))


def refused(code: str, act_: Any, **given: Any) -> RuleError:
    """The refusal, after which the tables are as before."""
    models = (Payment, Receipt, Invoice, DunningStep, Audit, Attachment)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    with pytest.raises(RuleError) as refusal:
        act_(**given)
    assert refusal.value.code == code
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    return refusal.value


# --- Amounts and instalments (pure) -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0", "too_small"),
        ("-1", "too_small"),
        ("0.001", "inexact"),
        ("10.005", "inexact"),
        ("10000000000", "too_large"),
        ("NaN", "invalid"),
        ("Infinity", "invalid"),
        ("-Infinity", "invalid"),
        ("1e400", "invalid"),
        ("money", "invalid"),
        ("", "invalid"),
        (None, "invalid"),
    ],
)
def test_k1_negative_and_absurd_money_is_refused(value: Any, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        cents(value)
    assert (refusal.value.code, refusal.value.field) == (code, "amount")


def test_money_is_never_a_float() -> None:
    for read in (cents, units):
        with pytest.raises(TypeError):
            read(0.1)


@pytest.mark.parametrize(
    ("value", "text"), [("0.01", "0.01"), (12, "12.00"), ("12.30", "12.30"), ("9999999999.99", "9999999999.99")]
)
def test_money_keeps_its_cents(value: Any, text: str) -> None:
    assert str(cents(value)) == text


@pytest.mark.parametrize(
    ("amount", "count", "first", "months", "expected"),
    [
        ("100.00", 3, "2026-01-31", 1, [("2026-01-31", "33.34"), ("2026-02-28", "33.33"), ("2026-03-31", "33.33")]),
        ("0.02", 2, "2024-02-29", 12, [("2024-02-29", "0.01"), ("2025-02-28", "0.01")]),
        ("80000.00", 1, "2026-05-01", 3, [("2026-05-01", "80000.00")]),
    ],
)
def test_equal_instalments(amount: str, count: int, first: str, months: int, expected: list[tuple[str, str]]) -> None:
    found = payments.instalments(D(amount), count, date.fromisoformat(first), months)
    assert [(day.isoformat(), str(part)) for day, part in found] == expected


@given(
    amount=st.decimals("0.01", "9999999999.99", places=2),
    count=st.integers(1, payments.MOST_INSTALMENTS),
    first=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    months=st.integers(1, 60),
)
def test_instalments_add_up_to_the_cent(amount: Decimal, count: int, first: date, months: int) -> None:
    if amount * 100 < count:
        with pytest.raises(InputError):
            payments.instalments(amount, count, first, months)
        return
    found = payments.instalments(amount, count, first, months)
    parts = [part for _day, part in found]
    assert (len(parts), sum(parts)) == (count, amount)
    assert max(parts) - min(parts) <= D("0.01")
    assert [day for day, _part in found] == sorted({day for day, _part in found})


# --- Schedule ---------------------------------------------------------------------------------------------------------


def test_a_schedule_says_what_differs_from_the_contract(world: World) -> None:
    contract = world.a.line.contract
    Contract.objects.filter(pk=contract.pk).update(amount=D("100000.00"))
    contract.refresh_from_db()
    given_ = {"what": "季度服务费", "count": 4, "first_due": date(2026, 1, 31), "every_months": 3}
    made = payments.schedule(contract=contract, amount="99999.99", **given_, **act(world))
    assert [(one.number, one.due_on.isoformat(), str(one.amount)) for one in made] == [
        (1, "2026-01-31", "25000.00"),
        (2, "2026-04-30", "25000.00"),
        (3, "2026-07-31", "25000.00"),
        (4, "2026-10-31", "24999.99"),
    ]
    assert payments.schedule_of(contract, made).difference == D("0.01")
    pay(world, "0.02")
    assert payments.schedule_of(contract, Payment.objects.filter(contract=contract)).difference == D("-0.01")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 121}, "count"),
        ({"every_months": 0}, "every_months"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "0.01", "count": 2}, "count"),
        ({"first_due": date(1999, 12, 31)}, "first_due"),
        ({"first_due": date(2100, 1, 1), "count": 5}, "count"),
        ({"what": ""}, "what"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused_as_a_whole(world: World, wrong: Any, field: str) -> None:
    given_ = {"what": "服务费", "amount": "900", "count": 3, "first_due": date(2026, 1, 31), "every_months": 3}
    with pytest.raises(InputError) as refusal:
        payments.schedule(contract=world.a.line.contract, **given_ | wrong, **act(world))
    assert (refusal.value.field, Payment.objects.count()) == (field, 0)


def test_an_instalment_changes_only_as_far_as_it_is_free(world: World) -> None:
    payment = pay(world, "1000")
    receive(world, payment, "400")
    refused("below_received", partial(payments.change, payment=payment, amount="399.99", **act(world)))
    payments.change(payment=payment, amount="400", due_on=date(2026, 12, 1), **act(world))
    payment.refresh_from_db()
    assert (str(payment.amount), str(payment.received), payment.due_on) == ("400.00", "400.00", date(2026, 12, 1))
    refused("in_use", partial(payments.remove, payment=payment, **act(world)))
    unused = pay(world)
    payments.remove(payment=unused, **act(world))
    assert list(Payment.objects.values_list("pk", flat=True)) == [payment.pk]
    assert Audit.objects.filter(action="payment.remove").count() == 1


def test_the_numbers_of_instalments_planned_at_once_differ(shared_world: World) -> None:  # noqa: F811
    together([partial(pay, shared_world)] * 6)
    assert sorted(Payment.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


# --- Receipts ---------------------------------------------------------------------------------------------------------


def test_parts_come_in_until_nothing_is_open(world: World) -> None:
    payment = pay(world, "1000")
    receive(world, payment, "333.33")
    receive(world, payment, "666.66")
    refusal = refused("overpaid", partial(receive, world, payment, "0.02"))
    assert ("¥0.01" in refusal.message, refusal.field) == (True, "amount")
    receive(world, payment, "0.01")
    payment.refresh_from_db()
    assert payments.open_of(payment) == 0


def test_a_surplus_is_noted_where_it_is_wanted_and_counts_when_it_can(world: World) -> None:
    payment = pay(world, "1000")
    first = receive(world, payment, "900", date(2026, 10, 1))
    more = receive(world, payment, "300", date(2026, 10, 2), with_surplus=True)
    payment.refresh_from_db()
    assert (str(more.surplus), str(payment.received)) == ("200.00", "1000.00")
    receipts.void(receipt=first, reason="退回", **act(world))
    payment.refresh_from_db()
    more.refresh_from_db()
    assert (str(more.surplus), str(payment.received)) == ("0.00", "300.00")
    refused("voided", partial(receipts.void, receipt=first, reason="再退", **act(world)))


@pytest.mark.parametrize(
    ("day", "code"), [(date(2026, 11, 24), "future"), (date(1999, 12, 31), "year"), (date(1, 1, 1), "year")]
)
def test_receipts_of_days_that_cannot_be_are_refused(world: World, day: date, code: str) -> None:
    refused(code, partial(receive, world, pay(world), "1", day))


def test_nothing_is_received_or_invoiced_before_the_signature(world: World) -> None:
    payment = pay(world)
    Contract.objects.filter(pk=payment.contract_id).update(state="approved")
    refused("unsigned", partial(receive, world, payment, "1"))
    contract = Contract.objects.get(pk=payment.contract_id)
    given_ = {"contract": contract, "number": "1", "issued_on": date(2026, 11, 1), "amount": "1"}
    refused("unsigned", partial(invoices.issue, **given_, **act(world)))


def test_k1_eight_receipts_at_once_never_exceed_the_instalment(shared_world: World) -> None:  # noqa: F811
    payment = pay(shared_world, "1000")
    results = together([partial(receive, shared_world, payment, "300")] * 8)
    assert codes(results) == ["done"] * 3 + ["overpaid"] * 5
    payment.refresh_from_db()
    assert (payment.received, Receipt.objects.count()) == (900, 3)


# --- Invoices ---------------------------------------------------------------------------------------------------------


def issue(world: World, number: str, amount: Any, payment: Payment | None = None, **given: Any) -> Invoice:
    facts = {"contract": world.a.line.contract, "issued_on": date(2026, 11, 1), "number": number, "amount": amount}
    return invoices.issue(payment=payment, **facts | given, **act(world))


def test_invoices_for_an_instalment_never_exceed_it(world: World) -> None:
    payment = pay(world, "1000")
    first = issue(world, " 26512000 ", "600", payment)
    assert first.number == "26512000"
    refused("over_invoiced", partial(issue, world, "26512001", "400.01", payment))
    refused("exists", partial(issue, world, "26512000", "1", payment))
    invoices.void(invoice=first, reason="抬头有误", **act(world))
    issue(world, "26512001", "1000", payment)
    refused("voided", partial(invoices.void, invoice=first, reason="再次", **act(world)))
    foreign = pay(world, contract=world.b.line.contract)
    refused("foreign", partial(issue, world, "26512009", "1", foreign))


def test_k1_of_two_invoices_at_once_one_fits(shared_world: World) -> None:  # noqa: F811
    payment = pay(shared_world, "1000")
    acts = [partial(issue, shared_world, f"N{number}", "600", Payment.objects.get()) for number in range(4)]
    assert codes(together(acts)) == ["done"] + ["over_invoiced"] * 3
    assert payments.invoiced(payment) == 600


# --- Dunning ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """No PDF is drawn: the order of the steps does not depend on it."""
    monkeypatch.setattr(dunning, "draw_letter", lambda payment, now: b"%PDF-1.7\n%%EOF\n")


def take(world: World, payment: Payment, kind: str, **given: Any) -> DunningStep:
    note = "" if kind == "letter" else "财务科张科长答复下周付款"
    fresh = Payment.objects.select_related("contract__customer").get(pk=payment.pk)
    return dunning.take(payment=fresh, kind=kind, **{"note": note} | given, **act(world))


def test_the_steps_come_once_and_in_order(world: World, letters: None) -> None:
    payment = pay(world, "1000")
    receive(world, payment, "400")
    for kind in ("call", "legal"):
        refused("dunning_order", partial(take, world, payment, kind))
    letter = take(world, payment, "letter")
    refused("dunned", partial(take, world, payment, "letter"))
    refused("dunning_order", partial(take, world, payment, "legal"))
    refused("required", partial(take, world, payment, "call", note=" "))
    call = take(world, payment, "call")
    take(world, payment, "legal")
    refused("dunned", partial(take, world, payment, "call"))
    assert (letter.actor, str(letter.open_amount), call.file) == (world.manager, "600.00", None)
    kinds = DunningStep.objects.filter(payment=payment).values_list("kind", flat=True)
    assert list(kinds) == ["letter", "call", "legal"]


@pytest.mark.parametrize("due_on", [date(2026, 11, 23), date(2026, 12, 1)])
def test_what_is_not_overdue_is_not_asked_for(world: World, letters: None, due_on: date) -> None:
    refused("not_overdue", partial(take, world, pay(world, due_on=due_on), "letter"))


def test_what_has_come_in_is_not_asked_for(world: World, letters: None) -> None:
    payment = pay(world, "1000")
    receive(world, payment, "1000")
    refused("not_overdue", partial(take, world, payment, "letter"))


def test_k1_of_four_letters_at_once_one_is_sent(
    shared_world: World,  # noqa: F811
    letters: None,
) -> None:
    payment = pay(shared_world, "1000")
    results = together([partial(take, shared_world, payment, "letter")] * 4)
    assert codes(results) == ["done"] + ["dunned"] * 3
    assert (DunningStep.objects.count(), Attachment.objects.count()) == (1, 1)


def test_the_letter_is_a_pdf_that_only_readers_of_money_fetch(world: World) -> None:
    payment = pay(world, "128000.50", date(2026, 10, 1))
    step = take(world, payment, "letter")
    assert step.file
    file = attachment_for(make_user(Role.FINANCE), step.file)
    assert file is not None
    opened = open_file(file)
    assert opened is not None
    with opened:
        reader = PdfReader(BytesIO(opened.read()))
    text = "".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == 1
    for said in ("CANARY-A 集团", "HT-A", "¥128,000.50", "53", "2026-10-01"):
        assert said in text, said
    for role in (Role.AGENT, Role.ENGINEER, Role.ADMIN, Role.CLIENT):
        assert attachment_for(make_user(role), step.file) is None
    assert attachment_for(world.a.user, step.file) is None


# --- Reminders --------------------------------------------------------------------------------------------------------


def told(world: World, day: date) -> int:
    shift = timedelta(days=(day - date(2026, 11, 23)).days)
    return payment_reminder.remind(world.now + shift, lambda pk: f"/receivables/contracts/{pk}/")


def test_finance_is_told_each_thing_once(world: World, letters: None) -> None:
    finance = make_user(Role.FINANCE)
    payment = pay(world, "1000", date(2026, 12, 10))
    days = {
        date(2026, 12, 2): 0,
        date(2026, 12, 3): 1,  # a week ahead
        date(2026, 12, 10): 0,
        date(2026, 12, 11): 1,  # overdue
        date(2026, 12, 16): 0,
        date(2026, 12, 17): 1,  # a letter is due
        date(2027, 1, 30): 0,
    }
    assert {day: told(world, day) for day in days} == days
    DunningStep.objects.create(
        payment=payment, customer=world.a.customer, kind="letter", at=world.now + timedelta(days=30), open_amount=1000
    )
    assert told(world, date(2027, 1, 5)) == 0
    assert told(world, date(2027, 1, 6)) == 1  # a call is due, two weeks after the letter
    assert Notification.objects.filter(user=finance, kind="payment.due").count() == 4
    assert Notification.objects.exclude(user=finance).filter(kind="payment.due").count() == 0


def test_without_finance_the_managers_are_told_and_a_paid_one_is_not_told_of(world: World) -> None:
    paid, late = pay(world, "10"), pay(world, "20")
    receive(world, paid, "10")
    assert told(world, date(2026, 11, 23)) == 1
    line = Notification.objects.get(kind="payment.due")
    assert (line.user, line.url) == (world.manager, f"/receivables/contracts/{late.contract_id}/")
    assert "¥20.00" in line.text


def test_four_workers_tell_once(shared_world: World) -> None:  # noqa: F811
    pay(shared_world, "10")
    found = together([partial(told, shared_world, date(2026, 11, 23))] * 4)
    assert (sum(found), Notification.objects.filter(kind="payment.due").count()) == (1, 1)


# --- Ageing -----------------------------------------------------------------------------------------------------------

AGES = {
    date(2026, 11, 23): Age.NOT_DUE,
    date(2026, 11, 22): Age.DAYS_30,
    date(2026, 10, 24): Age.DAYS_30,
    date(2026, 10, 23): Age.DAYS_60,
    date(2026, 9, 24): Age.DAYS_60,
    date(2026, 9, 23): Age.DAYS_90,
    date(2026, 8, 25): Age.DAYS_90,
    date(2026, 8, 24): Age.OLDER,
    date(2020, 1, 1): Age.OLDER,
}
SQL = """
select case when late <= 0 then 'not_due' when late <= 30 then 'days_30' when late <= 60 then 'days_60'
            when late <= 90 then 'days_90' else 'older' end as age, sum(open), count(*)
from (select date '2026-11-23' - p.due_on as late, p.amount - coalesce(
        (select sum(r.amount - r.surplus) from contracts_receipt r where r.payment_id = p.id and r.voided_at is null),
        0) as open
      from contracts_payment p join contracts_contract c on c.id = p.contract_id
      where c.state in ('signed', 'active', 'expired', 'terminated')) rows
where open > 0 group by 1
"""


def test_the_ageing_list_equals_plain_sql(world: World) -> None:
    day = date(2026, 11, 23)
    for number, due_on in enumerate(AGES, 1):
        owner = world.a if number % 2 else world.b
        payment = pay(world, 100 * number, due_on, contract=owner.line.contract)
        receive(world, payment, number)
    paid = pay(world, "50")
    receive(world, paid, "70", with_surplus=True)
    rows = ageing(world.manager, day)
    assert {row.due_on: row.age for row in rows} == AGES
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        expected = {age: (amount, count) for age, amount, count in cursor.fetchall()}
    assert {str(one.age): (one.amount, one.count) for one in by_age(rows)} == expected
    customers = by_customer(rows)
    assert [(one["customer__name"], one["total"]) for one in customers] == [
        ("CANARY-A 集团", D("2475.00")),
        ("CANARY-B 集团", D("1980.00")),
    ]
    assert all(one["total"] == sum(one[str(age)] for age in Age) for one in customers)


def test_drafts_and_other_peoples_eyes_are_left_out(world: World) -> None:
    pay(world, "10")
    assert [ageing(user, date(2026, 11, 23)).count() for user in (world.manager, world.agent, world.a.user)] == [
        1,
        0,
        0,
    ]
    Contract.objects.filter(pk=world.a.line.contract_id).update(state="draft")
    assert ageing(world.manager, date(2026, 11, 23)).count() == 0
