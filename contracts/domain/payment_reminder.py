"""Telling finance, once each: what is due soon, what is overdue, and which step of asking is due next."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries.user import staff
from contracts.domain.dunning import overdue_days
from contracts.domain.payment import open_of
from contracts.enums import DunningKind, PaymentReminder
from contracts.models import DunningStep, Payment
from contracts.queries.payment import last_steps, open_payments
from core.clock import office_day
from core.domain import notification
from core.formats import money

# Days before and after the day it is due, and after the step before (ours: the source names the steps alone).
SOON, LETTER, CALL, LEGAL = 7, 7, 14, 30


def remind(now: datetime, url_of: Callable[[int], str]) -> int:
    """Tell of every open instalment what is new about it. Returns of how many. Side by side nobody is told twice.

    `url_of` gives the address of a contract's money by its key.
    """
    day = office_day(now)
    rows = list(open_payments().filter(due_on__lte=day + timedelta(days=SOON)))
    steps = last_steps(rows)
    stages = {one.pk: stage_of(one, steps.get(one.pk, []), now) for one in rows}
    due = [one.pk for one in rows if stages[one.pk] > one.reminder]
    receivers = finance() if due else []
    return sum(_tell(pk, stages[pk], receivers, now, url_of) for pk in due)


def stage_of(payment: Payment, steps: list[DunningStep], now: datetime) -> PaymentReminder:
    """The last thing to be told about an open instalment. Pure."""
    late = overdue_days(payment, office_day(now))
    if late <= 0:
        return PaymentReminder.COMING if late >= -SOON else PaymentReminder.NONE
    taken = {step.kind: step.at for step in steps}
    if DunningKind.CALL in taken:
        waited, stage = now - taken[DunningKind.CALL] >= timedelta(days=LEGAL), PaymentReminder.LEGAL
    elif DunningKind.LETTER in taken:
        waited, stage = now - taken[DunningKind.LETTER] >= timedelta(days=CALL), PaymentReminder.CALL
    else:
        waited, stage = late >= LETTER, PaymentReminder.LETTER
    return stage if waited and DunningKind.LEGAL not in taken else PaymentReminder.OVERDUE


def finance() -> list[User]:
    """Who is told: finance; where there is nobody, the managers."""
    found = list(staff().filter(roles__role=Role.FINANCE))
    return found or list(staff().filter(roles__role=Role.MANAGER))


def _tell(pk: int, stage: PaymentReminder, receivers: list[User], now: datetime, url_of: Callable[[int], str]) -> int:
    """One transaction; who comes second finds the step told already."""
    with transaction.atomic():
        row = Payment.objects.filter(pk=pk, reminder__lt=stage)
        if not row.update(reminder=stage):
            return 0
        payment = Payment.objects.select_related("contract__customer").get(pk=pk)
        for user in receivers:
            notification.notify(
                user=user,
                key=f"payment.{stage.name.lower()}:{pk}:{payment.due_on}",
                kind="payment.due",
                text=lambda: words(payment, stage),
                url=url_of(payment.contract_id),
                now=now,
                mail=True,
            )
    return 1


def words(payment: Payment, stage: PaymentReminder) -> str:
    """What finance reads about an open instalment, in the active language."""
    facts = {
        "contract": payment.contract.number,
        "customer": payment.contract.customer.short_name,
        "open": money(open_of(payment)),
        "day": payment.due_on.isoformat(),
    }
    if stage == PaymentReminder.COMING:
        return _("%(customer)s, %(contract)s: %(open)s will be due on %(day)s") % facts
    if stage == PaymentReminder.OVERDUE:
        return _("%(customer)s, %(contract)s: %(open)s are overdue since %(day)s") % facts
    step = _("%(customer)s, %(contract)s: %(open)s are overdue since %(day)s; %(step)s")
    return step % (facts | {"step": stage.label})
