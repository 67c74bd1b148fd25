"""Money that came in."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain.amount import cents
from contracts.domain.invoice import check_past, check_signed, check_why
from contracts.domain.payment import open_of, recount
from contracts.models import Payment, Receipt
from core.domain import record
from core.errors import RuleError
from core.formats import money


def receive(
    *,
    payment: Payment,
    received_on: date,
    amount: Any,
    actor: Any,
    now: datetime,
    note: str = "",
    with_surplus: bool = False,
) -> Receipt:
    """Note money that came in for an instalment, also a part of it. Locks the instalment.

    More than is open is refused (RuleError `overpaid`), unless it is to be noted `with_surplus`. InputError for a day
    to come and an amount that nobody pays; RuleError while the contract is not signed.
    """
    paid = cents(amount)
    check_past(received_on, "received_on", now)
    with transaction.atomic():
        payment.refresh_from_db(
            from_queryset=Payment.objects.select_for_update(of=("self",)).select_related("contract")
        )
        check_signed(payment.contract)
        if paid > open_of(payment) and not with_surplus:
            said = _("Only %(open)s are open here. Please check, or tick that the surplus is noted.")
            raise RuleError("overpaid", said % {"open": money(open_of(payment))}, "amount")
        receipt = Receipt(contract_id=payment.contract_id, customer_id=payment.customer_id, payment=payment)
        receipt.recorded_at, receipt.recorded_by = now, actor
        values = {"received_on": received_on, "amount": paid, "note": note}
        record.save(receipt, values, actor=actor, action="receipt.receive", now=now)
        recount(payment)
    receipt.refresh_from_db()
    return receipt


def void(*, receipt: Receipt, reason: str, actor: Any, now: datetime) -> None:
    """Take back an entry made by mistake; the amount is open again. Locks instalment and receipt.

    RuleError the second time, InputError without a reason.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=receipt.payment_id)
        receipt.refresh_from_db(from_queryset=Receipt.objects.select_for_update())
        if receipt.voided_at:
            raise RuleError("voided", _("This entry has been taken back already."))
        values = {"voided_at": now, "voided_why": check_why(reason)}
        record.save(receipt, values, actor=actor, action="receipt.void", now=now)
        recount(payment)
