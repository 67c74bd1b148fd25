"""S46: the customer's administrator keeps the people of their own organisation."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.permissions import require
from customers.domain import contact as contacts
from customers.domain import invitation
from customers.forms.portal_contact import ColleagueForm
from customers.models import Contact, Customer
from customers.queries.customer import contacts_for, customers_for
from customers.queries.portal_contact import colleagues
from customers.views.edit import Editing, edit

LIST = "customers:portal-contact-list"
FORM = "customers/portal_contact_form.html"


@require_safe
def portal_contact_list(request: HttpRequest) -> HttpResponse:
    rows = colleagues(request.user, clock.now())
    return render(request, "customers/portal_contact_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def portal_contact_create(request: HttpRequest) -> HttpResponse:
    customer = _customer(request)
    require(request.user, "customers.create_colleague", customer)
    form = ColleagueForm(request.POST or None, customer=customer)

    def save(values: dict[str, Any], now: datetime) -> Contact:
        return invitation.admit(customer=customer, actor=request.user, now=now, **values)

    return edit(
        request,
        Editing(
            title=_("Add a contact"),
            submit=_("Add contact"),
            done=_("The contact is added."),
            form=form,
            save=save,
            goes_to=lambda row: reverse(LIST),
            back_url=reverse(LIST),
            template=FORM,
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def portal_contact_change(request: HttpRequest, pk: int) -> HttpResponse:
    contact = _contact(request, pk)
    require(request.user, "customers.change_colleague", contact)
    form = ColleagueForm(request.POST or None, customer=contact.customer, row=contact)

    def save(values: dict[str, Any], now: datetime) -> Contact:
        sent = request.POST.get("version", "")
        contacts.revise(contact=contact, version=sent, actor=request.user, now=now, **values)
        return contact

    return edit(
        request,
        Editing(
            title=_("Change a contact"),
            submit=_("Save contact"),
            done=_("Contact saved."),
            form=form,
            save=save,
            goes_to=lambda row: reverse(LIST),
            back_url=reverse(LIST),
            row=contact,
            version=lambda: contacts.version_of(contact),
            template=FORM,
        ),
    )


@require_POST
def portal_contact_invite(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The invitation is on its way. The link in it is good for 7 days.")
    return _act(request, pk, invitation.invite, done)


@require_POST
def portal_contact_disable(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, invitation.disable, _("The contact is disabled and can no longer log in."))


@require_POST
def portal_contact_enable(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, invitation.enable, _("The contact is enabled again."))


def _act(request: HttpRequest, pk: int, act: Callable[..., None], done: str) -> HttpResponse:
    contact = _contact(request, pk)
    require(request.user, "customers.admit_contact", contact)
    act(contact=contact, actor=request.user, now=clock.now())
    messages.success(request, done)
    return redirect(LIST)


def _customer(request: HttpRequest) -> Customer:
    customer = customers_for(request.user).first()
    if customer is None:
        raise Http404
    return customer


def _contact(request: HttpRequest, pk: int) -> Contact:
    return get_object_or_404(contacts_for(request.user).select_related("customer", "user"), pk=pk)
