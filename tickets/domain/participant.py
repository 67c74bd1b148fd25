from datetime import datetime

from tickets.enums import ParticipantReason
from tickets.models import Participant, Ticket


def join(ticket: Ticket, user_id: int, why: str, now: datetime) -> None:
    """Let a person take part for this reason; already taking part changes nothing."""
    row = Participant(ticket=ticket, user_id=user_id, why=why, since=now)
    Participant.objects.bulk_create([row], ignore_conflicts=True)


def leave(ticket: Ticket, user_id: int, why: str, now: datetime) -> None:
    Participant.objects.filter(ticket=ticket, user_id=user_id, why=why, until=None).update(until=now)


def follow_assignment(ticket: Ticket, before: int | None, now: datetime) -> None:
    """Keep the assignee among the participants, and only the present one."""
    if before == ticket.assignee_id:
        return
    if before:
        leave(ticket, before, ParticipantReason.ASSIGNEE, now)
    if ticket.assignee_id:
        join(ticket, ticket.assignee_id, ParticipantReason.ASSIGNEE, now)
