"""Asking for overdue money: letter, call, legal steps; each once for an instalment, in this order, by whom [002]."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from contracts.domain.payment import open_of
from contracts.enums import COVERING_STATES, DunningKind
from contracts.models import DunningStep, Payment
from core import pdf
from core.clock import office_day
from core.domain import attachment, record
from core.errors import InputError, RuleError

PARENT = "contracts.payment"
TEMPLATE = "contracts/dunning_letter.html"
ORDER = list(DunningKind)
LETTER_DAYS = 15
"""By when a letter asks for the money, in days (ours: the source names the step alone)."""


def next_kind(taken: list[DunningStep]) -> DunningKind | None:
    """The step that follows those taken; None after the last."""
    return ORDER[len(taken)] if len(taken) < len(ORDER) else None


def take(*, payment: Payment, kind: str, actor: Any, now: datetime, note: str = "") -> DunningStep:
    """Take a step; of a letter the PDF is drawn and kept. A call or legal steps need a note of what was said or done.

    The letter is drawn before anything is locked, then the instalment is locked and judged again. RuleError for a step
    out of order (`dunning_order`), taken already (`dunned`), or where nothing is overdue (`not_overdue`).
    """
    if kind not in ORDER:
        raise InputError("invalid", _("Please choose a value from the list."), "kind")
    if kind != DunningKind.LETTER and not note.strip():
        raise InputError("required", _("Please note what was said or done."), "note")
    _check(payment, kind, now)
    letter = draw_letter(payment, now) if kind == DunningKind.LETTER else b""
    with transaction.atomic():
        mine = Payment.objects.select_for_update(of=("self",)).select_related("contract").get(pk=payment.pk)
        _check(mine, kind, now)
        if letter and open_of(mine) != open_of(payment):
            raise RuleError("moved", _("Money has come in meanwhile. Please look again."))
        step = DunningStep(payment=mine, customer_id=mine.customer_id, actor=actor, at=now)
        step.file = _store(mine, letter, actor, now) if letter else None
        values = {"kind": kind, "note": note, "open_amount": open_of(mine)}
        record.save(step, values, actor=actor, action="dunning.take", now=now)
    return step


def draw_letter(payment: Payment, now: datetime) -> bytes:
    """The letter as PDF, in the customers' language. Raises core.pdf.PdfError; nothing is stored."""
    return pdf.render(TEMPLATE, letter_of(payment, now), language=settings.LANGUAGE_CODE)


def letter_of(payment: Payment, now: datetime) -> dict[str, Any]:
    """What the letter says."""
    day, contract = office_day(now), payment.contract
    return {
        "payment": payment,
        "contract": contract,
        "customer": contract.customer,
        "number": reference(payment),
        "open": open_of(payment),
        "days": overdue_days(payment, day),
        "today": day,
        "pay_by": date.fromordinal(day.toordinal() + LETTER_DAYS),
        "printed_at": now,
    }


def reference(payment: Payment) -> str:
    """How a letter is called: the contract's number and the instalment's."""
    return f"{payment.contract.number}-{payment.number:02d}"


def overdue_days(payment: Payment, day: date) -> int:
    """How many days an instalment is overdue; zero or less: it is not."""
    return (day - payment.due_on).days


def _check(payment: Payment, kind: str, now: datetime) -> None:
    is_late = open_of(payment) > 0 and overdue_days(payment, office_day(now)) > 0
    if payment.contract.state not in COVERING_STATES or not is_late:
        raise RuleError("not_overdue", _("Nothing is overdue here."))
    taken = list(payment.dunning.values_list("kind", flat=True))
    if kind in taken:
        raise RuleError("dunned", _("This step has been taken already."))
    if ORDER.index(DunningKind(kind)) != len(taken):
        raise RuleError("dunning_order", _("The steps come in their order: letter, call, legal steps."))


def _store(payment: Payment, letter: bytes, actor: Any, now: datetime) -> Any:
    with translation.override(settings.LANGUAGE_CODE):
        name = f"{_('Payment reminder')}_{reference(payment)}.pdf"
    file = attachment.store(
        upload=ContentFile(letter, name=attachment.clean_name(name.replace("/", "-"))),
        customer_id=payment.customer_id,
        parent_kind=PARENT,
        parent_key=str(payment.pk),
        internal=True,
        actor=actor,
        now=now,
    )
    return file.pk
