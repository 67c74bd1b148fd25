"""Who asked: the card that says what is to be confirmed with whom, and the act of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.permissions import can, require
from customers.queries.caller import authorised_callers, check_of, needs_check
from customers.queries.customer import contacts_for
from tickets.domain.caller import confirm, subject_of
from tickets.models import Ticket
from tickets.views.page import found


def card(request: HttpRequest, ticket: Ticket) -> str:
    """Nothing for an authorised caller's ticket; else at most two statements."""
    if not needs_check(ticket.contact):
        return ""
    check = check_of(subject_of(ticket))
    if check is None and not ticket.is_open:
        return ""
    context = {
        "ticket": ticket,
        "check": check,
        "callers": [] if check else authorised_callers(request.user, ticket.customer_id),
        "may_confirm": can(request.user, "tickets.confirm_caller_ticket", ticket),
    }
    return render_to_string("tickets/caller_card.html", context, request)


@require_POST
def confirm_caller(request: HttpRequest, number: str) -> HttpResponse:
    ticket = found(request, number)
    require(request.user, "tickets.confirm_caller_ticket", ticket)
    typed = request.POST.get("contact", "")
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    contact = contacts_for(request.user).filter(customer=ticket.customer_id, pk=wanted).first()
    if contact is None:
        messages.error(request, _("Please choose who confirmed it."))
    else:
        confirm(ticket=ticket, contact=contact, actor=request.user, now=clock.now())
        messages.success(request, _("Noted: confirmed with %(name)s.") % {"name": contact.name})
    return redirect("tickets:ticket-detail", number=ticket.number)
