"""F5: PostgreSQL is restarted while people send requests. Each is answered, and with its key it has one effect."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from accounts.domain.api_token import issue
from accounts.enums import Scope
from core import clock
from tests.faults.system import System, until
from tests.world import World
from tickets.models import Ticket

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

CLIENTS, REQUESTS = 4, 12


class Caller:
    """A REST client that repeats a request, with the same key, until it is answered well."""

    def __init__(self, address: str, token: str, world: World) -> None:
        self.address, self.token, self.world = address, token, world
        self.answers: Counter[int] = Counter()

    def report(self, key: str) -> str:
        """The number of the ticket."""
        body = {
            "customer": self.world.a.customer.pk,
            "asset": self.world.a.asset.pk,
            "subject": f"重复 {key}",
            "kind": "fault",
            "severity": 2,
        }
        end = time.monotonic() + 60
        while time.monotonic() < end:
            status, answer = self.ask("POST", "/api/v1/tickets/", json.dumps(body).encode(), key)
            self.answers[status] += 1
            if status == 201:
                return str(answer["number"])
            time.sleep(0.2)
        raise AssertionError(f"{key} was never answered: {self.answers}")

    def ask(self, method: str, path: str, body: bytes | None = None, key: str = "") -> tuple[int, dict[str, object]]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        request = urllib.request.Request(f"{self.address}{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def restart(system: System) -> None:
    """A fast restart, with a second of nobody there."""
    postgres = system.servers.postgres
    connection.close()
    postgres.child.ask_to_stop()
    assert postgres.child.wait(30)
    time.sleep(1)  # the outage itself
    postgres.child.start()
    postgres.wait_until_ready()


def test_f5_a_restart_of_the_database_loses_and_doubles_no_request(
    launch: Callable[..., System], loaded: World
) -> None:
    system = launch("f5")
    port = free_port()
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--worker-class", "gthread", "--threads", "4"]
    system.start("web", "gunicorn", "config.wsgi", *options, "--no-control-socket", "--log-level", "warning")
    until(lambda: listens(port), 60, f"no web; {system.lines[-5:]}")
    end = clock.now() + timedelta(days=1)
    _, token = issue(user=loaded.agent, name="caller", scope=Scope.WRITE, expires_at=end, now=clock.now())
    caller = Caller(f"http://127.0.0.1:{port}", token, loaded)
    assert caller.report("warm-up")
    keys = [[f"{client}-{n}" for n in range(REQUESTS)] for client in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        jobs = [pool.submit(lambda mine=mine: [caller.report(key) for key in mine]) for mine in keys]
        for count in (2, 20):
            until(partial(asked, caller, count), 60, "nobody asks")
            restart(system)
        numbers = [number for job in jobs for number in job.result(120)]
    assert len(set(numbers)) == CLIENTS * REQUESTS
    assert Ticket.objects.filter(subject__startswith="重复 ").count() == CLIENTS * REQUESTS + 1
    assert caller.answers.keys() == {201, 503}
    assert caller.ask("GET", f"/api/v1/tickets/{numbers[0]}/")[0] == 200
    system.check_database(("I2 doubled or out of order", "I6 numbers", "I7 sequences", "I8 state = fold", "I9 tenant"))


def asked(caller: Caller, count: int) -> bool:
    return caller.answers[201] >= count
