"""A world with clocks of every kind: what the figures are tried on."""

from datetime import datetime, timedelta
from typing import Any

from contracts.domain.presets import load_presets
from core import clock
from feedback.domain import rating
from tests.kept_rows import kept
from tests.world import Place, World, make_place
from tickets.domain import agreement, cancellation, message, progress, resolution, waiting
from tickets.models import Ticket


class Story:
    """Acts at minutes after a report, the clock standing at each."""

    def __init__(self, world: World, at: datetime, place: Place | None = None, **given: Any) -> None:
        self.world, self.at, self.now = world, at, at
        with clock.frozen(at):
            self.ticket: Ticket = world.report(place, now=at, **given)

    def after(self, minutes: float, act: Any, **given: Any) -> "Story":
        self.now = self.at + timedelta(minutes=minutes)
        with clock.frozen(self.now):
            act(ticket=self.ticket, actor=self.world.agent, now=self.now, **given)
        return self

    def reply(self, minutes: float) -> "Story":
        return self.after(minutes, message.reply, body="您好")

    def resolve(self, minutes: float, reason: str = "workload") -> "Story":
        given = dict.fromkeys(load_presets().vocabulary.targets, reason)
        return self.after(minutes, resolution.resolve, solution="换线", cause="hardware", breach_reasons=given)


def make_kinds(world: World) -> dict[str, Story]:
    """One ticket of each kind, reported on the days before `world.now`, at three customers."""
    if Ticket.objects.exists():
        return _made(world)
    return kept(("kinds", world.agent.pk), lambda: _made(world), world)


def _made(world: World) -> dict[str, Story]:
    day, nobodys = timedelta(days=1), make_place("C", "HB2D", world.now)
    found = {
        "in time": Story(world, world.now - day, answered=True, severity=1).resolve(60),
        "late answer": Story(world, world.now - 2 * day).reply(90).resolve(120),
        "late travel": Story(world, world.now - 9 * day).reply(90).resolve(30000, "travel"),
        "paused": Story(world, world.now - day, answered=True),
        "agreed": Story(world, world.now - day, answered=True, assignee=world.engineer),
        "reopened": Story(world, world.now - 3 * day, answered=True).resolve(30),
        "merged": Story(world, world.now - 4 * day),
        "cancelled": Story(world, world.now - 5 * day, answered=True),
        "house": Story(world, world.now - 2 * day, world.b),
        "other set": Story(world, world.now - 10 * day, nobodys, answered=True),
        "old": Story(world, world.now - 100 * day, answered=True).resolve(50),
        "hidden": Story(world, world.now - day, kind="repair"),
        "visited": Story(world, world.now - 6 * day, answered=True),
        "fresh": Story(world, world.now - timedelta(minutes=2)),
    }
    _act(world, found)
    return found


def _act(world: World, found: dict[str, Story]) -> None:
    found["paused"].after(30, waiting.set_state, state="waiting_customer")
    due = world.now + timedelta(days=2)
    agreed = found["agreed"]
    with clock.frozen(world.now - timedelta(hours=20)):
        now = world.now - timedelta(hours=20)
        agreement.agree_date(
            ticket=agreed.ticket, target="resolution", due=due, note="电话约定", actor=world.duty_manager, now=now
        )
    found["reopened"].after(60, resolution.reopen, reason="仍有异响")
    found["merged"].after(10, cancellation.merge, other=Story(world, found["merged"].at - timedelta(hours=1)).ticket)
    found["cancelled"].after(10, cancellation.cancel, reason="mistake", note="")
    found["house"].after(20, progress.record_progress, kind="urgent_visit_requested").reply(40)
    found["visited"].after(60, progress.record_progress, kind="checked_in").resolve(240)
    found["in time"].after(61, resolution.close)
    with clock.frozen(world.now):
        for name, stars in (("in time", 5), ("late answer", 1), ("visited", 4)):
            rating.rate(
                ticket=found[name].ticket, stars=stars, contact=world.a.contact, actor=world.a.user, now=world.now
            )
