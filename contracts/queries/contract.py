from typing import Any

from django.db.models import QuerySet

from contracts.models import Contract
from customers.queries.customer import customers_for, sees_every_customer, sees_own_sites_only


def contracts_for(user: Any) -> QuerySet[Contract]:
    """The contracts of the customers that the person sees; of contacts, only the customer's administrator sees them."""
    if sees_every_customer(user):
        return Contract.objects.all()
    if sees_own_sites_only(user):
        return Contract.objects.none()
    return Contract.objects.filter(customer__in=customers_for(user))
