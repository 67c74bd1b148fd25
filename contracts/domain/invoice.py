"""Invoices as finance issued them; the numbers come from the tax system."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain.amount import cents
from contracts.domain.payment import FIRST_YEAR, invoiced
from contracts.enums import COVERING_STATES
from contracts.models import Contract, Invoice, Payment
from core.clock import office_day
from core.domain import record
from core.errors import InputError, RuleError
from core.formats import money


def issue(
    *,
    contract: Contract,
    number: str,
    issued_on: date,
    amount: Any,
    actor: Any,
    now: datetime,
    payment: Payment | None = None,
) -> Invoice:
    """Register an invoice, for one instalment or for the contract. Locks the instalment.

    InputError for a number that is known, a day to come, an instalment of another contract; RuleError for more than
    the instalment (`over_invoiced`) and while the contract is not signed.
    """
    values = {"number": number.strip(), "issued_on": issued_on, "amount": cents(amount)}
    check_past(issued_on, "issued_on", now)
    check_signed(contract)
    if Invoice.objects.filter(number=values["number"]).exists():
        raise InputError("exists", _("This invoice number is registered already."), "number")
    with transaction.atomic():
        if payment:
            _check_payment(contract, payment, values["amount"])
        invoice = Invoice(contract=contract, customer_id=contract.customer_id, payment=payment)
        invoice.recorded_at, invoice.recorded_by = now, actor
        record.save(invoice, values, actor=actor, action="invoice.issue", now=now)
    return invoice


def void(*, invoice: Invoice, reason: str, actor: Any, now: datetime) -> None:
    """Note that an invoice was voided or red-lettered. Locks it. RuleError the second time, InputError without a
    reason.
    """
    with transaction.atomic():
        invoice.refresh_from_db(from_queryset=Invoice.objects.select_for_update())
        if invoice.voided_at:
            raise RuleError("voided", _("This entry has been taken back already."))
        values = {"voided_at": now, "voided_why": check_why(reason)}
        record.save(invoice, values, actor=actor, action="invoice.void", now=now)


def check_past(day: date, field: str, now: datetime) -> None:
    """InputError for a day to come, or so long ago that the year must be wrong."""
    if day > office_day(now):
        raise InputError("future", _("This day has not come yet."), field)
    if day.year < FIRST_YEAR:
        raise InputError("year", _("Please check the year of this day."), field)


def check_signed(contract: Contract) -> None:
    if contract.state not in COVERING_STATES:
        raise RuleError("unsigned", _("This contract is not signed yet; nothing counts for it."))


def check_why(reason: str) -> str:
    if not reason.strip():
        raise InputError("required", _("Please say why."), "reason")
    return reason


def _check_payment(contract: Contract, payment: Payment, amount: Any) -> None:
    payment.refresh_from_db(from_queryset=Payment.objects.select_for_update())
    if payment.contract_id != contract.pk:
        raise InputError("foreign", _("This instalment does not belong to the contract."), "payment")
    left = payment.amount - invoiced(payment)
    if amount > left:
        said = _("Only %(left)s of this instalment are not invoiced yet.") % {"left": money(left)}
        raise RuleError("over_invoiced", said, "amount")
