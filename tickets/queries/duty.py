"""S02: what a duty manager has to step into, and nothing else."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tickets.enums import ClockRank, Severity
from tickets.models import Ticket
from tickets.queries.strip import Strip, with_call_due
from tickets.queries.ticket import open_tickets_for, tickets_for

SOON = timedelta(minutes=60)
GRAVE = (Severity.ONE, Severity.TWO)


def _late(user: Any, now: datetime) -> QuerySet[Ticket]:
    """Overdue ones, also those whose breach the sweep is about to record."""
    passed = Q(clock_rank=ClockRank.RUNNING, next_due_at__lt=now)
    return open_tickets_for(user).filter(Q(clock_rank=ClockRank.BREACHED) | passed)


def _near(user: Any, now: datetime) -> QuerySet[Ticket]:
    return open_tickets_for(user).filter(
        clock_rank=ClockRank.RUNNING, next_due_at__gte=now, next_due_at__lte=now + SOON
    )


STRIPS = (
    Strip("breached", _("Overdue"), _("Nothing is overdue."), _late, 8, "/tickets/?view=overdue"),
    Strip("near", _("Due within 60 minutes"), _("Nothing is due within an hour."), _near, 8),
    Strip(
        "calls",
        _("Call-backs due"),
        _("No call-back is due."),
        lambda user, now: with_call_due(open_tickets_for(user)),
        8,
    ),
    Strip(
        "unassigned",
        _("Unassigned of level 1 and 2"),
        _("Every grave ticket has somebody."),
        lambda user, now: open_tickets_for(user).filter(assignee=None, severity__in=GRAVE),
        8,
        "/tickets/?view=unassigned",
    ),
    Strip(
        "review",
        _("To be reviewed"),
        _("Nothing is to be reviewed."),
        lambda user, now: tickets_for(user).filter(needs_review=True),
        8,
        "/tickets/?view=every&mark=needs_review",
    ),
)
