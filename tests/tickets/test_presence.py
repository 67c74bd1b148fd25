"""Who else has a ticket open: a hint in the cache that may be lost, and never tells more than one may know."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as RedisDown

from core import clock
from tests.factories import logged_in
from tests.tickets.desk import Person, text_of, traces
from tests.world import World
from tickets.models import Participant, Ticket
from tickets.queries.presence import Viewer, viewers


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.report()


def beat(person: Person, mode: str = "viewing") -> Any:
    return person.client.post(person.path("presence/"), {"mode": mode})


def test_who_is_alone_sees_nobody(world: World, ticket: Ticket) -> None:
    assert beat(Person(world.agent, ticket)).status_code == 204
    assert viewers([ticket.number], world.agent) == {}


def test_two_people_see_each_other(world: World, ticket: Ticket) -> None:
    first, second = Person(world.agent, ticket), Person(world.duty_manager, ticket)
    beat(first)
    assert "王芳也在查看" in text_of(beat(second))
    assert "李主任也在查看" in text_of(beat(first))
    assert "李主任正在回复…" not in text_of(first.get())
    beat(second, "replying")
    page = text_of(first.get())
    assert page.count("李主任正在回复…") == 2
    assert "王芳也在查看" not in page


def test_who_closes_the_page_is_gone_at_once_and_who_falls_silent_later(world: World, ticket: Ticket) -> None:
    people = [Person(user, ticket) for user in (world.agent, world.other_agent)]
    for person in people:
        beat(person)
    assert beat(people[1], "gone").status_code == 204
    assert viewers([ticket.number], None) == {ticket.number: [Viewer(world.agent.pk, "王芳", False)]}
    with clock.frozen(world.later(seconds=44)):
        assert ticket.number in viewers([ticket.number], None)
    with clock.frozen(world.later(seconds=46)):
        assert viewers([ticket.number], None) == {}


def test_a_list_asks_once_and_without_a_statement(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = [world.report() for _ in range(5)]
    beat(Person(world.agent, tickets[0]), "replying")
    beat(Person(world.other_agent, tickets[0]))
    beat(Person(world.agent, tickets[3]))
    calls = []
    ask = cache.get_many
    monkeypatch.setattr(cache, "get_many", lambda keys: calls.append(len(keys)) or ask(keys))
    with CaptureQueriesContext(connection) as told:
        found = viewers([one.number for one in tickets], world.other_agent)
    assert {number: [one.name for one in people] for number, people in found.items()} == {
        tickets[0].number: ["王芳"],
        tickets[3].number: ["王芳"],
    }
    assert found[tickets[0].number][0].replying is True
    assert (calls, len(told)) == ([5], 0)
    assert viewers([], world.agent) == {}


def test_a1_only_who_sees_the_ticket_is_told_and_counted(world: World, ticket: Ticket) -> None:
    beat(Person(world.agent, ticket))
    engineer = Person(world.engineer, ticket)
    assert beat(engineer).status_code == 404
    assert logged_in(world.a.user).post(engineer.path("presence/"), {"mode": "viewing"}).status_code == 403
    assert [one.name for one in viewers([ticket.number], None)[ticket.number]] == ["王芳"]
    Participant.objects.create(ticket=ticket, user=world.engineer, why="follower", since=world.now)
    assert beat(engineer).status_code == 200


def test_a18_looking_and_beating_change_nothing_that_lasts(world: World, ticket: Ticket) -> None:
    agent = Person(world.agent, ticket)
    before = traces()
    assert agent.get("presence/").status_code == 405
    agent.get()
    assert viewers([ticket.number], None) == {}
    beat(agent, "nonsense")
    beat(agent, "replying")
    assert traces() == before


def test_without_redis_nobody_is_shown_and_nothing_breaks(
    world: World, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat(Person(world.other_agent, ticket))

    def down(*_args: Any, **_options: Any) -> Any:
        raise RedisDown

    monkeypatch.setattr("config.cache.OutageProofClient.get_client", down)
    agent = Person(world.agent, ticket)
    assert beat(agent).status_code == 204
    assert agent.get().status_code == 200
    assert viewers([ticket.number], None) == {}
