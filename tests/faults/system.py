"""The whole product as child processes on servers of its own, to be killed, flushed and restarted."""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import environ
import redis
from django.conf import settings
from django.db import connection
from django.db.models import Q

from core import clock
from core.devserver.process import Child, stop_all
from core.devserver.scratch import ScratchServers
from core.domain.notification import message_id
from core.enums import OutboxState
from core.models import Outbox
from tests.faults.sink import MailSink
from tests.invariants import INVARIANTS, offending
from tickets.domain.verify import differences
from tickets.models import Clock, Escalation, Ticket

GRACE = timedelta(seconds=5)


def until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Poll until it is so. Fails after that many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.1)


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Let this process's models work on another database, in all its threads."""
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict.update(environ.Env.db_url_config(url))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@dataclass
class System:
    """Servers, a database made from the loaded template, a mail sink, and children that may die.

    `shift` is how far the clock of all of them, this process included, is ahead of the machine's.
    """

    servers: ScratchServers
    sink: MailSink
    database: str
    shift: timedelta
    children: list[Child] = field(default_factory=list)
    kills: int = 0
    lines: list[str] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(20261123))

    @property
    def url(self) -> str:
        return self.servers.postgres.url.replace("/weibao?", f"/{self.database}?")

    def environment(self, **more: str) -> dict[str, str]:
        ours = {
            "DATABASE_URL": self.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "SECRET_KEY": settings.SECRET_KEY,
            "BASE_URL": settings.BASE_URL,
            "CLOCK_SHIFT": str(self.shift.total_seconds()),
            "PYTHONWARNINGS": "ignore",
            "LOG_LEVEL": "ERROR",
        }
        return os.environ | self.servers.environment() | ours | more

    # --- Children ----------------------------------------------------------------------------------------------------

    def start(self, name: str, *arguments: str, **more: str) -> Child:
        child = Child(name, [sys.executable, "-m", *arguments], self.environment(**more), on_line=self.lines.append)
        child.start()
        self.children.append(child)
        return child

    def worker(self, queues: str = "default,clock", name: str = "worker", concurrency: int = 2, **more: str) -> Child:
        options = ["--without-gossip", "--without-mingle", "--loglevel", "ERROR", "-Q", queues, "-n", f"{name}@%h"]
        return self.start(name, "tests.faults.process", "worker", *options, "-c", str(concurrency), **more)

    def beat(self, name: str = "beat") -> Child:
        schedule = self.servers.folder / f"{self.database}-{name}"
        options = ["--loglevel", "ERROR", "--pidfile", "", "-s", str(schedule), "--max-interval", "1"]
        return self.start(name, "tests.faults.process", "beat", *options)

    def kill(self, child: Child) -> None:
        """SIGKILL for the whole group, at once."""
        self.kills += 1
        child.kill()
        self.children.remove(child)

    def kill_one_of(self, child: Child) -> None:
        """SIGKILL for one process of a worker's pool; the worker makes a new one."""
        assert child.process is not None
        if pids := children_of(child.process.pid):
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(pids), signal.SIGKILL)
                self.kills += 1

    def stop(self) -> None:
        stop_all(self.children, seconds=8)

    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url(self.servers.valkey.url)

    def jump(self, by: timedelta) -> None:
        """Let the time go on for this process and for the children that are started from now on."""
        self.shift += by
        clock._shift = self.shift

    # --- Waiting and judging -----------------------------------------------------------------------------------------

    def idle(self) -> bool:
        """Nothing is due: no step, no fold, no message."""
        now = clock.now() - timedelta(seconds=1)
        return self.swept() and not Outbox.objects.filter(state=OutboxState.NEW, not_before__lte=now).exists()

    def swept(self) -> bool:
        """No step and no fold is due."""
        now = clock.now() - timedelta(seconds=1)
        clocks = Clock.objects.filter(Q(next_step_at__lte=now) | Q(refold_at__lte=now))
        return not (clocks.exists() or Ticket.objects.filter(refold_at__lte=now).exists())

    def wait_until_idle(self, seconds: float = 90) -> None:
        until(self.idle, seconds, f"not idle; {self.lines[-5:]}")

    def check(self) -> None:
        """Nothing lost, nothing doubled, stored = folded, every mail out and none but as often as it may be."""
        self.check_database()
        mailed = Counter(message_id(key) for key in self.mailed_keys())
        assert mailed.keys() - self.sink.seen.keys() == set(), "lost outside"
        assert self.sink.seen.keys() - mailed.keys() == set(), "sent without a cause"
        assert self.doubled <= self.kills, "doubled outside"

    def check_database(self, names: Iterable[str] = INVARIANTS) -> None:
        now = clock.now()
        assert offending(now, GRACE, tuple(names)) == {}
        assert list(differences(now)) == []
        wrong = [step for step in Escalation.objects.all() if step.recorded_at < step.due_at]
        assert wrong == [], "before its time"

    def mailed_keys(self) -> list[str]:
        """Messages that went out by mail: all that were sent here, but escalations, which make one a person."""
        sent = Outbox.objects.filter(state=OutboxState.SENT, sent_at__gte=self.started_at)
        return list(sent.exclude(kind__in=("ticket.escalation", "ticket.moved")).values_list("key", flat=True))

    @property
    def doubled(self) -> int:
        """Mails that came a second time, always with the Message-ID of the first."""
        return sum(count - 1 for count in self.sink.seen.values())

    def __post_init__(self) -> None:
        self.started_at = clock.now() + self.shift


def children_of(pid: int) -> list[int]:
    try:
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def execute(servers: ScratchServers, statement: str) -> None:
    """One statement as the superuser."""
    superuser = servers.postgres.connect()
    with superuser.cursor() as cursor:
        cursor.execute(statement)
    superuser.close()
