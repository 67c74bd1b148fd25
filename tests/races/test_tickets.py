"""R3: two people at the same ticket. One act happens, the other is refused and leaves nothing behind."""

from collections import Counter
from functools import partial
from itertools import permutations

import pytest

from accounts.enums import Role
from accounts.models import User
from core.errors import RuleError
from core.models import Outbox
from tests.factories import make_user
from tests.invariants import ALWAYS, offending
from tests.races.together import codes, together
from tests.world import World
from tickets.domain import sweep
from tickets.domain.assignment import assign, claim
from tickets.domain.cancellation import cancel, merge
from tickets.domain.message import note, reply
from tickets.domain.resolution import close_silent, resolve
from tickets.domain.ticket import Changes, change
from tickets.domain.undo import undo
from tickets.domain.verify import differences
from tickets.models import Clock, Escalation, Event, Ticket

REPAIRED = {"solution": "已修", "cause": "hardware", "breach_reasons": {"first_contact": "workload"}}


def claim_all(agent: User, tickets: list[Ticket], world: World) -> list[tuple[int, int]]:
    """(ticket, agent) of the claims that went through; the others must be refused because somebody had the ticket."""
    won = []
    for ticket in tickets:
        try:
            claim(ticket=Ticket.objects.get(pk=ticket.pk), actor=agent, now=world.now)
            won.append((ticket.pk, agent.pk))
        except RuleError as refusal:
            if refusal.code != "taken":
                raise
    return won


def check_claims(world: World, agents: int, tickets: int, at_once: int) -> None:
    """Every ticket is wanted by `at_once` agents."""
    people = [make_user(Role.AGENT) for _ in range(agents)]
    wanted = [world.report() for _ in range(tickets)]
    shares = [
        [ticket for turn, ticket in enumerate(wanted) if (number - turn) % agents < at_once] for number in range(agents)
    ]
    results = together([partial(claim_all, agent, mine, world) for agent, mine in zip(people, shares, strict=True)])
    won = dict(pair for some in results for pair in some)
    assert sum(len(some) for some in results) == len(won) == tickets
    assert dict(Ticket.objects.values_list("pk", "assignee")) == won
    assert Event.objects.filter(kind="assigned").count() == tickets
    assert offending(world.now, names=ALWAYS) == {}


def test_r3_one_of_many_gets_the_ticket(shared_world: World) -> None:
    check_claims(shared_world, agents=8, tickets=12, at_once=8)


@pytest.mark.slow
def test_r3_fifty_agents_and_two_hundred_tickets(shared_world: World) -> None:
    check_claims(shared_world, agents=50, tickets=200, at_once=6)


def test_resolving_twice_at_once_happens_once(shared_world: World) -> None:
    world, now = shared_world, shared_world.later(minutes=4)
    for _ in range(5):
        ticket = world.report()
        results = together(
            [
                partial(resolve, ticket=ticket, actor=actor, now=now, **REPAIRED)
                for actor in (world.agent, world.manager)
            ]
        )
        assert codes(results) == ["done", "transition"]
        assert ticket.events.filter(kind="resolved").count() == 1
    assert Outbox.objects.filter(kind="ticket.resolved").count() == 5


def test_of_two_edits_of_the_same_version_one_is_stale(shared_world: World) -> None:
    world = shared_world
    ticket = world.report(severity=3)
    results = together(
        [
            partial(
                change,
                ticket=ticket,
                changes=Changes(severity=severity),
                actor=world.duty_manager,
                now=world.now,
                version=ticket.version,
            )
            for severity in (1, 2, 4)
        ]
    )
    assert codes(results) == ["done", "stale", "stale"]
    ticket.refresh_from_db()
    stale = [result for result in results if isinstance(result, RuleError)]
    assert [refusal.current["severity"] for refusal in stale] == [ticket.severity] * 2


def test_an_act_is_taken_back_once(shared_world: World) -> None:
    world, now = shared_world, shared_world.later(seconds=5)
    for _ in range(5):
        ticket = world.report()
        message = reply(ticket=ticket, body="发错了", actor=world.agent, now=world.now)
        act = partial(undo, ticket=ticket, event=message.event, actor=world.agent, now=now)
        assert codes(together([act, act, act])) == ["done", "undone", "undone"]
        assert ticket.events.filter(kind="voided").count() == 3  # message, answered, in progress
        assert list(differences(now)) == []


def test_undo_against_resolve_leaves_one_story(shared_world: World) -> None:
    world, now = shared_world, shared_world.later(seconds=5)
    for _ in range(5):
        ticket = world.report()
        message = reply(ticket=ticket, body="发错了", actor=world.agent, now=world.now)
        together(
            [
                partial(undo, ticket=ticket, event=message.event, actor=world.agent, now=now),
                partial(resolve, ticket=ticket, actor=world.agent, now=now, **REPAIRED),
            ]
        )
        ticket.refresh_from_db()
        assert ticket.state == "resolved"
        assert ticket.events.filter(kind="voided").count() == 3
    assert list(differences(now)) == []


def test_merging_two_tickets_into_each_other_keeps_one(shared_world: World) -> None:
    """Crosswise: neither waits for the other, the one reported first survives."""
    world = shared_world
    for _ in range(6):
        first, second = world.report(), world.report(now=world.later(minutes=1))
        now = world.later(minutes=2)
        acts = [
            partial(merge, ticket=one, other=other, actor=world.agent, now=now)
            for one, other in permutations((first, second))
        ]
        assert codes(together(acts)) == ["done", "transition"]
        states = Ticket.objects.filter(pk__in=(first.pk, second.pk)).order_by("pk").values_list("state", "merged_into")
        assert list(states) == [("new", None), ("cancelled", first.pk)]


def test_merging_in_a_ring_leaves_no_ring(shared_world: World) -> None:
    world = shared_world
    for _ in range(4):
        ring = [world.report(now=world.later(minutes=minute)) for minute in range(3)]
        now = world.later(minutes=5)
        together(
            [partial(merge, ticket=ring[n], other=ring[(n + 1) % 3], actor=world.agent, now=now) for n in range(3)]
        )
        rows = {ticket.pk: ticket for ticket in Ticket.objects.filter(pk__in=[one.pk for one in ring])}
        assert rows[ring[0].pk].state == "new"
        for ticket in rows.values():
            assert (ticket.state == "cancelled") == (ticket.merged_into_id is not None)
            assert ticket.merged_into is None or ticket.merged_into.reported_at < ticket.reported_at
    assert offending(world.now, names=ALWAYS) == {}


def test_assigning_cancelling_and_claiming_at_once_is_one_order_of_the_three(shared_world: World) -> None:
    world = shared_world
    for _ in range(5):
        ticket = world.report()
        results = together(
            [
                partial(assign, ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now),
                partial(claim, ticket=ticket, actor=world.other_agent, now=world.now),
                partial(cancel, ticket=ticket, reason="mistake", note="", actor=world.agent, now=world.now),
            ]
        )
        assert set(codes(results)) <= {"done", "ended", "taken"}
        ticket.refresh_from_db()
        assert ticket.state == "cancelled"
        assert set(ticket.clocks.values_list("state", flat=True)) == {"withdrawn"}
    assert offending(world.now, names=ALWAYS) == {}
    assert list(differences(world.now)) == []


def test_closing_by_time_from_many_workers_closes_once(shared_world: World) -> None:
    world = shared_world
    for _ in range(8):
        resolve(ticket=world.report(answered=True), actor=world.agent, now=world.now, **REPAIRED)
    late = world.later(days=8)
    closed = together([partial(close_silent, late)] * 4)
    assert sum(closed) == 8
    assert Event.objects.filter(kind="closed").count() == 8


def test_replies_notes_repairs_and_sweeps_at_once(shared_world: World) -> None:
    """Nobody waits for ever, nobody is lost, and in the end stored = folded."""
    world, now = shared_world, shared_world.later(minutes=6)
    tickets = [world.report() for _ in range(12)]

    def work(act: str) -> None:
        for ticket in tickets:
            if act == "reply":
                reply(ticket=ticket, body="您好", actor=world.agent, now=now)
            elif act == "note":
                note(ticket=ticket, body="查看", actor=world.other_agent, now=now)
            else:
                resolve(ticket=ticket, actor=world.duty_manager, now=now, **REPAIRED)

    def run_sweep() -> None:
        for _ in range(12):
            sweep.sweep(now)

    together([*(partial(work, act) for act in ("reply", "note", "resolve")), run_sweep, run_sweep])
    sweep.sweep(now)
    kinds = Counter(Event.objects.values_list("kind", flat=True))
    assert (kinds["resolved"], kinds["responded"], kinds["message"]) == (12, 12, 24)
    fired = Escalation.objects.filter(clock__target="first_contact").values_list("ticket", "step")
    assert Counter(fired) == Counter((ticket.pk, step) for ticket in tickets for step in ("50%", "80%", "100%"))
    assert set(Clock.objects.filter(target="first_contact").values_list("state", flat=True)) == {"met_late"}
    assert set(Ticket.objects.values_list("clock_rank", flat=True)) == {3}
    assert offending(now, names=(*ALWAYS, "I1 lost", "I3 cause and intent")) == {}
    assert list(differences(now)) == []
