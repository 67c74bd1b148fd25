"""Tickets that the domain itself made, each with the rows it left: the moulds from which `filling` casts many."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min, Model

from core.models import Audit, Notification, Outbox
from tests.fixtures import MORNING
from tests.world import Place, World
from tickets.domain.assignment import assign
from tickets.domain.cancellation import cancel
from tickets.domain.message import note, reply
from tickets.domain.promises import promises_of
from tickets.domain.resolution import close, resolve
from tickets.domain.sweep import sweep
from tickets.domain.waiting import pause, resume
from tickets.models import Clock, Escalation, Event, Message, Participant, Ticket

Story = Callable[[World, Place, datetime], Ticket]
Told = list[tuple[Story, datetime]]
LEFT_ROWS: tuple[type[Model], ...] = (
    Ticket,
    Event,
    Message,
    Clock,
    Escalation,
    Participant,
    Audit,
    Outbox,
    Notification,
)
WORDS = "现场检查打印头与走纸机构，更换进纸轮并清洁传感器，连续打印二十张票据均正常。" * 3


@dataclass(frozen=True)
class Mould:
    """A ticket and, by table, the first and the last id of the rows that came with it."""

    ticket: Ticket
    rows: dict[str, tuple[int, int]]


def make(story: Story, world: World, place: Place, start: datetime) -> Mould:
    """Live through a story that begins at `start` and note what it wrote. Nothing else may write meanwhile."""
    before = {model: _last_id(model) for model in LEFT_ROWS}
    ticket = story(world, place, start)
    return Mould(ticket, {model._meta.db_table: _ids_after(before[model], model) for model in LEFT_ROWS})


def _last_id(model: type[Model]) -> int:
    return model._default_manager.aggregate(last=Max("pk"))["last"] or 0


def _ids_after(last: int, model: type[Model]) -> tuple[int, int]:
    """The first and the last id of the newer rows; an empty span if there are none."""
    found = model._default_manager.filter(pk__gt=last).aggregate(first=Min("pk"), last=Max("pk"))
    return (found["first"] or 0, found["last"] or -1)


# Histories that have ended: 3 to 9 events, escalations where something came late.


def smooth(world: World, place: Place, start: datetime) -> Ticket:
    ticket = world.report(place, now=start, answered=True, assignee=world.engineer)
    reply(ticket=ticket, body=WORDS, actor=world.engineer, now=start + timedelta(minutes=20))
    return _end(world, ticket, start + timedelta(minutes=55))


def late(world: World, place: Place, start: datetime) -> Ticket:
    ticket = world.report(place, now=start, description=WORDS)
    for minutes in (5, 10, 60, 240, 720):
        sweep(start + timedelta(minutes=minutes), only=[ticket.pk])
    reply(ticket=ticket, body=WORDS, actor=world.agent, now=start + timedelta(hours=13))
    return _end(world, ticket, start + timedelta(hours=60))


def held(world: World, place: Place, start: datetime) -> Ticket:
    ticket = world.report(place, now=start, answered=True)
    pause(ticket=ticket, reason="waiting_customer", note="", actor=world.agent, now=start + timedelta(minutes=10))
    resume(ticket=ticket, actor=world.agent, now=start + timedelta(hours=5))
    note(ticket=ticket, body=WORDS, actor=world.agent, now=start + timedelta(hours=5, minutes=5))
    return _end(world, ticket, start + timedelta(hours=6))


def withdrawn(world: World, place: Place, start: datetime) -> Ticket:
    ticket = world.report(place, now=start)
    note(ticket=ticket, body=WORDS, actor=world.agent, now=start + timedelta(minutes=1))
    cancel(ticket=ticket, reason="withdrawn", note="", actor=world.agent, now=start + timedelta(minutes=2))
    return ticket


def _end(world: World, ticket: Ticket, at: datetime) -> Ticket:
    sweep(at, only=[ticket.pk])
    reasons = dict.fromkeys(promises_of(ticket).targets, "workload")
    resolve(ticket=ticket, solution=WORDS, cause="hardware", actor=world.agent, now=at, breach_reasons=reasons)
    close(ticket=ticket, actor=world.agent, now=at + timedelta(days=1))
    return ticket


LONG_AGO = MORNING - timedelta(days=60)
ENDED: Told = [(story, LONG_AGO) for story in (smooth, late, held, smooth, withdrawn, smooth)]

# Open tickets as a queue has them at MORNING. Every step up to then has fired, so none is due.


def fresh(world: World, place: Place, start: datetime) -> Ticket:
    return _swept(world.report(place, now=start))


def worked(world: World, place: Place, start: datetime) -> Ticket:
    ticket = world.report(place, now=start, answered=True, assignee=world.agent)
    reply(ticket=ticket, body=WORDS, actor=world.agent, now=start + timedelta(minutes=1))
    note(ticket=ticket, body=WORDS, actor=world.agent, now=start + timedelta(minutes=2))
    return _swept(ticket)


def waiting(world: World, place: Place, start: datetime) -> Ticket:
    ticket = world.report(place, now=start, answered=True)
    pause(ticket=ticket, reason="waiting_customer", note="", actor=world.agent, now=start + timedelta(minutes=1))
    return _swept(ticket)


def _swept(ticket: Ticket) -> Ticket:
    sweep(MORNING, only=[ticket.pk])
    ticket.refresh_from_db()
    return ticket


OPEN: Told = [
    (fresh, MORNING - timedelta(minutes=2)),
    (worked, MORNING - timedelta(hours=5)),
    (waiting, MORNING - timedelta(hours=30)),
    (worked, MORNING - timedelta(hours=40)),
    (fresh, MORNING - timedelta(hours=3)),
]

# Tickets with exactly one clock, one step of which is due at `start` (under L4: 30 minutes, 24 h a day).


def about_to_warn(world: World, place: Place, start: datetime) -> Ticket:
    return world.report(place, now=start - timedelta(minutes=15))


def about_to_breach(world: World, place: Place, start: datetime) -> Ticket:
    ticket = world.report(place, now=start - timedelta(minutes=30, seconds=1))
    sweep(start - timedelta(minutes=1), only=[ticket.pk])
    return ticket


def about_to_arm(world: World, place: Place, start: datetime) -> Ticket:
    """Under HB2D, whose two working days run out over a weekend and arm further rows."""
    ticket = world.report(place, now=start - timedelta(days=4, seconds=1), answered=True)
    assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=start - timedelta(days=4))
    sweep(start - timedelta(minutes=1), only=[ticket.pk])
    return ticket
