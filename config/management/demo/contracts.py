"""Contracts of the demonstration in every state of their life; the registered ones get people, texts and documents."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Department
from config.management.demo.stage import Stage
from contracts.domain import contract as contracts
from contracts.domain import contract_copy, contract_day, contract_review, document_file
from contracts.domain import supplement as supplements
from contracts.domain.supplement import Added, Wanted
from contracts.models import Contract, ContractCopy, ContractReview, PromiseSet

SCOPE = "7×24 热线与远程支持；现场维修；每季度巡检一次并提交书面报告；备件与人工费用包含在合同内。"
EXCLUSIONS = "人为损坏、不可抗力及第三方改动造成的故障另行报价。"
CRITERIA = "各项时限达成率不低于 95%，季度报告经客户签字确认。"
TEXT = "服务合同正文\n一、服务范围\n{scope}\n二、不包含\n{exclusions}\n三、验收标准\n{criteria}\n"


def make(stage: Stage, day: date, now: datetime) -> None:
    """Contracts in draft, review, approved, expired and terminated beside those in force, one of which ends soon."""
    act: dict[str, Any] = {"actor": stage.users["manager"], "now": now}
    departments = list(Department.objects.order_by("pk"))
    for number, contract in enumerate(Contract.objects.filter(state="active").order_by("pk")):
        _care(stage, contract, number, act)
    _amended(stage, day, departments, act)
    _coming(stage, day, departments, act)
    _past(stage, day, act)
    contract_day.turn(day, now)


def _care(stage: Stage, contract: Contract, number: int, act: dict[str, Any]) -> None:
    people = [stage.users[login] for login in ("engineer2", "engineer4", "agent2")]
    contracts.change(
        contract=contract,
        owner=stage.users["service" if number % 2 else "manager2"],
        service_manager=people[number % len(people)],
        complaint_phone="021-5555 0110",
        amount=Decimal(48_000 + 13_500 * number),
        scope=SCOPE,
        exclusions=EXCLUSIONS,
        acceptance_criteria=CRITERIA,
        spare_parts_until=contract.ends_on + timedelta(days=5 * 365),
        **act,
    )


def _amended(stage: Stage, day: date, departments: list[Department], act: dict[str, Any]) -> None:
    """The hospital's contract: with its paper, copies and a signed supplement."""
    contract = Contract.objects.get(customer=stage.customers["SYY"], state="active")
    text = TEXT.format(scope=SCOPE, exclusions=EXCLUSIONS, criteria=CRITERIA).encode()
    for internal in (True, False):
        upload = ContentFile(text, name="服务合同.txt")
        document_file.add(contract=contract, kind="contract", title="服务合同", upload=upload, internal=internal, **act)
    contract_copy.send(contract=contract, departments=departments, **act)
    first = ContractCopy.objects.filter(contract=contract).order_by("pk").first()
    if first:
        contract_copy.acknowledge(copy=first, **act)
    wanted = Wanted(
        effective_on=day - timedelta(days=30),
        reason="门诊自助挂号机改按加急承诺服务，年费相应增加。",
        amount=Decimal("128000.00"),
        adds=[Added(_set("XC30"), asset=stage.assets["SYY.kiosk"])],
    )
    supplement = supplements.draft(contract=contract, wanted=wanted, **act)
    supplements.approve(supplement=supplement, actor=stage.users["director"], now=act["now"])
    supplements.sign(supplement=supplement, signed_on=day - timedelta(days=32), today=day, **act)


def _coming(stage: Stage, day: date, departments: list[Department], act: dict[str, Any]) -> None:
    """A draft, one with the departments, one approved."""
    term = {"starts_on": day + timedelta(days=24), "ends_on": day + timedelta(days=388)}
    more = {"scope": SCOPE, "exclusions": EXCLUSIONS, "acceptance_criteria": CRITERIA, **act}
    lab = _draft(stage, "ZYXY", "实训机房云桌面维护", "HN58", term, more, site="lab", amount=Decimal("36000.00"))
    contract_review.submit(contract=lab, departments=departments, **act)
    first = ContractReview.objects.filter(contract=lab).order_by("pk").first()
    if first:
        opinion, measures = "机房分布在三层，巡检需提前预约。", "固定一名工程师负责，寒假集中巡检。"
        contract_review.decide(review=first, approves=True, opinion=opinion, measures=measures, **act)
    gate = _draft(stage, "RJY", "安西园区门禁专项维护", "XC30", term, more, asset="gate", amount=Decimal("18800.00"))
    contract_review.submit(contract=gate, departments=departments[:1], **act)
    for review in ContractReview.objects.filter(contract=gate):
        contract_review.decide(review=review, approves=True, **act)
    contracts.approve(contract=gate, actor=stage.users["director"], now=act["now"])
    _draft(stage, "NYJ", "农情系统驻场服务", "HB2D", term, more, is_supplementary=True)


def _past(stage: Stage, day: date, act: dict[str, Any]) -> None:
    """One that has expired, one that was ended early."""
    over: dict[str, Any] = {"starts_on": day - timedelta(days=410), "ends_on": day - timedelta(days=45)}
    ended = contracts.create(
        customer=stage.customers["LYSC"], number="HT-LYSC-LL01", title="冷链仓分拣秤维护", **over, **act
    )
    contracts.add_line(contract=ended, promise_set=_set("HN58"), asset=stage.assets["LYSC.scale"], **act)
    longer: dict[str, Any] = {"starts_on": day - timedelta(days=300), "ends_on": day + timedelta(days=65)}
    stopped = contracts.create(
        customer=stage.customers["ZYXY"], number="HT-ZYXY-TY01", title="实训楼网络维护", **longer, **act
    )
    contracts.add_line(contract=stopped, promise_set=_set("HN58"), asset=stage.assets["ZYXY.vdi"], **act)
    reason = "校方统一并入新合同"
    contracts.terminate(contract=stopped, last_day=day - timedelta(days=20), reason=reason, **act)


def _draft(
    stage: Stage,
    code: str,
    title: str,
    promise_set: str,
    term: dict[str, Any],
    more: dict[str, Any],
    *,
    site: str = "",
    asset: str = "",
    **given: Any,
) -> Contract:
    contract = contracts.draft(
        customer=stage.customers[code],
        number=f"HT-{term['starts_on']:%Y}-{code}-N1",
        title=title,
        service_manager=stage.users["engineer4"],
        **term,
        **more,
        **given,
    )
    contracts.add_line(
        contract=contract,
        promise_set=_set(promise_set),
        site=stage.sites[f"{code}.{site}"] if site else None,
        asset=stage.assets[f"{code}.{asset}"] if asset else None,
        actor=more["actor"],
        now=more["now"],
    )
    return contract


def _set(code: str) -> PromiseSet:
    return PromiseSet.objects.get(code=code)
