"""Care plans as a person may see them, and when the next visits are."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, OuterRef, QuerySet, Subquery

from accounts.enums import UserKind
from customers.models import CarePlan, Customer
from customers.queries.customer import customers_for, sees_every_customer

SOON = timedelta(days=14)


def care_plans_for(user: Any) -> QuerySet[CarePlan]:
    """The plans of the customers that the person sees; customers themselves see none."""
    plans = CarePlan.objects.select_related("owner")
    if sees_every_customer(user):
        return plans
    if getattr(user, "kind", None) != UserKind.STAFF:
        return plans.none()
    return plans.filter(customer__in=customers_for(user))


def next_visits(user: Any, ids: Sequence[int]) -> dict[int, CarePlan]:
    """The plans by customer; one statement."""
    return {plan.customer_id: plan for plan in care_plans_for(user).filter(customer__in=ids)}


def next_visit(user: Any) -> Subquery:
    """An expression on customers: the day of the next visit."""
    plans = CarePlan.objects.filter(customer=OuterRef("pk")).values("next_on")
    return Subquery(plans[:1], output_field=DateField())


def due_for_care(customers: QuerySet[Customer], today: date) -> QuerySet[Customer]:
    """Those whose next visit is due or comes within 14 days."""
    return customers.filter(care_plan__next_on__lte=today + SOON)
