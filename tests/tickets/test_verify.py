"""Stored = folded, and a tampered row is found."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.world import World
from tickets.domain import sweep
from tickets.domain.message import reply
from tickets.domain.resolution import reopen, resolve
from tickets.domain.verify import differences
from tickets.domain.waiting import set_state
from tickets.models import Clock, Ticket


def lived(world: World) -> Ticket:
    """A ticket with a history: answered, paused, resolved, reopened, swept all along."""
    ticket = world.report()
    sweep.sweep(world.later(minutes=4))
    reply(ticket=ticket, body="您好", actor=world.agent, now=world.later(minutes=4, seconds=30))
    set_state(ticket=ticket, state="waiting_customer", actor=world.agent, now=world.later(minutes=10))
    sweep.sweep(world.later(hours=2))
    set_state(ticket=ticket, state="in_progress", actor=world.agent, now=world.later(hours=3))
    resolve(ticket=ticket, solution="已修", cause="hardware", actor=world.agent, now=world.later(hours=3, minutes=30))
    reopen(ticket=ticket, reason="又坏了", actor=world.agent, now=world.later(hours=5))
    sweep.sweep(world.later(hours=5, minutes=30))
    return ticket


def test_stored_is_folded_at_any_time(world: World) -> None:
    lived(world)
    world.report(world.b)
    for hours in (5, 6, 10, 40):
        now = world.later(hours=hours, minutes=31)
        sweep.sweep(now)
        assert list(differences(now)) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"due_at": "later"}, "due_at"),
        ({"state": "met"}, "state"),
        ({"pending": []}, "pending"),
        ({"used_seconds": 7}, "used_seconds"),
    ],
)
def test_a_tampered_clock_is_found(world: World, change: dict, found: str) -> None:
    lived(world)
    values = {name: world.later(days=9) if value == "later" else value for name, value in change.items()}
    Clock.objects.filter(target="on_site", round=2).update(**values)
    assert [found in line for line in differences(world.later(hours=5, minutes=30))] == [True]


def test_a_tampered_column_and_a_missing_clock_are_found(world: World) -> None:
    ticket = world.report()
    Ticket.objects.update(severity=4)
    Clock.objects.filter(target="plan").update(target="nonsense")
    lines = sorted(differences(world.now))
    assert len(lines) == 3
    assert lines[0].startswith(f"{ticket.number} HW12/nonsense#1: not in the events")
    assert "HW12/plan#1: missing" in lines[1]
    assert "severity" in lines[2]


def test_the_command_says_so_and_fails_with_differences(world: World) -> None:
    world.report()
    out = StringIO()
    call_command("clocks", "--verify", stdout=out)
    assert "stored = folded" in out.getvalue()
    Ticket.objects.update(clock_rank=3)
    with pytest.raises(CommandError) as failed:
        call_command("clocks", "--verify", stderr=StringIO())
    assert failed.value.returncode == 1
