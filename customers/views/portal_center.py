"""Which of our offices look after a customer's sites, as its people see them on the portal's home [001][003]."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.queries.service_center import service_centers_for
from customers.queries.customer import sites_for

MOST_SHOWN = 3


def home_card(request: HttpRequest, user: Any) -> str:
    """The offices of the sites that the person sees, nothing where none is known; one statement."""
    own = sites_for(user).exclude(service_center=None).values("service_center")
    centers = list(service_centers_for(user).filter(pk__in=own).order_by("name", "pk")[:MOST_SHOWN])
    if not centers:
        return ""
    return render_to_string("customers/portal_centers.html", {"centers": centers}, request)
