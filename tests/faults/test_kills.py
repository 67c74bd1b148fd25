"""F1: workers killed at every place where it could hurt, and at random ones."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core import clock
from tests.faults.process import DEATHS
from tests.faults.system import System, until
from tests.world import World
from tickets.domain.message import reply
from tickets.domain.resolution import resolve
from tickets.models import Escalation, Ticket

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def work(world: World, turn: int) -> None:
    """People go on working meanwhile."""
    ticket, now = Ticket.objects.order_by("pk")[turn * 3], clock.now()
    reply(ticket=ticket, body="正在处理", actor=world.agent, now=now)
    if turn % 2:
        reasons = dict.fromkeys(("first_contact", "plan", "remote"), "workload")
        resolve(ticket=ticket, solution="已修", cause="hardware", breach_reasons=reasons, actor=world.agent, now=now)


def overdue_ticket(world: World) -> None:
    """Work for every part of the sweep and of the delivery."""
    world.report(now=clock.now() - timedelta(minutes=6))


def test_f1_killed_workers_lose_and_double_nothing(launch: Callable[..., System], loaded: World) -> None:
    system = launch("f1")
    system.beat()
    for turn, place in enumerate(DEATHS):
        overdue_ticket(loaded)
        doomed = system.worker(name=f"doomed{turn}", DEATH=place)
        until(lambda child=doomed: not child.running, 60, f"nobody died: {place}; {system.lines[-5:]}")
        system.kill(doomed)
        work(loaded, turn)
    workers = [system.worker("default", "default"), system.worker("clock", "clock", 1)]
    for turn in range(12):
        goal = Escalation.objects.count() + turn % 3
        until(lambda goal=goal: Escalation.objects.count() >= goal, 30, "no step")
        system.kill_one_of(workers[turn % 2])
        work(loaded, 8 + turn)
    system.kill(workers[0])
    system.worker("default", "default2")
    system.wait_until_idle()
    system.check()
    assert system.kills >= 15
    assert Escalation.objects.count() > 150
    print(f"kills {system.kills}, doubled outside {system.doubled}, mails {system.sink.seen.total()}")
