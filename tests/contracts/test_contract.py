"""The life of a contract ([002], domain §4): drafted, reviewed, approved, signed, in force, over. K1: overlaps, days,
negative amounts.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from contracts.domain import contract as contracts
from contracts.domain import contract_day, contract_review, renewal
from contracts.domain.contract_cover import overlaps
from contracts.models import Contract, ContractLine, ContractReview, RenewalNotice
from core.errors import InputError, RuleError, StaleError
from core.models import Audit, Notification, Outbox
from customers.domain import site as sites
from tests.contracts.contract_life import TERM, TODAY, Life, make_life, set_of
from tests.contracts.test_entitled import codes
from tests.factories import make_user
from tests.fixtures import MORNING
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def life(world: World) -> Life:
    return make_life(world)


def state_of(contract: Contract) -> str:
    return Contract.objects.get(pk=contract.pk).state


# --- The way to the signature -----------------------------------------------------------------------------------------


def test_a_contract_goes_its_way_step_by_step(life: Life) -> None:
    contract = life.draft(amount=Decimal("120000.00"), hotline="400-800-1234")
    assert (contract.state, contract.owner, contract.hotline) == ("draft", life.writer, "+864008001234")
    line = life.line(contract)
    assert (line.starts_on, line.ends_on, line.counts) == (TERM["starts_on"], TERM["ends_on"], False)
    contract_review.submit(contract=contract, departments=[life.sales, life.technology], **life.act)
    assert (state_of(contract), contract.round) == ("review", 1)
    life.agree(contract)
    contracts.approve(contract=contract, actor=life.director, now=MORNING)
    contracts.sign(contract=contract, signed_on=TODAY, today=TODAY, **life.act)
    assert (state_of(contract), Contract.objects.get(pk=contract.pk).signed_on) == ("signed", TODAY)
    assert ContractLine.objects.get(pk=line.pk).counts
    assert contract_day.turn(date(2026, 11, 30), MORNING).activated == 0
    assert contract_day.turn(date(2026, 12, 1), MORNING).activated == 1
    assert state_of(contract) == "active"
    assert contract_day.turn(date(2027, 11, 30), MORNING).expired == 0, "the last day belongs to the term"
    assert contract_day.turn(date(2027, 12, 1), MORNING).expired == 1
    assert state_of(contract) == "expired"
    subject = f"contracts.contract:{contract.pk}"
    assert list(Audit.objects.filter(subject=subject).order_by("pk").values_list("action", flat=True)) == [
        *("contract.draft", "contract.submit", "contract.review", "contract.review", "contract.approve"),
        *("contract.sign", "contract.activate", "contract.expire"),
    ]


def test_a_contract_whose_term_has_begun_is_in_force_with_the_signature(life: Life) -> None:
    contract = life.approved(starts_on=TODAY)
    contracts.sign(contract=contract, signed_on=date(2026, 11, 20), today=TODAY, **life.act)
    assert state_of(contract) == "active"


def test_a_step_out_of_order_is_refused_and_changes_nothing(life: Life) -> None:
    contract = life.draft()
    life.line(contract)
    for act in (
        lambda: contracts.approve(contract=contract, **life.act),
        lambda: contracts.sign(contract=contract, signed_on=TODAY, today=TODAY, **life.act),
        lambda: contracts.activate(contract=contract, today=TODAY, **life.act),
        lambda: contracts.expire(contract=contract, today=TODAY, **life.act),
        lambda: contracts.terminate(contract=contract, last_day=TERM["starts_on"], reason="x", **life.act),
        lambda: renewal.renew(contract=contract, number="N-1", **TERM, **life.act),
    ):
        with pytest.raises(RuleError):
            act()
        assert state_of(contract) == "draft"


def test_a_contract_without_lines_or_departments_is_not_submitted(life: Life) -> None:
    contract = life.draft()
    with pytest.raises(RuleError) as refusal:
        contract_review.submit(contract=contract, departments=[life.sales], **life.act)
    assert refusal.value.code == "no_lines"
    life.line(contract)
    with pytest.raises(InputError) as asked:
        contract_review.submit(contract=contract, departments=[], **life.act)
    assert asked.value.field == "departments"
    assert (state_of(contract), ContractReview.objects.count()) == ("draft", 0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_on": date(2026, 11, 30)}, "ends_on"),
        ({"ends_on": date(2099, 11, 30)}, "ends_on"),
        ({"amount": Decimal("-0.01")}, "amount"),
        ({"amount": Decimal("1000000000000.00")}, "amount"),
        ({"hotline": "12"}, "hotline"),
        ({"number": ""}, "number"),
        ({"number": "HT-A"}, "number"),
        ({"title": "a\x00b"}, "title"),
        ({"liability": {"resolution": {"per": "breach", "amount": "-5"}}}, "liability"),
    ],
)
def test_bad_input_is_refused_at_its_field(life: Life, given: dict[str, Any], field: str) -> None:
    before = Contract.objects.count()
    with pytest.raises(InputError) as refusal:
        life.draft(**given)
    assert (refusal.value.field, Contract.objects.count()) == (field, before)


def test_a_term_may_begin_on_29_february(life: Life) -> None:
    contract = life.draft(starts_on=date(2028, 2, 29), ends_on=date(2029, 2, 27))
    assert renewal.next_term(contract) == (date(2029, 2, 28), date(2030, 2, 27))


@pytest.mark.parametrize(
    ("term", "following"),
    [
        ((date(2026, 1, 1), date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 12, 31))),
        ((date(2025, 11, 24), date(2028, 11, 23)), (date(2028, 11, 24), date(2031, 11, 23))),
        ((date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 29))),
    ],
)
def test_the_next_term_is_as_long_as_this_one(term: tuple[date, date], following: tuple[date, date]) -> None:
    assert renewal.next_term(Contract(starts_on=term[0], ends_on=term[1])) == following


# --- Reviews ----------------------------------------------------------------------------------------------------------


def review_of(contract: Contract, department: Any) -> ContractReview:
    return ContractReview.objects.get(contract=contract, round=contract.round, department=department)


def test_who_speaks_for_a_department_is_asked_and_all_must_agree(life: Life) -> None:
    contract = life.submitted()
    told = Notification.objects.filter(kind="contract.review").values_list("user__name", "url")
    assert sorted(told) == [("业务部长", f"/contracts/{contract.pk}/"), ("评审员", f"/contracts/{contract.pk}/")]
    mine = review_of(contract, life.technology)
    contract_review.decide(review=mine, approves=True, measures="配两名工程师", actor=life.reviewer, now=MORNING)
    with pytest.raises(RuleError) as refusal:
        contracts.approve(contract=contract, actor=life.director, now=MORNING)
    assert (refusal.value.code, state_of(contract)) == ("reviews", "review")
    assert not Notification.objects.filter(kind="contract.reviewed").exists()
    theirs = review_of(contract, life.sales)
    contract_review.decide(review=theirs, approves=True, actor=life.head, now=MORNING)
    asked = Notification.objects.filter(kind="contract.reviewed").values_list("user__name", flat=True)
    assert {"总经理", "业务部长"} <= set(asked)
    assert review_of(contract, life.technology).measures == "配两名工程师"


def test_a_rejection_needs_an_opinion_and_goes_back_to_the_draft(life: Life) -> None:
    contract = life.submitted()
    mine = review_of(contract, life.technology)
    with pytest.raises(InputError) as refusal:
        contract_review.decide(review=mine, approves=False, opinion="  ", actor=life.reviewer, now=MORNING)
    assert (refusal.value.field, state_of(contract)) == ("opinion", "review")
    contract_review.decide(review=mine, approves=False, opinion="到场时限做不到", actor=life.reviewer, now=MORNING)
    assert state_of(contract) == "draft"
    assert Notification.objects.get(kind="contract.rejected").user == life.writer
    with pytest.raises(RuleError):
        contract_review.decide(review=review_of(contract, life.sales), approves=True, actor=life.head, now=MORNING)
    contract_review.submit(contract=contract, departments=[life.technology], **life.act)
    rounds = ContractReview.objects.filter(contract=contract).order_by("round", "pk").values_list("round", "state")
    assert list(rounds) == [(1, "asked"), (1, "rejected"), (2, "asked")]


def test_a_decision_is_made_once(life: Life) -> None:
    contract = life.submitted()
    mine = review_of(contract, life.sales)
    contract_review.decide(review=mine, approves=True, actor=life.head, now=MORNING)
    with pytest.raises(RuleError) as refusal:
        contract_review.decide(review=mine, approves=False, opinion="nein", actor=life.head, now=MORNING)
    assert (refusal.value.code, review_of(contract, life.sales).state) == ("decided", "approved")


def test_a_change_after_a_review_asks_again(life: Life) -> None:
    contract = life.submitted()
    contracts.change(contract=contract, title="机房与网络维护", **life.act)
    assert contract.round == 1, "nobody had decided yet"
    life.agree(contract)
    contracts.approve(contract=contract, actor=life.director, now=MORNING)
    contracts.change(contract=contract, service_manager=life.writer, **life.act)
    assert (state_of(contract), contract.round) == ("approved", 1), "who cares for it is no question of the reviews"
    contracts.change(contract=contract, ends_on=date(2028, 11, 30), **life.act)
    assert (state_of(contract), contract.round) == ("review", 2)
    states = ContractReview.objects.filter(contract=contract, round=2).values_list("state", flat=True)
    assert list(states) == ["asked", "asked"]
    assert set(contract.lines.values_list("ends_on", flat=True)) == {date(2028, 11, 30)}
    life.agree(contract)
    life.line(contract, asset=life.world.a.asset)
    assert (state_of(contract), contract.round) == ("review", 3)


def test_a_signed_contract_is_not_written_directly(life: Life) -> None:
    contract = life.signed()
    before = Contract.objects.values().get(pk=contract.pk)
    with pytest.raises(RuleError) as refusal:
        contracts.change(contract=contract, ends_on=date(2030, 1, 1), **life.act)
    assert (refusal.value.code, refusal.value.field) == ("signed", "ends_on")
    for act in (
        lambda: life.line(contract, asset=life.world.a.asset),
        lambda: contracts.remove_line(line=contract.lines.get(), **life.act),
    ):
        with pytest.raises(RuleError):
            act()
    assert Contract.objects.values().get(pk=contract.pk) == before
    contracts.change(contract=contract, hotline="021-5555 0101", **life.act)
    assert Contract.objects.get(pk=contract.pk).hotline == "+862155550101"


def test_an_outdated_version_is_refused(life: Life) -> None:
    contract = life.draft()
    version = contract.version
    contracts.change(contract=contract, title="neu", version=version, **life.act)
    with pytest.raises(StaleError):
        contracts.change(contract=contract, title="alt", version=version, **life.act)
    assert Contract.objects.get(pk=contract.pk).title == "neu"


def test_a_line_is_taken_out_of_a_draft_again(life: Life) -> None:
    contract = life.draft()
    line = life.line(contract)
    assert line.terms.exists(), "the warranty terms of its promises came along"
    contracts.remove_line(line=line, **life.act)
    assert not ContractLine.objects.filter(contract=contract).exists()


# --- Overlaps (K1) ----------------------------------------------------------------------------------------------------


def test_what_another_contract_covers_is_refused_in_clear_words(life: Life) -> None:
    first = life.signed(number="HT-FIRST")
    second = life.draft(number="HT-SECOND", starts_on=date(2027, 11, 30), ends_on=date(2028, 11, 29))
    life.line(second)
    assert [(line.contract.number, other.contract.number) for line, other in overlaps(second)] == [
        ("HT-SECOND", "HT-FIRST")
    ]
    with pytest.raises(RuleError) as refusal:
        contract_review.submit(contract=second, departments=[life.sales], **life.act)
    assert refusal.value.code == "overlap"
    assert "HT-FIRST" in refusal.value.message
    assert "2026-12-01" in refusal.value.message
    contracts.change(contract=second, starts_on=date(2027, 12, 1), **life.act)
    contract_review.submit(contract=second, departments=[life.sales], **life.act)
    life.agree(second)
    contracts.approve(contract=second, actor=life.director, now=MORNING)
    contracts.sign(contract=second, signed_on=TODAY, today=TODAY, **life.act)
    assert (state_of(first), state_of(second)) == ("signed", "signed")


def test_a_supplementary_contract_may_cover_the_same(life: Life) -> None:
    life.signed(number="HT-FIRST")
    beside = life.signed(number="HT-BESIDE", is_supplementary=True)
    assert (state_of(beside), beside.lines.get().counts) == ("signed", False)


def test_the_signature_looks_again(life: Life) -> None:
    one, other = life.approved(number="HT-ONE"), life.approved(number="HT-OTHER")
    contracts.sign(contract=one, signed_on=TODAY, today=TODAY, **life.act)
    with pytest.raises(RuleError) as refusal:
        contracts.sign(contract=other, signed_on=TODAY, today=TODAY, **life.act)
    assert (refusal.value.code, state_of(other)) == ("overlap", "approved")
    assert not other.lines.get().counts


def test_the_same_thing_stands_in_a_contract_once(life: Life) -> None:
    contract = life.draft()
    life.line(contract)
    with pytest.raises(RuleError) as refusal:
        life.line(contract)
    assert (refusal.value.code, contract.lines.count()) == ("overlap", 1)


def test_a_registered_contract_is_refused_too(life: Life) -> None:
    given = {"customer": life.world.a.customer, "title": "旧合同", **TERM, **life.act}
    registered = contracts.create(number="HT-OLD", **given)
    with pytest.raises(RuleError) as refusal:
        contracts.add_line(contract=registered, promise_set=set_of("L4"), **life.act)
    assert "HT-A" in refusal.value.message, "the world's contract covers all of the customer until the end of 2027"
    assert not registered.lines.exists()


def test_the_end_of_a_terminated_contract_frees_the_days_after(life: Life) -> None:
    first = life.signed(number="HT-FIRST", starts_on=date(2026, 11, 1))
    contracts.terminate(contract=first, last_day=date(2026, 12, 31), reason="改签", actor=life.director, now=MORNING)
    assert first.lines.get().ends_on == date(2026, 12, 31)
    second = life.signed(number="HT-SECOND", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    assert state_of(second) == "signed"


# --- What counts on which day -----------------------------------------------------------------------------------------


def test_only_signed_contracts_give_promises(life: Life) -> None:
    from contracts.queries.entitlement import entitled  # noqa: PLC0415

    day = date(2026, 12, 1)
    contract = life.approved(number="HT-SITE")
    given = {"customer": life.world.a.customer, "site": life.world.a.site, "on_day": day}
    assert codes(entitled(**given))[0] == "HW12"
    contracts.sign(contract=contract, signed_on=TODAY, today=TODAY, **life.act)
    assert codes(entitled(**given)) == ("L4", ["HT-A"])


# --- Reminders and the next contract ----------------------------------------------------------------------------------


def reminded(contract: Contract) -> list[tuple[str, str]]:
    told = Notification.objects.filter(kind="contract.renewal", url=f"/contracts/{contract.pk}/")
    return list(told.order_by("pk").values_list("user__name", "key"))


def test_the_owner_is_reminded_90_60_and_30_days_before_the_end_once_each(life: Life) -> None:
    contract = life.world.a.line.contract
    Contract.objects.filter(pk=contract.pk).update(owner=life.writer)
    counts = []
    for left in (91, 90, 90, 89, 61, 60, 31, 30, 29, 1, 0, -1):
        counts.append(contract_day.turn(contract.ends_on - timedelta(days=left), MORNING).reminded)
    assert counts[:-1] == [0, 2, 0, 0, 0, 2, 0, 2, 0, 0, 0], "the contract of customer B ends on the same day"
    assert reminded(contract) == [("林经理", f"contract.renewal:{contract.pk}:{days}") for days in (90, 60, 30)]
    assert Outbox.objects.filter(key__contains=f"contract.renewal:{contract.pk}:").count() == 3, "and by mail"


def test_a_contract_that_is_found_late_is_told_of_once(life: Life) -> None:
    contract = life.world.a.line.contract
    near = contract.ends_on - timedelta(days=20)
    assert contract_day.turn(near, MORNING).reminded == 2
    assert contract_day.turn(near, MORNING).reminded == 0
    assert list(RenewalNotice.objects.filter(contract=contract).values_list("days", flat=True)) == [30]
    assert {name for name, _key in reminded(contract)} == {"部门经理", "业务部长"}, "without an owner: the managers"


def test_renewing_drafts_the_next_contract_with_its_lines(life: Life) -> None:
    contract = life.signed(amount=Decimal("5000.00"), scope="巡检与维修", service_manager=life.writer)
    starts_on, ends_on = renewal.next_term(contract)
    following = renewal.renew(contract=contract, number="HT-NEXT", starts_on=starts_on, ends_on=ends_on, **life.act)
    assert (following.state, following.renews, following.starts_on) == ("draft", contract, date(2027, 12, 1))
    assert (following.amount, following.scope, following.service_manager) == (
        Decimal("5000.00"),
        "巡检与维修",
        life.writer,
    )
    line = following.lines.get()
    assert (line.site, line.promise_set.code, line.starts_on, line.counts) == (
        life.world.a.site,
        "L4",
        date(2027, 12, 1),
        False,
    )
    with pytest.raises(RuleError) as refusal:
        renewal.renew(contract=contract, number="HT-TWICE", starts_on=starts_on, ends_on=ends_on, **life.act)
    assert (refusal.value.code, Contract.objects.filter(number="HT-TWICE").exists()) == ("renewed", False)
    contract_day.turn(date(2026, 12, 1), MORNING)
    contract_day.turn(contract.ends_on - timedelta(days=30), MORNING)
    assert reminded(contract) == [], "it is being renewed"


def test_a_foreign_site_is_refused(life: Life) -> None:
    contract = life.draft()
    foreign = sites.create(
        customer=life.world.b.customer,
        name="别处",
        address="x",
        locality="local",
        distance_km=1,
        actor=None,
        now=MORNING,
    )
    with pytest.raises(InputError) as refusal:
        life.line(contract, site=foreign)
    assert (refusal.value.field, contract.lines.count()) == ("site", 0)


def test_nobody_without_a_name_is_told(life: Life) -> None:
    contract = life.submitted(owner=make_user(name="离职"))
    User.objects.filter(pk=contract.owner.pk).update(is_active=False)
    mine = review_of(contract, life.sales)
    contract_review.decide(review=mine, approves=False, opinion="改", actor=life.head, now=MORNING)
    assert not Notification.objects.filter(kind="contract.rejected").exists()
