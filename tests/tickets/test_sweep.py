"""Escalation: each step once, at its instant, whatever runs twice, late or side by side (R1, F7, F15)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from contracts.models import PromiseSet
from core.domain import outbox
from core.models import Notification, Outbox
from tests.world import World, make_place, make_world
from tickets.domain import fold, sweep
from tickets.domain.message import note, reply
from tickets.domain.ticket import Changes, change
from tickets.domain.undo import undo
from tickets.domain.waiting import pause, resume, set_state
from tickets.models import Clock, Escalation, Ticket

MICRO = timedelta(microseconds=1)


def steps(ticket: Ticket, target: str) -> list[tuple[str, timedelta]]:
    rows = Escalation.objects.filter(ticket=ticket, clock__target=target).order_by("due_at")
    return [(row.step, row.due_at - ticket.reported_at) for row in rows]


def test_steps_fire_when_they_come_and_only_once(world: World) -> None:
    ticket = world.report()
    assert sweep.sweep(world.later(seconds=149)) == 0
    assert sweep.sweep(world.later(seconds=150)) == 1
    assert sweep.sweep(world.later(seconds=150)) == 0
    sweep.sweep(world.later(minutes=4))
    assert steps(ticket, "first_contact") == [("50%", timedelta(seconds=150)), ("80%", timedelta(minutes=4))]
    assert Clock.objects.get(ticket=ticket, target="first_contact").state == "running"


def test_at_the_due_instant_the_clock_still_runs_and_just_after_it_is_overdue(world: World) -> None:
    ticket = world.report()
    sweep.sweep(world.later(minutes=5))
    clock = Clock.objects.get(ticket=ticket, target="first_contact")
    assert (clock.state, clock.next_step_at) == ("running", world.later(minutes=5) + MICRO)
    sweep.sweep(world.later(minutes=5, seconds=1))
    clock.refresh_from_db()
    ticket.refresh_from_db()
    assert (clock.state, clock.breached_at, ticket.clock_rank) == ("breached", world.later(minutes=5), 0)


def test_after_an_outage_the_steps_come_in_order_with_their_own_times(world: World) -> None:
    ticket = world.report()
    late = world.later(minutes=30)
    sweep.sweep(late)
    minutes = [2.5, 4, 5, 6.25, 7.5]
    names = ["50%", "80%", "100%", "+25%", "+50%"]
    assert steps(ticket, "first_contact") == [
        (name, timedelta(minutes=at)) for name, at in zip(names, minutes, strict=True)
    ]
    assert set(Escalation.objects.values_list("recorded_at", flat=True)) == {late}


def test_a_reply_during_an_outage_loses_no_step_that_came_before_it(world: World) -> None:
    ticket = world.report()
    reply(ticket=ticket, body="您好", actor=world.agent, now=world.later(minutes=4, seconds=30))
    sweep.sweep(world.later(minutes=30))
    assert [name for name, _ in steps(ticket, "first_contact")] == ["50%", "80%"]


def test_a_pause_that_goes_on_after_all_lets_no_step_come_that_lies_within_it(world: World) -> None:
    ticket = world.report()
    pause(ticket=ticket, reason="force_majeure", note="", actor=world.duty_manager, now=world.now)
    resumed = world.later(minutes=20)
    resume(ticket=ticket, actor=world.agent, now=resumed)
    loaner = Clock.objects.get(ticket=ticket, target="loaner")
    assert loaner.next_step_at == world.later(hours=12, minutes=20)
    late = world.later(hours=50)  # nothing has swept meanwhile
    event = ticket.events.get(kind="resumed")
    undo(ticket=ticket, event=event, actor=world.duty_manager, now=late, reason="误操作")
    loaner.refresh_from_db()
    assert (loaner.state, loaner.next_step_at, loaner.pending) == ("paused", None, [])
    assert sweep.sweep(late) == 0
    assert steps(ticket, "loaner") == []


def test_a_pause_loses_no_step_that_came_before_it(world: World) -> None:
    ticket = world.report()
    pause(ticket=ticket, reason="force_majeure", note="", actor=world.duty_manager, now=world.later(hours=13))
    sweep.sweep(world.later(hours=14))
    assert steps(ticket, "loaner") == [("50%", timedelta(hours=12))]


def test_a_clock_that_moves_beyond_steps_fires_the_highest_and_says_so(world: World) -> None:
    ticket = world.report(world.b, severity=3)
    now = world.later(hours=20)
    change(ticket=ticket, changes=Changes(severity=1), actor=world.duty_manager, now=now)
    sweep.sweep(now)
    moved = Escalation.objects.get(clock__target="on_site")
    assert (moved.step, moved.skipped, moved.due_at) == ("80%", ["50%"], world.later(hours=19, minutes=12))


def test_a_step_fires_once_even_if_the_due_instant_moves(world: World) -> None:
    ticket = world.report(answered=True)
    sweep.sweep(world.later(hours=13))
    set_state(ticket=ticket, state="waiting_customer", actor=world.agent, now=world.later(hours=13))
    sweep.sweep(world.later(hours=20))
    assert [name for name, _ in steps(ticket, "resolution")] == ["50%"]
    set_state(ticket=ticket, state="in_progress", actor=world.agent, now=world.later(hours=40))
    sweep.sweep(world.later(hours=50))
    names = [name for name, _ in steps(ticket, "resolution")]
    assert names == ["50%", "80%"]
    assert Escalation.objects.get(clock__target="resolution", step="80%").due_at == world.later(hours=46, minutes=12)


def test_a_breach_that_arms_rows_is_folded_by_the_same_tick(world: World) -> None:
    place = make_place("C", "HB2D", world.now)
    ticket = world.report(place, answered=True)
    due = Clock.objects.get(ticket=ticket, target="resolution").due_at
    assert due == world.later(days=2)
    sweep.sweep(due + MICRO)
    plan = Clock.objects.get(ticket=ticket, target="plan")
    assert (plan.started_at, plan.due_at) == (due, due + timedelta(days=2))


def test_killed_between_recording_and_marking_the_next_tick_completes(world: World) -> None:
    ticket = world.report()
    sweep.fire(world.later(minutes=6))
    ticket.refresh_from_db()
    assert ticket.clock_rank == 1
    sweep.sweep(world.later(minutes=6))
    ticket.refresh_from_db()
    assert ticket.clock_rank == 0
    assert not Clock.objects.exclude(refold_at=None).exists()


def test_one_bad_ticket_holds_up_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = world.report(), world.report()
    Ticket.objects.update(refold_at=world.now)
    real = fold.refold

    def fail_on_bad(ticket: Ticket, **facts: Any) -> None:
        if ticket.pk == bad.pk:
            raise RuntimeError("failpoint")
        real(ticket, **facts)

    monkeypatch.setattr(fold, "refold", fail_on_bad)
    assert sweep.refold_due(world.now) == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (good.refold_at, bad.refold_at) == (None, world.later(minutes=5))


def test_the_ladder_tells_the_right_people_once(world: World) -> None:
    ticket = world.report(assignee=world.engineer)
    sweep.sweep(world.later(minutes=8))
    Outbox.objects.exclude(kind="ticket.escalation").delete()
    outbox.drain(world.later(minutes=8))
    outbox.drain(world.later(minutes=8))
    told = {row.step: set(row.told) for row in Escalation.objects.filter(ticket=ticket, clock__target="first_contact")}
    lead, duty, head = world.engineer.team.lead.pk, world.duty_manager.pk, world.manager.pk
    assert told == {
        "50%": {world.engineer.pk},
        "80%": {world.engineer.pk, lead},
        "100%": {world.engineer.pk, lead, duty},
        "+25%": {head},
        "+50%": {head},
    }
    assert Notification.objects.filter(user=world.engineer, kind="escalation").count() == 3
    assert Notification.objects.filter(user=world.manager).count() == 2


def test_nobody_assigned_tells_the_team_on_duty(world: World) -> None:
    world.report()
    sweep.sweep(world.later(minutes=3))
    outbox.drain(world.later(minutes=3))
    told = Escalation.objects.get().told
    assert set(told) == set(world.engineer.team.members.values_list("pk", flat=True))


def test_mails_carry_a_stable_message_id(world: World) -> None:
    world.report(assignee=world.engineer)
    sweep.sweep(world.later(minutes=3))
    outbox.drain(world.later(minutes=3))
    outbox.drain(world.later(minutes=3))
    sent = {message.extra_headers["Message-ID"]: message for message in mail.outbox}
    assert len(sent) == len(mail.outbox)
    assert any("contact-a@example.com" in message.to[0] for message in mail.outbox)


def test_a_due_instant_that_moves_earlier_is_told_at_once(world: World) -> None:
    place = make_place("T", "TY-ABCD", world.now)
    ticket = world.report(place, severity=2, assignee=world.engineer)
    change(ticket=ticket, changes=Changes(severity=1), actor=world.duty_manager, now=world.later(minutes=1))
    outbox.drain(world.later(minutes=1))
    moved = Notification.objects.filter(user=world.engineer, kind="moved")
    assert moved.count() == Clock.objects.filter(ticket=ticket, target__in=["on_site", "plan"]).count() == 2


def test_the_sweep_never_touches_the_closed_past(world: World, django_assert_num_queries: Any) -> None:
    world.report()
    with django_assert_num_queries(7):
        sweep.sweep(world.now)


@pytest.mark.django_db(transaction=True)
def test_many_sweepers_write_the_same_rows_as_one(presets: None, morning: datetime) -> None:
    """R1: eight sweepers at once, three passes each, against 40 tickets with due steps."""
    world = make_world(morning)
    for _ in range(40):
        world.report()
    later = world.later(minutes=7)

    def run(_: int) -> int:
        try:
            return sum(sweep.sweep(later) for _ in range(3))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        fired = sum(pool.map(run, range(8)))
    assert fired == Escalation.objects.count() == 40 * 4
    assert Outbox.objects.filter(kind="ticket.escalation").count() == 40 * 4
    assert Clock.objects.filter(target="first_contact", state="breached").count() == 40
    assert set(Ticket.objects.values_list("clock_rank", flat=True)) == {0}


@pytest.mark.django_db(transaction=True)
def test_sweeping_and_writing_side_by_side_neither_blocks_nor_loses(presets: None, morning: datetime) -> None:
    world = make_world(morning)
    tickets = [world.report() for _ in range(20)]
    later = world.later(minutes=6)

    def write(ticket: Ticket) -> None:
        try:
            note(ticket=ticket, body="处理中", actor=world.agent, now=later)
        finally:
            connection.close()

    def run(_: int) -> None:
        try:
            sweep.sweep(later)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(write, ticket) for ticket in tickets] + [pool.submit(run, n) for n in range(12)]
        for job in jobs:
            job.result(timeout=60)
    sweep.sweep(later)
    fired = Escalation.objects.filter(clock__target="first_contact").values_list("ticket", "step")
    assert len(fired) == len(set(fired)) == 20 * 3
    assert PromiseSet.objects.filter(is_default=True).count() == 1
