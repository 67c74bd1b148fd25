"""How often a customer is visited, and the reminders of whoever sees to it [000]."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import is_staff
from accounts.queries.user import managers
from core.clock import office_day
from core.domain import notification, record
from core.errors import InputError
from customers.models import CarePlan, Customer

FIELDS = frozenset({"every_months", "next_on", "owner", "note"})
AHEAD = timedelta(days=14)
KEY_CUSTOMER_MONTHS = 12


def create(*, customer: Customer, actor: Any, now: datetime, **values: Any) -> CarePlan:
    """Plan the visits of a customer that has no plan yet; `values` are `FIELDS`. InputError at the field."""
    plan = CarePlan(customer=customer)
    _check(plan, values)
    record.save(plan, values, actor=actor, action="care_plan.create", now=now)
    return plan


def change(*, care_plan: CarePlan, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`. InputError at the field, StaleError if `version` is no longer the row's."""
    _check(care_plan, values)
    record.change(care_plan, values, FIELDS, version=version, actor=actor, action="care_plan.change", now=now)


def version_of(plan: CarePlan) -> str:
    return record.version_of(plan, FIELDS)


def visited(*, care_plan: CarePlan, on: date, actor: Any, now: datetime) -> None:
    """The customer was visited on that day: the next visit is due `every_months` later. Twice for a day is once.

    InputError at `on` for a day to come.
    """
    if on > office_day(now):
        raise InputError("future", _("This day lies in the future."), "on")
    with transaction.atomic():
        CarePlan.objects.select_for_update().get(pk=care_plan.pk)
        values = {"next_on": months_after(on, care_plan.every_months)}
        record.save(care_plan, values, actor=actor, action="care_plan.visited", now=now)


def remind(now: datetime) -> int:
    """Tell the owners 14 days before a visit and on its day, each once; who was not told in time is told now.

    Returns how many plans are due. Customers that we no longer serve are left out.
    """
    today = office_day(now)
    due = CarePlan.objects.filter(next_on__lte=today + AHEAD, customer__is_active=True)
    plans = list(due.select_related("customer", "owner").order_by("pk"))
    stand_ins = list(managers()) if any(not plan.owner.is_active for plan in plans) else []
    for plan in plans:
        _tell(plan, [plan.owner] if plan.owner.is_active else stand_ins, today, now)
    return len(plans)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one where it is shorter. Pure."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _tell(plan: CarePlan, told: Iterable[Any], today: date, now: datetime) -> None:
    is_due = plan.next_on <= today
    facts = {"customer": plan.customer.name, "day": plan.next_on.isoformat()}

    def text() -> str:
        if is_due:
            return _("The visit to %(customer)s is due (%(day)s).") % facts
        return _("A visit to %(customer)s is planned for %(day)s.") % facts

    for user in told:
        notification.notify(
            user=user,
            key=f"care:{plan.pk}:{plan.next_on}:{'due' if is_due else 'ahead'}",
            kind="care",
            text=text,
            url=f"/customers/{plan.customer_id}/",
            now=now,
        )


def _check(plan: CarePlan, values: dict[str, Any]) -> None:
    """A key customer is visited at least once a year [000]."""
    months = values.get("every_months", plan.every_months)
    if plan.customer.is_key and isinstance(months, int) and months > KEY_CUSTOMER_MONTHS:
        raise InputError("too_rare", _("Key customers are visited at least every 12 months."), "every_months")
    if "owner" in values and not is_staff(values["owner"]):
        raise InputError("not_staff", _("Please choose a colleague who works here."), "owner")
