"""The people at a customer."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.permissions import can, require
from core.views.edit import Keeping, sent
from customers.domain import contact as contacts
from customers.domain import invitation
from customers.forms.contact import ContactForm
from customers.models import Contact, Customer
from customers.queries.customer import contacts_for
from customers.queries.portal_contact import rows_of
from customers.views.customer import customer_or_404, tab_of, url_of

TAB = "contacts"


def contact_tab(request: HttpRequest, customer: Customer) -> str:
    """The contacts with their sites and the state of their login; four statements."""
    listed = contacts_for(request.user).filter(customer=customer)
    context = {
        "customer": customer,
        "rows": rows_of(listed, request.user, clock.now()),
        "may_create": can(request.user, "customers.create_contact"),
        "may_change": can(request.user, "customers.change_contact"),
        "may_appoint": can(request.user, "customers.appoint_contact"),
    }
    return render_to_string("customers/contact_tab.html", context, request)


CONTACTS = Keeping(
    app="customers",
    noun="contact",
    new=gettext_lazy("New contact"),
    changed=gettext_lazy("Change contact"),
    submit=gettext_lazy("Save contact"),
    done=gettext_lazy("Contact saved."),
    create=contacts.create,
    change=contacts.revise,
    version=contacts.version_of,
)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new contact of the customer `pk`."""
    customer = customer_or_404(request, pk)
    form = ContactForm(sent(request), customer=customer)
    return CONTACTS.creating(request, form, tab_of(customer, TAB), customer=customer)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_change(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(contacts_for(request.user).select_related("customer"), pk=pk)
    form = ContactForm(sent(request), customer=contact.customer, row=contact)
    return CONTACTS.changing(request, form, tab_of(contact.customer, TAB), contact)


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


@require_POST
def contact_appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a contact the customer's administrator, or with `is_administrator=0` a plain contact again."""
    contact = _contact(request, pk)
    require(request.user, "customers.appoint_contact", contact)
    wanted = request.POST.get("is_administrator") == "1"
    invitation.appoint(contact=contact, is_administrator=wanted, actor=request.user, now=clock.now())
    messages.success(request, _("Saved. The contact logs in again and sees what the new rights allow."))
    return redirect(url_of(contact.customer, TAB))


def _admit(request: HttpRequest, pk: int, act: Callable[..., None], done: str) -> HttpResponse:
    contact = _contact(request, pk)
    require(request.user, "customers.admit_contact", contact)
    act(contact=contact, actor=request.user, now=clock.now())
    messages.success(request, done)
    return redirect(url_of(contact.customer, TAB))


def _contact(request: HttpRequest, pk: int) -> Contact:
    return get_object_or_404(contacts_for(request.user).select_related("customer", "user"), pk=pk)
