"""R3: new promises are applied while people work on the same tickets, the sweep runs and a second worker ticks."""

from functools import partial

from tests.invariants import ALWAYS, offending
from tests.races.together import codes, together
from tests.tickets.test_reapply import clock, finished, ordered, published
from tests.world import World
from tickets.domain import reapply, sweep
from tickets.domain.cancellation import cancel
from tickets.domain.message import reply
from tickets.domain.resolution import resolve
from tickets.domain.ticket import Changes, change
from tickets.domain.verify import differences
from tickets.models import Clock, Event, Ticket

REPAIRED = {"solution": "已修", "cause": "hardware", "breach_reasons": {"first_contact": "workload"}}


def sound(world: World, **later: float) -> None:
    now = world.later(**later)
    assert list(differences(now)) == []
    assert offending(now, names=ALWAYS) == {}


def test_r3_each_ticket_gets_the_new_version_once_however_many_workers_tick(shared_world: World) -> None:
    world = shared_world
    tickets = [world.report() for _ in range(8)]
    order = ordered(world, published(world, on_site="4h"))
    together([partial(reapply.drain, world.now) for _ in range(4)])
    finished(order, world.now)
    assert (order.done, order.changed, order.moved) == (8, 8, 8)
    assert Event.objects.filter(kind="promise_changed").count() == 8
    assert {clock(one, "on_site").due_at for one in tickets} == {world.later(hours=4)}
    sound(world)


def test_r3_acts_on_the_same_tickets_all_count(shared_world: World) -> None:
    world, now = shared_world, shared_world.later(minutes=4)
    for _ in range(3):
        answered, raised, ended, gone = (world.report() for _ in range(4))
        ordered(world, published(world, on_site=f"{4 + Ticket.objects.count()}h"), now=now)
        together(
            [
                partial(reapply.drain, now),
                partial(reapply.drain, now),
                partial(reply, ticket=answered, body="您好", actor=world.agent, now=now),
                partial(change, ticket=raised, changes=Changes(severity=1), actor=world.duty_manager, now=now),
                partial(resolve, ticket=ended, actor=world.agent, now=now, **REPAIRED),
                partial(cancel, ticket=gone, reason="withdrawn", note="", actor=world.duty_manager, now=now),
                partial(sweep.sweep, now),
            ]
        )
        while reapply.drain(now):
            pass
        for one in (answered, raised, ended, gone):
            one.refresh_from_db()
        assert clock(answered, "first_contact").state == "met"
        assert (raised.severity, ended.state, gone.state) == (1, "resolved", "cancelled")
        sound(world, minutes=4)
        reapply.drain(now)


def test_r1_a_breach_by_the_new_version_escalates_once_beside_the_sweep(shared_world: World) -> None:
    world, now = shared_world, shared_world.later(hours=5)
    tickets = [world.report() for _ in range(6)]
    ordered(world, published(world, on_site="2h"), now=now)
    together([partial(sweep.sweep, now), partial(reapply.drain, now), partial(sweep.sweep, now)])
    sweep.sweep(now)
    late = Clock.objects.filter(ticket__in=tickets, target="on_site")
    assert [one.escalations.count() for one in late] == [1] * 6
    assert {one.state for one in late} == {"breached"}
    sound(world, hours=5)


def test_two_orders_for_the_same_version_are_one(shared_world: World) -> None:
    world = shared_world
    world.report()
    promises = published(world, on_site="4h")
    results = together([partial(ordered, world, promises) for _ in range(3)])
    assert codes(results).count("done") >= 1
    while reapply.drain(world.now):
        pass
    assert Event.objects.filter(kind="promise_changed").count() == 1
    sound(world)
