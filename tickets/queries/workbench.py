"""S01: what an agent has on hand."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User, UserRole
from accounts.queries.user import staff
from tickets.models import Ticket
from tickets.queries.strip import Strip, with_call_due
from tickets.queries.ticket import open_tickets_for


def _mine(user: Any, now: datetime) -> QuerySet[Ticket]:
    return open_tickets_for(user).filter(assignee=user)


STRIPS = (
    Strip(
        "next",
        _("My next ones"),
        _("All work on hand is done, thank you. The unassigned ones are there to help colleagues with."),
        _mine,
        all_url="/tickets/?view=mine",
    ),
    Strip(
        "waiting",
        _("Customer has replied"),
        _("No customer waits for your answer."),
        lambda user, now: _mine(user, now).filter(customer_waits=True),
        all_url="/tickets/?view=mine&mark=customer_waits",
    ),
    Strip(
        "calls",
        _("Calls to return"),
        _("No call to return."),
        lambda user, now: with_call_due(_mine(user, now)),
    ),
    Strip(
        "unassigned",
        _("Unassigned, most pressing first"),
        _("Every ticket has somebody."),
        lambda user, now: open_tickets_for(user).filter(assignee=None),
        all_url="/tickets/?view=unassigned",
    ),
)


def on_shift() -> list[User]:
    """The duty managers, then the members of the teams on duty, by name; `manages` marks the former. One statement."""
    manages = Exists(UserRole.objects.filter(user=OuterRef("pk"), role=Role.DUTY_MANAGER))
    people = staff().annotate(manages=manages).filter(Q(manages=True) | Q(team__on_duty=True))
    return list(people.select_related("team").order_by("-manages", "name", "pk"))
