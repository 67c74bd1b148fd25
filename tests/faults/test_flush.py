"""F3: the broker forgets everything, again and again. It holds hints only, so nothing is lost."""

from collections.abc import Callable
from datetime import datetime

import pytest

from core import clock
from core.models import Heartbeat
from tests.faults.system import System, until
from tests.world import World
from tickets.domain.message import reply
from tickets.models import Escalation, Ticket

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def beats_since(moment: datetime) -> bool:
    """The sweep and the delivery have run since."""
    return Heartbeat.objects.filter(name__in=("clock", "outbox"), at__gt=moment).count() == 2


def test_f3_flushing_redis_loses_no_work(launch: Callable[..., System], loaded: World) -> None:
    system = launch("f3")
    system.beat()
    system.worker("default", "default")
    system.worker("clock", "clock", 1)
    for turn in range(6):
        reply(ticket=Ticket.objects.order_by("pk")[turn], body="您好", actor=loaded.agent, now=clock.now())
        system.redis().flushall()
        flushed = clock.now()
        until(lambda moment=flushed: beats_since(moment), 60, f"stands still after flush {turn}; {system.lines[-5:]}")
    system.wait_until_idle()
    system.check()
    assert Escalation.objects.count() > 100
    assert system.doubled == 0
