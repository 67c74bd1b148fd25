"""The product in child processes on servers of its own. The database is loaded once and copied for every test."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from core import clock
from core.devserver.process import ROOT
from core.devserver.scratch import ScratchServers
from core.domain import outbox
from tests.faults.sink import MailSink
from tests.faults.system import System, connected_to, execute
from tests.world import World, make_world

TICKETS = 300
STEPPING = 60
WINDOW = 60
"""Of the tickets a fifth has steps in the seconds after the start; the others' first ones come later."""

STEP_MINUTES = (2.5, 4.0, 5.0, 6.25, 7.5)


@pytest.fixture(scope="session")
def servers() -> Iterator[ScratchServers]:
    scratch = ScratchServers(durable=False)
    scratch.start()
    for command in (["migrate", "--no-input", "-v", "0"], ["presets"]):
        env = os.environ | scratch.environment()
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, capture_output=True)
    yield scratch
    scratch.stop()


@pytest.fixture(scope="session")
def loaded(servers: ScratchServers, django_db_blocker: Any) -> World:
    """The world with its tickets, in the database that the tests copy. `now` is when the story begins."""
    with django_db_blocker.unblock(), connected_to(servers.postgres.url):
        world = make_world(clock.now())
        for turn in range(TICKETS):
            stepping = turn < STEPPING
            minutes = STEP_MINUTES[turn % 5] if stepping else 0.5
            soon = timedelta(seconds=WINDOW * turn / STEPPING) if stepping else timedelta(seconds=turn % 30)
            world.report(now=world.now + soon - timedelta(minutes=minutes))
        receive_quietly(world.now)
    return world


def receive_quietly(now: datetime) -> None:
    """The receipts of most tickets have gone out before the story begins."""
    outbox.drain(now, limit=TICKETS - STEPPING)
    mail.outbox.clear()


@pytest.fixture
def launch(servers: ScratchServers, loaded: World, django_db_blocker: Any) -> Iterator[Callable[..., System]]:
    """launch("name", later=timedelta()) makes a system on its own copy of the database, its clock at the beginning of
    the story or `later`.
    """
    with ExitStack() as stack:

        def make(name: str, later: timedelta = timedelta()) -> System:
            servers.valkey.answers() or pytest.fail("no broker")
            execute(servers, f"CREATE DATABASE {name} TEMPLATE weibao OWNER weibao")
            sink = MailSink()
            sink.start()
            stack.callback(sink.stop)
            system = System(servers, sink, name, loaded.now + later - clock.now())
            stack.enter_context(django_db_blocker.unblock())
            stack.enter_context(connected_to(system.url))
            stack.enter_context(clock.shifted(system.shift))
            stack.callback(system.stop)
            system.redis().flushall()
            return system

        yield make
