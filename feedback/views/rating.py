"""S45: the customer rates a finished service, in the portal or by the mailed link. It closes and reopens nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.errors import InputError
from core.permissions import require
from feedback.domain import rating as ratings
from feedback.forms.rating import RatingForm, prefilled
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for


@require_POST
def rating_create(request: HttpRequest, number: str) -> HttpResponse:
    """Rate the present round of a ticket of one's own; back to the case."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    require(request.user, "feedback.create_rating", ticket)
    form = RatingForm(request.POST)
    if not form.is_valid() or not _rated(request, form, ticket):
        return render(request, "feedback/rating_page.html", {"form": form, "ticket": ticket}, status=422)
    messages.success(request, _("Thank you for your rating."))
    return redirect(reverse("tickets:portal-case", args=[ticket.number]))


def _rated(request: HttpRequest, form: RatingForm, ticket: Ticket) -> bool:
    data, user = form.cleaned_data, request.user
    contact = user.contact  # type: ignore[union-attr]  # a contact: the permission says so
    try:
        ratings.rate(ticket=ticket, **data, contact=contact, actor=user, now=clock.now())
    except InputError as error:
        form.add_error(error.field, error.message)
        return False
    return True


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def rating_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mailed link: looking changes nothing, the button rates."""
    now = clock.now()
    found = ratings.asked(token, now)
    if ratings.answered(token):
        return render(request, "feedback/rating_thanks.html", status=409 if request.method == "POST" else 200)
    if found is None:
        return _dead(request)
    ticket = get_object_or_404(Ticket, pk=found.facts["ticket"])
    form = RatingForm(request.POST if request.method == "POST" else None, initial=prefilled(request.GET.get("stars")))
    if form.is_valid():
        return _by_link(request, token, form, ticket)
    status = 422 if request.method == "POST" else 200
    return render(request, "feedback/rating_link.html", {"form": form, "ticket": ticket}, status=status)


@sensitive_variables("token")
def _by_link(request: HttpRequest, token: str, form: RatingForm, ticket: Ticket) -> HttpResponse:
    try:
        rating = ratings.rate_by_link(token=token, **form.cleaned_data, now=clock.now())
    except InputError as error:
        form.add_error(error.field, error.message)
        return render(request, "feedback/rating_link.html", {"form": form, "ticket": ticket}, status=422)
    if rating is None:
        return _dead(request)
    return render(request, "feedback/rating_thanks.html", {"rating": rating})


def _dead(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_dead.html", status=404)
