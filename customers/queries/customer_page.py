"""What the page of a customer tells beside its master data."""

from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, Model, QuerySet, Value
from django.db.models.functions import Cast, Concat

from core.models import Audit
from customers.models import Asset, CarePlan, Contact, Customer, Site
from customers.queries.column import Cell, Cells
from customers.queries.customer import sites_for

HISTORY = 20
REGIONS_NAMED = 2
MOST_REGIONS = 200


def regions(user: Any, ids: Sequence[int]) -> dict[int, Cells]:
    """The column of regions: where the customers' visible sites stand. One statement."""
    named: dict[int, list[str]] = {}
    stands = sites_for(user).filter(customer__in=ids).exclude(district="").order_by("district")
    for customer, district in stands.values_list("customer_id", "district").distinct():
        named.setdefault(customer, []).append(district)
    return {customer: {"region": Cell(_named(districts))} for customer, districts in named.items()}


def regions_named(user: Any) -> list[str]:
    """The districts of all visible sites, to choose from; one statement."""
    named = sites_for(user).exclude(district="").order_by("district").values_list("district", flat=True)
    return list(named.distinct()[:MOST_REGIONS])


def history(customer: Customer) -> list[Audit]:
    """The last changes of the customer, its sites, contacts, devices and care plan, the newest first; one statement.

    By the keys of these rows, since the trail is indexed by them and far longer than any customer's master data.
    """
    own = [_keys(model, customer) for model in (Site, Contact, Asset, CarePlan)]
    subjects = _keys(Customer, customer).union(*own, all=True)
    kept = Audit.objects.filter(subject__in=subjects).select_related("actor")
    return list(kept.order_by("-id")[:HISTORY])


def _keys(model: type[Model], customer: Customer) -> QuerySet[Any]:
    """The names of a customer's rows in the audit trail (`record.subject`)."""
    key = Concat(Value(f"{model._meta.label_lower}:"), Cast("pk", CharField()))
    rows = model._default_manager.filter(**{"pk" if model is Customer else "customer": customer.pk})
    return rows.order_by().values_list(key)


def _named(districts: list[str]) -> str:
    more = "…" if len(districts) > REGIONS_NAMED else ""
    return "、".join(districts[:REGIONS_NAMED]) + more
