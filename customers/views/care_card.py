"""What is planned for a customer, on its page and in the list."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.clock import office_day
from core.permissions import can
from customers.domain.care_plan import AHEAD
from customers.models import Customer
from customers.queries.care_plan import care_plans_for, next_visits
from customers.queries.column import Cell, Cells


def card_of(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """What the card on the customer's first tab tells; one statement."""
    plan = care_plans_for(request.user).filter(customer=customer).first()
    today = office_day(clock.now())
    return {
        "plan": plan,
        "cell": cell_of(plan.next_on, today) if plan else None,
        "is_missing": plan is None and customer.is_key and customer.is_active,
        "may_change": can(request.user, "customers.change_care_plan", plan),
        "change_url": reverse("customers:care-plan-change", args=[customer.pk]),
        "visited_url": reverse("customers:care-plan-visited", args=[customer.pk]),
        "today": today,
    }


def care_cells(user: Any, ids: list[int]) -> dict[int, Cells]:
    """The column of next visits; one statement."""
    today = office_day(clock.now())
    return {pk: {"care": cell_of(plan.next_on, today)} for pk, plan in next_visits(user, ids).items()}


def cell_of(next_on: date, today: date) -> Cell:
    """The day of the next visit; marked where it is near or over."""
    day = next_on.isoformat()
    if next_on < today:
        return Cell(_("due since %(day)s") % {"day": day}, look="expiring")
    days = (next_on - today).days
    if not days:
        return Cell(_("due today"), look="expiring")
    near = timedelta(days=days) <= AHEAD
    return Cell(day, note=ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days} if near else "")


def health(request: HttpRequest, customer: Customer) -> str:
    """The next visit among the customer's figures; one statement."""
    plan = care_plans_for(request.user).filter(customer=customer).first()
    if plan is None:
        return ""
    cell = cell_of(plan.next_on, office_day(clock.now()))
    context = {
        "label": _("Next visit"),
        "value": plan.next_on.isoformat(),
        "hint": _("Visit due") if cell.look else cell.note,
    }
    return render_to_string("wb/kpi.html", context, request)
