from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from customers.models import Asset, Customer
from tickets.models import Ticket
from tickets.queries.ticket import open_tickets_for

AT_MOST = 5


def similar_open(user: Any, customer: Customer, asset: Asset | None) -> list[Ticket]:
    """Open tickets of the customer that a new one may repeat, as far as the user sees them: those of the same device
    first, then the newest. `same_asset` marks them.
    """
    same = Q(asset=asset) if asset else Q(pk=None)
    found = open_tickets_for(user).filter(customer=customer)
    marked = found.annotate(same_asset=ExpressionWrapper(same, output_field=BooleanField()))
    return list(marked.order_by("-same_asset", "-pk")[:AT_MOST])
