"""Supplements change a signed contract; its documents have versions; departments acknowledge their copies."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile

from contracts.domain import contract as contracts
from contracts.domain import contract_copy, contract_day, document_file
from contracts.domain import supplement as supplements
from contracts.domain.supplement import Added, Wanted
from contracts.models import Contract, ContractCopy, ContractLine, DocumentFile, Supplement
from contracts.queries.contract import contracts_for
from contracts.queries.document_file import documents_for
from core.errors import InputError, RuleError, StaleError
from core.models import Attachment, Notification
from core.queries.attachment import attachment_for
from tests.contracts.contract_life import TODAY, Life, make_life, set_of
from tests.factories import make_user
from tests.fixtures import MORNING
from tests.world import World

pytestmark = pytest.mark.django_db
MIDDLE = date(2027, 6, 1)


@pytest.fixture
def life(world: World) -> Life:
    return make_life(world)


def draft(life: Life, contract: Contract, **given: Any) -> Supplement:
    wanted = Wanted(**{"effective_on": MIDDLE, "reason": "增加设备"} | given)
    return supplements.draft(contract=contract, wanted=wanted, **life.act)


def sign(life: Life, supplement: Supplement, today: date = TODAY) -> None:
    supplements.approve(supplement=supplement, actor=life.director, now=MORNING)
    supplements.sign(supplement=supplement, signed_on=today, today=today, **life.act)


def lines_of(contract: Contract) -> list[tuple[str, date, date, bool]]:
    rows = ContractLine.objects.filter(contract=contract).order_by("pk").select_related("asset", "site")
    return [(str(row.asset or row.site or "all"), row.starts_on, row.ends_on, row.counts) for row in rows]


def test_a_supplement_takes_effect_when_it_is_signed_and_from_its_day(life: Life) -> None:
    contract = life.signed(amount=Decimal("1000.00"))
    asset, before = life.world.a.asset, lines_of(contract)
    supplement = draft(
        life,
        contract,
        ends_on=date(2028, 5, 31),
        amount=Decimal("1500.00"),
        ends=[contract.lines.get()],
        adds=[Added(set_of("XC30"), asset=asset)],
    )
    assert (supplement.number, supplement.state) == (1, "draft")
    with pytest.raises(RuleError):
        supplements.sign(supplement=supplement, signed_on=TODAY, today=TODAY, **life.act)
    supplements.approve(supplement=supplement, actor=life.director, now=MORNING)
    contract.refresh_from_db()
    assert (lines_of(contract), contract.amount, contract.ends_on) == (before, Decimal("1000.00"), date(2027, 11, 30))
    supplements.sign(supplement=supplement, signed_on=TODAY, today=TODAY, **life.act)
    contract.refresh_from_db()
    assert (contract.amount, contract.ends_on) == (Decimal("1500.00"), date(2028, 5, 31))
    assert lines_of(contract) == [
        ("A 大厅", date(2026, 12, 1), date(2027, 5, 31), True),
        ("A 三号窗口", MIDDLE, date(2028, 5, 31), True),
    ]
    assert ContractLine.objects.get(contract=contract, asset=asset).terms.exists()
    second = draft(life, contract, reason="只改文字")
    assert second.number == 2


def test_a_longer_term_takes_the_running_lines_along(life: Life) -> None:
    contract = life.signed()
    sign(life, draft(life, contract, ends_on=date(2028, 11, 30)))
    assert lines_of(contract) == [("A 大厅", date(2026, 12, 1), date(2028, 11, 30), True)]
    sign(life, draft(life, contract, ends_on=date(2027, 8, 31)))
    assert lines_of(contract) == [("A 大厅", date(2026, 12, 1), date(2027, 8, 31), True)]


def test_an_expired_contract_is_in_force_again(life: Life) -> None:
    contract = life.signed()
    contract_day.turn(date(2026, 12, 1), MORNING)
    contract_day.turn(date(2027, 12, 1), MORNING)
    sign(life, draft(life, contract, effective_on=date(2027, 12, 1), ends_on=date(2028, 1, 31)), date(2027, 12, 5))
    contract.refresh_from_db()
    assert (contract.state, contract.ends_on) == ("active", date(2028, 1, 31))


def test_a_supplement_that_would_overlap_changes_nothing(life: Life) -> None:
    life.signed(number="HT-NEXT", starts_on=date(2027, 12, 1), ends_on=date(2028, 11, 30))
    contract = life.signed(number="HT-NOW")
    supplement = draft(life, contract, ends_on=date(2028, 1, 31), amount=Decimal("9.00"))
    supplements.approve(supplement=supplement, actor=life.director, now=MORNING)
    before = lines_of(contract)
    with pytest.raises(RuleError) as refusal:
        supplements.sign(supplement=supplement, signed_on=TODAY, today=TODAY, **life.act)
    assert refusal.value.code == "overlap"
    assert "HT-NEXT" in refusal.value.message
    stored = Contract.objects.get(pk=contract.pk)
    assert (lines_of(contract), stored.amount, stored.ends_on) == (before, None, date(2027, 11, 30))
    assert Supplement.objects.get(pk=supplement.pk).state == "approved"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"effective_on": date(2026, 11, 30)}, "effective_on"),
        ({"effective_on": date(2027, 12, 1)}, "effective_on"),
        ({"ends_on": date(2026, 11, 1), "effective_on": date(2026, 12, 1)}, "effective_on"),
        ({"amount": Decimal("-1")}, "amount"),
    ],
)
def test_bad_supplements_are_refused_at_the_field(life: Life, given: dict[str, Any], field: str) -> None:
    contract = life.signed()
    with pytest.raises(InputError) as refusal:
        draft(life, contract, **given)
    assert (refusal.value.field, Supplement.objects.count()) == (field, 0)


def test_what_is_foreign_is_no_part_of_a_supplement(life: Life) -> None:
    contract, foreign = life.signed(), life.world.b
    for given in ({"ends": [foreign.line]}, {"adds": [Added(set_of("L4"), site=foreign.site)]}):
        with pytest.raises(InputError):
            draft(life, contract, **given)
    assert not Supplement.objects.exists()


def test_an_approved_supplement_that_changes_is_approved_anew(life: Life) -> None:
    supplement = draft(life, life.signed())
    supplements.approve(supplement=supplement, actor=life.director, now=MORNING)
    wanted = Wanted(effective_on=MIDDLE, reason="另改")
    with pytest.raises(StaleError):
        supplements.change(supplement=supplement, wanted=wanted, version=1, **life.act)
    supplements.change(supplement=supplement, wanted=wanted, version=supplement.version, **life.act)
    assert (supplement.state, supplement.approved_by, supplement.reason) == ("draft", None, "另改")
    supplements.drop(supplement=supplement, **life.act)
    with pytest.raises(RuleError):
        supplements.approve(supplement=supplement, actor=life.director, now=MORNING)


def test_a_draft_or_terminated_contract_takes_no_supplement(life: Life) -> None:
    for contract in (life.draft(), life.signed(starts_on=TODAY)):
        if contract.state != "draft":
            contracts.terminate(contract=contract, last_day=TODAY, reason="x", actor=life.director, now=MORNING)
        with pytest.raises(RuleError):
            draft(life, contract, effective_on=contract.starts_on)


# --- Documents and copies ---------------------------------------------------------------------------------------------


def add(life: Life, contract: Contract, **given: Any) -> DocumentFile:
    upload = ContentFile("合同正文".encode(), name="合同.txt")
    values = {"kind": "contract", "title": "合同正文", "upload": upload, **life.act}
    return document_file.add(contract=contract, **values | given)


def test_documents_have_versions_and_customers_fetch_only_what_is_for_them(life: Life) -> None:
    contract = life.world.a.line.contract
    first, second = add(life, contract), add(life, contract, title=" 合同正文 ", internal=False)
    assert [(one.title, one.number, one.internal) for one in (first, second)] == [
        ("合同正文", 1, True),
        ("合同正文", 2, False),
    ]
    theirs, foreign = life.world.a.user, life.world.b.user
    assert list(documents_for(theirs, [contract])) == [second]
    assert list(documents_for(life.writer, [contract])) == [second, first]
    assert [attachment_for(who, second.attachment) is not None for who in (theirs, life.writer, foreign)] == [
        True,
        True,
        False,
    ]
    assert attachment_for(theirs, first.attachment) is None


def test_a_document_without_title_or_of_an_unknown_kind_is_refused(life: Life) -> None:
    contract = life.draft()
    for given, field in (
        ({"title": " "}, "title"),
        ({"upload": ContentFile(b"MZ", name="a.exe")}, "file"),
    ):
        with pytest.raises(InputError) as refusal:
            add(life, contract, **given)
        assert refusal.value.field == field
    assert (DocumentFile.objects.count(), Attachment.objects.count()) == (0, 0)


def test_departments_acknowledge_their_copies_once(life: Life) -> None:
    contract = life.signed()
    assert contract_copy.send(contract=contract, departments=[life.sales, life.technology], **life.act) == 2
    assert contract_copy.send(contract=contract, departments=[life.sales], **life.act) == 0
    told = Notification.objects.filter(kind="contract.copy").values_list("user__name", flat=True)
    assert sorted(told) == ["业务部长", "评审员"]
    copy = ContractCopy.objects.get(department=life.technology)
    contract_copy.acknowledge(copy=copy, actor=life.reviewer, now=MORNING)
    contract_copy.acknowledge(copy=copy, actor=life.head, now=MORNING)
    assert (copy.acknowledged_by, copy.acknowledged_at) == (life.reviewer, MORNING)
    with pytest.raises(RuleError):
        contract_copy.send(contract=life.draft(), departments=[life.sales], **life.act)


def test_who_sees_which_contract(life: Life) -> None:
    contract = life.submitted(number="HT-REVIEW")
    seen = {
        who.name: set(contracts_for(who).values_list("number", flat=True))
        for who in (
            life.writer,
            life.reviewer,
            life.world.engineer,
            life.world.a.user,
            make_user("finance", name="财务"),
        )
    }
    everything = {"HT-A", "HT-B", "HT-REVIEW"}
    assert seen == {
        "林经理": everything,
        "财务": everything,
        "评审员": {"HT-REVIEW"},
        "王工": set(),
        "A 陈敏": {"HT-A"},
    }
    assert contract.state == "review"
