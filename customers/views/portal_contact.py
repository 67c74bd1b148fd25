"""S46: the customer's administrator keeps the people of their own organisation."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.permissions import require
from core.views.edit import Keeping, Place, sent
from customers.domain import contact as contacts
from customers.domain import invitation
from customers.forms.portal_contact import ColleagueForm
from customers.models import Contact, Customer
from customers.queries.customer import contacts_for, customers_for
from customers.queries.portal_contact import colleagues

LIST = "customers:portal-contact-list"


@require_safe
def portal_contact_list(request: HttpRequest) -> HttpResponse:
    rows = colleagues(request.user, clock.now())
    return render(request, "customers/portal_contact_list.html", {"rows": rows})


COLLEAGUES = Keeping(
    app="customers",
    noun="colleague",
    new=gettext_lazy("Add a contact"),
    changed=gettext_lazy("Change a contact"),
    submit=gettext_lazy("Save contact"),
    done=gettext_lazy("Contact saved."),
    made=gettext_lazy("The contact is added."),
    create=invitation.admit,
    change=lambda colleague, **given: contacts.revise(contact=colleague, **given),
    version=contacts.version_of,
    template="customers/portal_contact_form.html",
)


@require_http_methods(["GET", "HEAD", "POST"])
def portal_contact_create(request: HttpRequest) -> HttpResponse:
    customer = _customer(request)
    return COLLEAGUES.creating(
        request, ColleagueForm(sent(request), customer=customer), Place(reverse(LIST)), customer=customer
    )


@require_http_methods(["GET", "HEAD", "POST"])
def portal_contact_change(request: HttpRequest, pk: int) -> HttpResponse:
    contact = _contact(request, pk)
    form = ColleagueForm(sent(request), customer=contact.customer, row=contact)
    return COLLEAGUES.changing(request, form, Place(reverse(LIST)), contact)


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
