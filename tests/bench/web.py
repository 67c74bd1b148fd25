"""Pages and REST beside views that do nothing, through the whole stack from WSGI down; no network."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse

from accounts.domain import api_token
from accounts.enums import Role, Scope
from accounts.models import User
from reports.domain import wall as walls
from tests.bench.measure import Row, Subject, side_by_side
from tests.bench.urls import ENDPOINT
from tests.factories import logged_in, make_user
from tests.fixtures import MORNING
from tests.world import World
from tickets.models import Ticket

ROUNDS = 40
_WATCH = re.compile(r'hx-get="(/tickets/rows/[^"]*)"')
_ANY_STAMP = re.compile(r"(\d+)-[0-9a-f]{3,}(?=[.&]|$)")


class Caller:
    """Sends requests as somebody: a session's cookie or a token is in `headers`."""

    def __init__(self, headers: dict[str, str]) -> None:
        from config.wsgi import application

        self.application = application
        self.factory = RequestFactory(SERVER_NAME="127.0.0.1", headers=headers)

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        return self._answer(self.factory.get(path, headers=headers).environ)

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        return self._answer(self.factory.post(path, json.dumps(body), content_type="application/json").environ)

    def _answer(self, environ: dict[str, Any]) -> tuple[int, bytes]:
        found: list[str] = []
        answer = self.application(environ, lambda status, headers, error=None: found.append(status))
        try:
            body = b"".join(answer)
        finally:
            answer.close()
        return int(found[0].split()[0]), body

    def expect(self, status: int, answer: tuple[int, bytes]) -> bytes:
        """The body of an answer that must have this status."""
        if answer[0] != status:
            raise ValueError(f"answered {answer[0]} instead of {status}: {answer[1][:300]!r}")
        return answer[1]


def browser(user: User) -> Caller:
    cookies = logged_in(user).cookies.values()
    return Caller({"cookie": "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies)})


def program() -> Caller:
    """A REST client with a token that may write."""
    user = make_user(Role.CLIENT)
    span = timedelta(days=30)
    text = api_token.issue(user=user, name="bench", scope=Scope.WRITE, expires_at=MORNING + span, now=MORNING)[1]
    return Caller({"authorization": f"Bearer {text}"})


def measure_pages(world: World, ticket: Ticket, closed: int) -> list[Row]:
    desk = browser(world.agent)
    queue = reverse("tickets:ticket-list") + "?view=all"
    watch = _watch(desk.expect(200, desk.get(queue)).decode())
    answers = {
        "page: nothing": (200, reverse("bench-page")),
        "page: the shell alone": (200, reverse("bench-shell")),
        "page: queue of 50": (200, queue),
        "page: rows partial, 5 changed": (200, _ANY_STAMP.sub(r"\1-0", watch, count=5)),
        "page: rows partial, none changed": (204, watch),
        "page: ticket": (200, reverse("tickets:ticket-detail", args=[ticket.number])),
    }
    subjects = [Subject(name, opens(desk, path, status)) for name, (status, path) in answers.items()]
    return _beside_first(subjects, "a page that does nothing", closed)


SEARCHES = {
    "page: search, word in all": "走纸",
    "page: search, word in 1 of 100": "机房卡纸",
    "page: search, two characters": "卡纸",
    "page: search, phone": "021 5555 0101",
    "page: search, serial": "sn-b",
    "page: search, no hit": "没有这种词",
}


def measure_search(world: World, ticket: Ticket, closed: int) -> list[Row]:
    """The search page as one types; a number leads straight to its ticket; the same words in the list of all ended."""
    desk, page = browser(world.agent), reverse("core:search")
    asked = {name: (200, f"{page}?{urlencode({'q': typed})}") for name, typed in SEARCHES.items()}
    asked["page: search, number"] = (302, f"{page}?{urlencode({'q': ticket.number})}")
    ended = urlencode({"view": "ended", "q": "卡纸 机房"})
    asked["page: ended tickets with two words"] = (200, f"{reverse('tickets:ticket-list')}?{ended}")
    nothing = Subject("page: nothing", opens(desk, reverse("bench-page")))
    subjects = [Subject(name, opens(desk, path, status)) for name, (status, path) in asked.items()]
    return _beside_first([nothing, *subjects], "a page that does nothing", closed)


def measure_figures(world: World, closed: int) -> list[Row]:
    """The manager's dashboard, panel by panel, and a wallboard."""
    manager, panels = browser(world.manager), ("key", "trend", "backlog", "risk", "matrix", "reasons", "satisfaction")
    token = walls.create(name="bench", filters={}, actor=world.manager, now=MORNING)[1]
    answers = {
        "page: nothing": reverse("bench-page"),
        **{f"figures: {name}": reverse("reports:dashboard-panel", args=[name]) for name in panels},
        "figures: by customer": reverse("reports:dashboard-panel", args=["matrix"]) + "?by=customer",
        "figures: wallboard": reverse("reports:wall", args=[token]),
    }
    subjects = [Subject(name, opens(manager, path)) for name, path in answers.items()]
    return _beside_first(subjects, "a page that does nothing", closed)


def measure_api(world: World, closed: int) -> list[Row]:
    client = program()
    nothing, tickets = f"/{ENDPOINT}", reverse("api:ticket-list")
    reads = [Subject("REST: nothing", opens(client, nothing)), Subject("REST: list of 50", opens(client, tickets))]
    writes = [
        Subject("REST: nothing sent", creates(client, nothing, world)),
        Subject("REST: create", creates(client, tickets, world)),
    ]
    base = "a view that does nothing"
    return [*_beside_first(reads, base, closed), *_beside_first(writes, base, closed)]


def opens(caller: Caller, path: str, status: int = 200) -> Callable[[], object]:
    return lambda: caller.expect(status, caller.get(path))


def _watch(page: str) -> str:
    """The address that a drawn queue asks again and again whether its rows have changed."""
    found = _WATCH.search(page)
    if found is None:
        raise ValueError("the queue page does not watch its rows")
    return unescape(found[1])


def creates(caller: Caller, path: str, world: World) -> Callable[[], object]:
    body = {
        "customer": world.a.customer.pk,
        "asset": world.a.asset.pk,
        "subject": "打印头走纸异常，票据模糊",
        "kind": "fault",
        "severity": 2,
    }
    return lambda: caller.expect(201, caller.post(path, body))


def _beside_first(subjects: list[Subject], base: str, closed: int) -> list[Row]:
    """The first does nothing."""
    cache.clear()
    times = side_by_side(subjects, ROUNDS)
    first, *others = (subject.name for subject in subjects)
    return [Row(name, closed, times[name], base, times[first]) for name in others]
