"""The story of a ticket in the order in which we learned of it, a bounded part at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from tickets.enums import EventKind
from tickets.models import Escalation, Event, Ticket

A_PAGE = 100
_NO_CLOCK = (
    EventKind.MESSAGE,
    EventKind.ATTACHED,
    EventKind.LINKED,
    EventKind.MERGED,
    EventKind.ASSIGNED,
    EventKind.STATE_CHANGED,
    EventKind.REVIEWED,
    EventKind.VOIDED,
)
_SPOKEN = Q(kind__in=(EventKind.MESSAGE, EventKind.ATTACHED))
# What `?show=` may name: everything, what the customer sees, what only we see, what concerns the deadlines.
SHOWS = {
    "": Q(),
    "customer": _SPOKEN & Q(data__internal=False) | Q(kind=EventKind.REPORTED),
    "internal": _SPOKEN & Q(data__internal=True),
    "clock": ~Q(kind__in=_NO_CLOCK),
}
_WITH_STEPS = frozenset({"", "clock"})


@dataclass(frozen=True)
class Mark:
    """How far a page has shown the story: the last event and the last escalation, written "57-12"."""

    event: int = 0
    escalation: int = 0

    def __str__(self) -> str:
        return f"{self.event}-{self.escalation}"


def mark_of(text: str) -> Mark:
    """The mark that a page sends back; what cannot be read means the beginning."""
    parts = [int(part) if part.isdecimal() and len(part) < 18 else 0 for part in text.split("-", 1)]
    return Mark(*parts)


@dataclass(frozen=True)
class Story:
    """A part of the story. `events` carry `taken_back` and `ticket_number`; `older` is the event before which there is
    more, None at the beginning.
    """

    events: Sequence[Event]
    escalations: Sequence[Escalation]
    older: int | None
    mark: Mark


def newest(ticket: Ticket, show: str = "", before: int | None = None) -> Story:
    """The last hundred events, or the hundred before event `before`, with the escalations between them. Three
    statements.
    """
    events = _events(ticket, show)
    steps = _steps(ticket, show)
    if before is not None:
        events = events.filter(pk__lt=before)
        steps = steps.filter(recorded_at__lt=Subquery(Event.objects.filter(pk=before).values("recorded_at")))
    found = list(events.order_by("-pk")[: A_PAGE + 1])
    page = found[:A_PAGE][::-1]
    older = page[0].pk if len(found) > A_PAGE else None
    if older:
        steps = steps.filter(recorded_at__gte=page[0].recorded_at)
    recent = list(steps.order_by("-pk")[:A_PAGE])[::-1]
    return Story(page, recent, older, _mark(page, recent, Mark()))


def since(ticket: Ticket, mark: Mark, show: str = "") -> Story:
    """What came after the mark, at most a hundred of each. Three statements."""
    events = list(_events(ticket, show).filter(pk__gt=mark.event).order_by("pk")[:A_PAGE])
    steps = list(_steps(ticket, show).filter(pk__gt=mark.escalation).order_by("pk")[:A_PAGE])
    return Story(events, steps, None, _mark(events, steps, mark))


def facts_before(ticket: Ticket) -> list[Event]:
    """The report and all changes of facts, in order, with `taken_back`: what each change was made from."""
    kinds = (EventKind.REPORTED, EventKind.FACTS_CHANGED)
    found = Event.objects.filter(ticket=ticket, kind__in=kinds).annotate(taken_back=_taken_back())
    return list(found.only("data", "seq").order_by("seq"))


def event_of(ticket: Ticket, seq: int) -> Event | None:
    return Event.objects.filter(ticket=ticket, seq=seq).select_related("actor").first()


def last_of(ticket: Ticket) -> Event | None:
    return Event.objects.filter(ticket=ticket).select_related("actor").order_by("-seq").first()


def just_done(ticket: Ticket, actor: Any, now: datetime) -> list[Event]:
    """What this person did to the ticket at this very instant."""
    return list(Event.objects.filter(ticket=ticket, actor=actor, recorded_at=now).order_by("seq"))


def _events(ticket: Ticket, show: str) -> QuerySet[Event]:
    """The events of the ticket, and what was said in tickets that were merged into it; asks at once for the latter."""
    may_be = getattr(ticket, "has_merged", True)  # known to the ticket page
    merged = list(Ticket.objects.filter(merged_into=ticket).values_list("pk", flat=True)) if may_be else []
    said = Q(ticket=ticket) | Q(kind=EventKind.MESSAGE)
    found = Event.objects.filter(SHOWS[show], said, ticket__in=[ticket.pk, *merged])
    found = found.annotate(taken_back=_taken_back(), ticket_number=F("ticket__number"))
    return found.select_related("actor", "voids", "message__from_contact", "message__to_contact")


def _taken_back() -> Exists:
    return Exists(Event.objects.filter(voids=OuterRef("pk")))


def _steps(ticket: Ticket, show: str) -> QuerySet[Escalation]:
    steps = Escalation.objects.filter(ticket=ticket).select_related("clock")
    return steps if show in _WITH_STEPS else steps.none()


def _mark(events: Sequence[Event], steps: Sequence[Escalation], known: Mark) -> Mark:
    return Mark(
        max((event.pk for event in events), default=known.event),
        max((step.pk for step in steps), default=known.escalation),
    )
