"""F7: two beats, each tick twice, and a beat that was dead for half an hour."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core import clock
from tests.faults.system import System, until
from tests.invariants import INVARIANTS
from tests.world import World
from tickets.models import Escalation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

LADDER = {"50%": 2.5, "80%": 4.0, "100%": 5.0, "+25%": 6.25, "+50%": 7.5}
"""Minutes after the report at which the first contact of HW12 (5 min) comes to each step."""


def first_contacts() -> dict[int, list[Escalation]]:
    """The recorded steps of every ticket's first contact, in the order in which they were recorded."""
    found: dict[int, list[Escalation]] = defaultdict(list)
    steps = Escalation.objects.filter(clock__target="first_contact").select_related("ticket").order_by("pk")
    for step in steps:
        found[step.ticket_id].append(step)
    return found


def true_time(step: Escalation) -> datetime:
    return step.ticket.reported_at + timedelta(minutes=LADDER[step.step])


def test_f7_two_beats_and_one_long_silence(launch: Callable[..., System], loaded: World) -> None:
    """Nobody delivers here, so that only the sweep is judged: messages wait in the outbox, one a step."""
    system = launch("f7")
    beats = [system.beat("beat1"), system.beat("beat2")]
    workers = [system.worker("clock", f"clock{n}", 1) for n in (1, 2)]
    until(lambda: Escalation.objects.exists() and system.swept(), 60, f"no sweep; {system.lines[-5:]}")
    for child in (*beats, *workers):
        system.kill(child)
    before = set(Escalation.objects.values_list("pk", flat=True))
    system.jump(timedelta(minutes=30))
    returned_at = clock.now()
    system.beat("beat3")
    system.beat("beat4")
    for n in (3, 4):
        system.worker("clock", f"clock{n}", 1)
    until(system.swept, 60, f"no catch-up; {system.lines[-5:]}")
    system.check_database(name for name in INVARIANTS if name != "I4 stuck")
    contacts = first_contacts()
    assert len(contacts) == loaded.a.customer.tickets.count() == 300
    for steps in contacts.values():
        assert [step.step for step in steps] == list(LADDER)
        assert [step.due_at for step in steps] == [true_time(step) for step in steps]
        assert all((step.recorded_at >= returned_at) == (step.pk not in before) for step in steps)
