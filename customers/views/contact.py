"""The people at a customer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.permissions import can, require
from customers.domain import contact as contacts
from customers.domain import invitation
from customers.forms.contact import ContactForm
from customers.models import Contact, Customer
from customers.queries.customer import contacts_for
from customers.queries.portal_contact import rows_of
from customers.views.customer import crumbs_of, customer_or_404, url_of
from customers.views.edit import Editing, edit, sent

TAB = "contacts"


def contact_tab(request: HttpRequest, customer: Customer) -> str:
    """The contacts with their sites and the state of their login; three statements."""
    listed = contacts_for(request.user).filter(customer=customer)
    context = {
        "customer": customer,
        "rows": rows_of(listed, request.user, clock.now()),
        "may_create": can(request.user, "customers.create_contact"),
        "may_change": can(request.user, "customers.change_contact"),
    }
    return render_to_string("customers/contact_tab.html", context, request)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new contact of the customer `pk`."""
    customer = customer_or_404(request, pk)
    require(request.user, "customers.create_contact", customer)

    def save(values: dict[str, Any], now: datetime) -> Contact:
        return contacts.create(customer=customer, actor=request.user, now=now, **values)

    return edit(
        request,
        Editing(
            title=_("New contact"),
            submit=_("Save contact"),
            done=_("Contact saved."),
            form=ContactForm(sent(request), customer=customer),
            save=save,
            goes_to=lambda row: url_of(customer, TAB),
            back_url=url_of(customer, TAB),
            crumbs=crumbs_of(customer, TAB),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def contact_change(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(contacts_for(request.user).select_related("customer"), pk=pk)
    require(request.user, "customers.change_contact", contact)
    customer = contact.customer

    def save(values: dict[str, Any], now: datetime) -> Contact:
        version = request.POST.get("version", "")
        contacts.revise(contact=contact, version=version, actor=request.user, now=now, **values)
        return contact

    return edit(
        request,
        Editing(
            title=_("Change contact"),
            submit=_("Save contact"),
            done=_("Contact saved."),
            form=ContactForm(sent(request), customer=customer, row=contact),
            save=save,
            goes_to=lambda row: url_of(customer, TAB),
            back_url=url_of(customer, TAB),
            crumbs=crumbs_of(customer, TAB),
            row=contact,
            version=lambda: contacts.version_of(contact),
        ),
    )


# --- Portal login -----------------------------------------------------------------------------------------------------


@require_POST
def contact_invite(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The invitation is on its way. The link in it is good for 7 days.")
    return _admit(request, pk, invitation.invite, done)


@require_POST
def contact_disable(request: HttpRequest, pk: int) -> HttpResponse:
    return _admit(request, pk, invitation.disable, _("The contact is disabled and can no longer log in."))


@require_POST
def contact_enable(request: HttpRequest, pk: int) -> HttpResponse:
    return _admit(request, pk, invitation.enable, _("The contact is enabled again."))


def _admit(request: HttpRequest, pk: int, act: Callable[..., None], done: str) -> HttpResponse:
    contact = get_object_or_404(contacts_for(request.user).select_related("customer", "user"), pk=pk)
    require(request.user, "customers.admit_contact", contact)
    act(contact=contact, actor=request.user, now=clock.now())
    messages.success(request, done)
    return redirect(url_of(contact.customer, TAB))
