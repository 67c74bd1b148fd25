"""The payment schedule of a contract: instalments in CNY with exact cents [002]."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from contracts.domain.amount import CENT, NOTHING, cents, total
from contracts.domain.periods import months_later
from contracts.enums import PaymentReminder
from contracts.models import Contract, Invoice, Payment, Receipt
from core.domain import audit, record
from core.domain.record import subject
from core.errors import InputError, RuleError

FIELDS = frozenset({"what", "due_on", "amount"})
MOST_INSTALMENTS = 120
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Schedule:
    """What is planned beside what was agreed; `amount` None where the contract names none."""

    planned: Decimal
    received: Decimal
    amount: Decimal | None

    @property
    def difference(self) -> Decimal:
        """What is agreed and not planned; negative where more is planned than agreed."""
        return NOTHING if self.amount is None else self.amount - self.planned


def schedule_of(contract: Contract, payments: Iterable[Payment]) -> Schedule:
    """The sums of a contract's instalments."""
    listed = list(payments)
    return Schedule(total(one.amount for one in listed), total(one.received for one in listed), contract.amount)


def instalments(amount: Decimal, count: int, first_due: date, every_months: int) -> list[tuple[date, Decimal]]:
    """An amount in equal parts, due every so many months: the corresponding day, at most the month's last one.

    The sum is exact; cents that do not divide go to the first ones, a cent each. InputError for parts below a cent.
    """
    if not 1 <= count <= MOST_INSTALMENTS:
        said = _("Please give a number from 1 to %(most)s.") % {"most": MOST_INSTALMENTS}
        raise InputError("count", said, "count")
    whole, rest = divmod(int(amount / CENT), count)
    if not whole:
        raise InputError("too_small", _("This is too little for so many instalments."), "count")
    parts = [CENT * (whole + (number < rest)) for number in range(count)]
    return [(months_later(first_due, number * every_months), part) for number, part in enumerate(parts)]


def create(*, contract: Contract, what: str, due_on: date, amount: Any, actor: Any, now: datetime) -> Payment:
    """Add one instalment. Locks the contract. InputError at the field for bad input."""
    values = {"what": what, "due_on": _day(due_on), "amount": cents(amount)}
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=contract.pk)
        return _insert(contract, values, actor, now)


def schedule(
    *,
    contract: Contract,
    what: str,
    amount: Any,
    count: int,
    first_due: date,
    every_months: int,
    actor: Any,
    now: datetime,
) -> list[Payment]:
    """Plan an amount in equal instalments, all or none. Locks the contract. InputError at the field."""
    if not 1 <= every_months <= 60:
        raise InputError("range", _("Please give a number from 1 to %(most)s.") % {"most": 60}, "every_months")
    parts = instalments(cents(amount), count, _day(first_due, "first_due"), every_months)
    _day(parts[-1][0], "count")
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=contract.pk)
        return [
            _insert(contract, {"what": what, "due_on": due_on, "amount": part}, actor, now) for due_on, part in parts
        ]


def change(*, payment: Payment, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`. Locks the instalment. RuleError below what was received or invoiced for it, InputError
    at the field, StaleError for another `version`. A new day is reminded of anew.
    """
    if "amount" in values:
        values["amount"] = cents(values["amount"])
    if "due_on" in values:
        values["due_on"] = _day(values["due_on"])
    with transaction.atomic():
        payment.refresh_from_db(from_queryset=Payment.objects.select_for_update())
        if values.get("amount", payment.amount) < max(payment.received, invoiced(payment)):
            raise RuleError("below_received", _("More than this was invoiced or received already."), "amount")
        moved = values.get("due_on", payment.due_on) != payment.due_on
        record.change(payment, values, FIELDS, version=version, actor=actor, action="payment.change", now=now)
        if moved:
            Payment.objects.filter(pk=payment.pk).update(reminder=PaymentReminder.NONE)
        recount(payment)


def remove(*, payment: Payment, actor: Any, now: datetime) -> None:
    """Take an instalment out of the schedule. Locks it. RuleError once anything was invoiced, received or dunned."""
    with transaction.atomic():
        payment.refresh_from_db(from_queryset=Payment.objects.select_for_update())
        if payment.receipts.exists() or payment.invoices.exists() or payment.dunning.exists():
            raise RuleError("in_use", _("Invoices, receipts or reminders stand on this instalment, so it stays."))
        changes = {"number": payment.number, "amount": str(payment.amount), "due_on": payment.due_on.isoformat()}
        name, customer_id = subject(payment), payment.customer_id
        payment.delete()
        audit.record(
            actor=actor, action="payment.remove", subject=name, changes=changes, now=now, customer_id=customer_id
        )


def recount(payment: Payment) -> None:
    """Count the receipts anew, oldest first, up to the amount; what is more is surplus. Call it under the lock."""
    open_amount = payment.amount
    for receipt in payment.receipts.filter(voided_at=None).order_by("received_on", "pk"):
        counted = min(receipt.amount, open_amount)
        open_amount -= counted
        if receipt.surplus != receipt.amount - counted:
            Receipt.objects.filter(pk=receipt.pk).update(surplus=receipt.amount - counted)
    payment.received = payment.amount - open_amount
    Payment.objects.filter(pk=payment.pk).update(received=payment.received)


def open_of(payment: Payment) -> Decimal:
    """What has not come in yet."""
    return payment.amount - payment.received


def invoiced(payment: Payment) -> Decimal:
    """The sum of the invoices for an instalment that count."""
    return total(Invoice.objects.filter(payment=payment, voided_at=None).values_list("amount", flat=True))


def _insert(contract: Contract, values: dict[str, Any], actor: Any, now: datetime) -> Payment:
    last = Payment.objects.filter(contract=contract).aggregate(last=Max("number"))["last"] or 0
    payment = Payment(contract=contract, customer_id=contract.customer_id, number=last + 1)
    record.save(payment, values, actor=actor, action="payment.create", now=now)
    return payment


def _day(day: date, field: str = "due_on") -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError("year", _("Please check the year of this day."), field)
    return day
