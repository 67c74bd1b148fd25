"""Money, obligations and quotas of the demonstration: an overdue payment with its letter, a quota half used, visits
behind pace, a missed report.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from config.management.demo.stage import Stage
from contracts.domain import contract as contracts
from contracts.domain import dunning
from contracts.domain import invoice as invoices
from contracts.domain import obligation as obligations
from contracts.domain import payment as payments
from contracts.domain import quota as quotas
from contracts.domain import receipt as receipts
from contracts.domain.obligation_missed import find_missed
from contracts.domain.pace import periods_of
from contracts.models import Contract, Obligation, Payment
from core.pdf import PdfError

DUE_LIST = "/obligations/"
LIABILITY = {
    "resolution": {"per": "breach", "amount": "500.00"},
    "on_site": {"per": "hour", "amount": "200.00"},
    "cap_percent": "5.00",
}
AHEAD = timedelta(days=9)
DONE = {
    "inspection": "季度巡检，报告已签收",
    "report": "季度服务报告已送达",
    "visit": "上门走访",
    "resident": "驻场工程师在岗",
}


def make(stage: Stage, day: date, now: datetime) -> None:
    """What the contracts of the stage owe, grant and cost, as of a day. Under two seconds, most of them the letter."""
    act: dict[str, Any] = {"actor": stage.users["manager"], "now": now}
    _done(stage, day, act)
    _quotas(stage, day, act)
    _money(stage, day, act)
    find_missed(now, DUE_LIST)


def _contract(stage: Stage, code: str) -> Contract:
    return Contract.objects.filter(customer=stage.customers[code], state="active").order_by("pk")[0]


def _done(stage: Stage, day: date, act: dict[str, Any]) -> None:
    """Everything in time, but the visits of the education bureau are behind and one report was not sent."""
    behind, unsent = _contract(stage, "JYJ").pk, _contract(stage, "HMZZ").pk
    for obligation in Obligation.objects.select_related("contract").order_by("pk"):
        due = list(_due(obligation, day))
        if obligation.contract_id == behind:
            due = due[:2]
        if obligation.contract_id == unsent and obligation.kind == "report":
            due = due[:-1]
        for number, on in enumerate(due, 1):
            what = DONE.get(obligation.kind, "已完成")
            obligations.record_done(obligation=obligation, key=f"demo:{number}", done_on=on, what=what, **act)


def _due(obligation: Obligation, day: date) -> Iterator[date]:
    """The days, a little ahead of the pace, on which each piece until now was done."""
    for period in periods_of(obligation):
        for piece in range(1, period.owed + 1):
            on = max(period.first, period.due(piece) - AHEAD)
            if on <= day:
                yield on


def _quotas(stage: Stage, day: date, act: dict[str, Any]) -> None:
    """Training days half used and visits of a flat rate."""
    training = quotas.grant(
        contract=_contract(stage, "ZWFW"), kind="training", granted=10, what="自助终端操作培训", **act
    )
    for key, ago, amount, what in (("a", 120, 3, "大厅人员首批培训"), ("b", 40, 2, "河东分中心培训")):
        quotas.draw(quota=training, key=key, amount=amount, used_on=day - timedelta(days=ago), what=what, **act)
    planned: dict[str, Any] = {"used_on": day + timedelta(days=12), "what": "年底复训"}
    quotas.reserve(quota=training, key="c", amount="1.5", **planned, **act)
    visits = quotas.grant(contract=_contract(stage, "JYJ"), kind="visit", granted=4, what="包干上门", **act)
    for number in range(4):
        used_on = day - timedelta(days=30 * number + 5)
        quotas.draw(quota=visits, key=str(number), amount=1, used_on=used_on, what="教室设备上门调试", **act)


def _money(stage: Stage, day: date, act: dict[str, Any]) -> None:
    _paid(_contract(stage, "ZWFW"), day, act)
    _overdue(_contract(stage, "HMZZ"), day, act)
    _instalment(_contract(stage, "SYY"), "二期验收款", "36000.00", day - timedelta(days=48), act, received="16000.00")
    _instalment(_contract(stage, "NGJT"), "设备维保尾款", "58200.50", day - timedelta(days=131), act)
    _instalment(_contract(stage, "GA"), "年度服务费", "27800.00", day + timedelta(days=5), act)
    _instalment(_contract(stage, "RJY"), "半年服务费", "24000.00", day - timedelta(days=72), act)
    for code in ("ZWFW", "HMZZ", "NGJT"):
        contracts.change(contract=_contract(stage, code), liability=LIABILITY, **act)


def _paid(contract: Contract, day: date, act: dict[str, Any]) -> None:
    """Four instalments, those due received and invoiced."""
    amount = contract.amount or Decimal("48000.00")
    made = payments.schedule(
        contract=contract,
        what="季度服务费",
        amount=amount,
        count=4,
        first_due=contract.starts_on,
        every_months=3,
        **act,
    )
    for payment in made:
        if payment.due_on < day:
            on = min(day, payment.due_on + timedelta(days=6))
            number = f"2651200000{payment.pk:010d}"
            facts: dict[str, Any] = {"contract": contract, "payment": payment, "amount": payment.amount}
            invoices.issue(number=number, issued_on=payment.due_on, **facts, **act)
            receipts.receive(payment=payment, received_on=on, amount=payment.amount, note="银行转账", **act)


def _overdue(contract: Contract, day: date, act: dict[str, Any]) -> None:
    """Overdue with a letter; without pango there is none, and only the sum is overdue."""
    payment = _instalment(contract, "第二期维护费", "42600.00", day - timedelta(days=25), act, received="12600.00")
    _instalment(contract, "第三期维护费", "42600.00", day + timedelta(days=66), act)
    try:
        dunning.take(payment=payment, kind="letter", **act)
    except PdfError:
        return


def _instalment(
    contract: Contract, what: str, amount: str, due_on: date, act: dict[str, Any], *, received: str = ""
) -> Payment:
    payment = payments.create(contract=contract, what=what, amount=amount, due_on=due_on, **act)
    if received:
        on = due_on + timedelta(days=3)
        receipts.receive(payment=payment, received_on=on, amount=received, note="部分到账", **act)
    return payment
