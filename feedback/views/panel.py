"""What ratings show on the pages of lower apps."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.permissions import is_staff
from core.permissions import can
from customers.models import Customer
from feedback.domain.rating import RATEABLE
from feedback.forms.rating import RatingForm
from feedback.queries.rating import low_of, ratings_for, ratings_of, shares
from tickets.models import Ticket


def portal_case(request: HttpRequest, ticket: Ticket) -> str:
    """The contact's stars for the present round, or the form to give them; one statement."""
    user: Any = request.user
    if ticket.state not in RATEABLE or not can(user, "feedback.create_rating", ticket):
        return ""
    given = next((rating for rating in ratings_of(ticket) if rating.round == ticket.round), None)
    context = {"ticket": ticket, "rating": given, "form": None if given else RatingForm()}
    return render_to_string("feedback/portal_case.html", context, request)


def ticket_side(request: HttpRequest, ticket: Ticket) -> str:
    """All ratings of the ticket, for staff; one statement."""
    ratings = ratings_of(ticket) if is_staff(request.user) else []
    return render_to_string("feedback/ticket_side.html", {"ratings": ratings}, request) if ratings else ""


def customer_panel(request: HttpRequest, customer: Customer) -> str:
    """How many, how good, and the last low ones; two statements."""
    if not is_staff(request.user):
        return ""
    found = shares(ratings_for(request.user).filter(customer=customer))
    low = low_of(customer, request.user) if found.low else []
    return render_to_string("feedback/customer_panel.html", {"shares": found, "low": low}, request)
