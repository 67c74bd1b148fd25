"""Money that customers owe, as far as a person may see it, and how long it has been due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.enums import Role
from accounts.permissions import has_role
from contracts.enums import COVERING_STATES, Age
from contracts.models import DunningStep, Invoice, Payment, Receipt
from contracts.permissions import reads_money

OPEN = F("amount") - F("received")
# From how many days after the day it was due an amount is of an age.
SINCE = {Age.NOT_DUE: None, Age.DAYS_30: 1, Age.DAYS_60: 31, Age.DAYS_90: 61, Age.OLDER: 91}
MONEY: Any = DecimalField(max_digits=16, decimal_places=2)
NOTHING = Value(Decimal("0.00"), output_field=MONEY)


@dataclass(frozen=True)
class Aged:
    """How much is open at an age, in how many instalments."""

    age: Age
    amount: Decimal
    count: int


def finance_sees(user: Any) -> Q:
    """Finance works on the contracts of every customer (`customers.queries.customer.widen`)."""
    return Q(pk__isnull=False) if has_role(user, Role.FINANCE) else Q(pk__in=[])


def payments_for(user: Any) -> QuerySet[Payment]:
    """The instalments that a person may see: all, for who reads money; else none."""
    return Payment.objects.all() if reads_money(user, None) else Payment.objects.none()


def invoices_for(user: Any) -> QuerySet[Invoice]:
    return Invoice.objects.all() if reads_money(user, None) else Invoice.objects.none()


def receipts_for(user: Any) -> QuerySet[Receipt]:
    return Receipt.objects.all() if reads_money(user, None) else Receipt.objects.none()


def dunning_for(user: Any) -> QuerySet[DunningStep]:
    return DunningStep.objects.all() if reads_money(user, None) else DunningStep.objects.none()


def open_payments() -> QuerySet[Payment]:
    """Instalments of signed contracts that have not come in whole, with what is `open`."""
    found = Payment.objects.filter(contract__state__in=COVERING_STATES, received__lt=F("amount"))
    return found.annotate(open=OPEN)


def aged(payments: QuerySet[Any], day: date) -> QuerySet[Any]:
    """With the `age` of each on a day: an amount is overdue from the day after it was due."""
    older = [(age, day - timedelta(days=since)) for age, since in SINCE.items() if since]
    cases = [When(due_on__lte=until, then=Value(str(age))) for age, until in reversed(older)]
    found: QuerySet[Any] = payments.annotate(age=Case(*cases, default=Value(str(Age.NOT_DUE))))
    return found


def ageing(user: Any, day: date) -> QuerySet[Any]:
    """What is open today, with age; the list behind every sum of the ageing list."""
    found = payments_for(user).filter(pk__in=open_payments().values("pk")).annotate(open=OPEN)
    return aged(found, day)


def by_age(rows: QuerySet[Any]) -> list[Aged]:
    """The sums of a list of `ageing`, for every age; one statement."""
    sums = rows.order_by().values("age").annotate(total=Sum("open"), n=Count("pk"))
    found = {row["age"]: row for row in sums}
    nothing = {"total": Decimal("0.00"), "n": 0}
    return [Aged(age, *(found.get(age, nothing)[name] for name in ("total", "n"))) for age in Age]


def by_customer(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """The sums of a list of `ageing` by customer, most first: a column an age and the `total`; one statement."""
    columns = {str(age): Coalesce(Sum("open", filter=Q(age=age)), NOTHING) for age in Age}
    grouped = rows.order_by().values("customer", "customer__name").annotate(**columns, total=Sum("open"))
    return list(grouped.order_by("-total", "customer"))


def last_steps(payments: Iterable[Payment]) -> dict[int, list[DunningStep]]:
    """The steps taken so far, by the key of the instalment; one statement."""
    found: dict[int, list[DunningStep]] = {}
    for step in DunningStep.objects.filter(payment__in=list(payments)).select_related("actor"):
        found.setdefault(step.payment_id, []).append(step)
    return found


def sees_letter(user: Any, attachment: Any) -> bool:
    """Whoever reads money may fetch the letters."""
    return bool(reads_money(user, None))
