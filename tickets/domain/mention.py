"""@name in an internal note: the colleague is told."""

import re

from django.utils.translation import gettext as _

from accounts.enums import Role, UserKind
from accounts.models import User
from accounts.queries.user import staff
from core.domain import notification
from tickets.domain import participant
from tickets.domain.act import Act
from tickets.enums import ParticipantReason
from tickets.models import Message
from tickets.queries.ticket import tickets_for

MOST = 10
_AT = re.compile(r"[@＠]([^\s@＠]{1,40})")


def mentioned(text: str) -> list[User]:
    """The staff named after an @, the longest name that fits; at most ten. One statement, none without an @."""
    words = _AT.findall(text)[:MOST]
    starts = {word[:length] for word in words for length in range(1, len(word) + 1)}
    known = list(staff().filter(name__in=starts).prefetch_related("roles")) if starts else []
    found = []
    for word in words:
        longest = max((person.name for person in known if word.startswith(person.name)), key=len, default="")
        found += [person for person in known if person.name == longest and person not in found]
    return found


def tell_mentioned(act: Act, message: Message) -> None:
    """Within an act: tell those whom a note names. An engineer follows from now on and so sees the ticket (decisions
    21); somebody else who does not see it is not told.
    """
    ticket = act.ticket
    for person in mentioned(message.body):
        if person == act.actor:
            continue
        if str(Role.ENGINEER) in person.role_codes and person.kind == UserKind.STAFF:
            participant.join(ticket, person.pk, ParticipantReason.FOLLOWER, act.now)
        if tickets_for(person).filter(pk=ticket.pk).exists():
            _tell(act, message, person)


def _tell(act: Act, message: Message, person: User) -> None:
    ticket = act.ticket
    author = act.actor.name if act.actor else ""
    notification.notify(
        user=person,
        key=f"mention:{message.pk}",
        kind="mentioned",
        text=lambda: (
            _("%(who)s mentioned you in %(number)s: %(subject)s")
            % {"who": author, "number": ticket.number, "subject": ticket.subject}
        ),
        url=f"/tickets/{ticket.number}/",
        now=act.now,
    )
