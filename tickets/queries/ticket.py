from typing import Any

from django.db.models import Q, QuerySet

from accounts.enums import DESK_ROLES, Role, UserKind
from tickets.enums import BACKSTAGE_KINDS, OPEN, ClockRank
from tickets.models import Participant, Ticket

_DESK = {str(role) for role in DESK_ROLES}


def tickets_for(user: Any) -> QuerySet[Ticket]:
    """The tickets this person may know of: the one visibility function of the ticket (decisions 19, 21).

    Desk and clients: all. Engineers, partners and other staff: those they take part in. Contacts: their customer's;
    without being customer administrator only their own and their sites'. Others: none.
    """
    tickets = Ticket.objects.select_related("customer", "assignee")
    if not getattr(user, "is_active", False):
        return tickets.none()
    if user.kind == UserKind.CONTACT:
        return tickets.filter(_visible_to_contact(user))
    if user.kind == UserKind.CLIENT or user.role_codes & _DESK:
        return tickets
    part = Participant.objects.filter(user=user, until=None).values("ticket")
    return tickets.filter(pk__in=part)


def open_tickets_for(user: Any) -> QuerySet[Ticket]:
    """The default queue: open, without trainings and depot repairs, most pressing first."""
    shown = tickets_for(user).filter(state__in=sorted(OPEN)).exclude(kind__in=sorted(BACKSTAGE_KINDS))
    return most_pressing_first(shown)


def customers_of_participant(user: Any) -> Q:
    """Whoever takes part in a ticket may see its customer."""
    return Q(pk__in=Participant.objects.filter(user=user, until=None).values("ticket__customer"))


def customers_at_work_for(user: Any) -> Q:
    """The customers who have an open ticket that the person takes part in: whose systems the person works on now."""
    part = Participant.objects.filter(user=user, until=None, ticket__state__in=sorted(OPEN))
    return Q(pk__in=part.values("ticket__customer"))


def most_pressing_first(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Overdue ones first, most overdue on top; then by nearest due time; paused and without promise last (decisions
    8).
    """
    return tickets.order_by("clock_rank", "next_due_at", "id")


def overdue(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return tickets.filter(clock_rank=ClockRank.BREACHED)


def _visible_to_contact(user: Any) -> Q:
    contact = getattr(user, "contact", None)
    if contact is None or not contact.is_active:
        return Q(pk=None)
    if str(Role.CONTACT_ADMIN) in user.role_codes:
        return Q(customer=contact.customer_id)
    mine = Q(contact=contact) | Q(site__in=contact.sites.values("pk"))
    return Q(customer=contact.customer_id) & mine
