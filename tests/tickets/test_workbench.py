"""S01: what an agent has on hand, and what the poll and the buttons answer."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from core import slots
from core.domain.notification import notify
from tests.factories import logged_in, make_user
from tests.tickets.desk import HTMX
from tests.tickets.strips import strips_of
from tests.world import World
from tickets.domain.progress import record_progress
from tickets.models import Ticket

PAGE = "/workbench/"
STATEMENTS = 12


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def test_the_strips_hold_what_their_names_say(world: World, agent: Client) -> None:
    for number in range(7):
        world.report(subject=f"mine {number}", assignee=world.agent, now=world.later(minutes=number - 10))
    world.report(subject="other", assignee=world.other_agent)
    world.report(subject="nobody's")
    waits = Ticket.objects.get(subject="mine 3")
    Ticket.objects.filter(pk=waits.pk).update(customer_waits=True)
    assert strips_of(agent.get(PAGE)) == {
        "next": (7, [f"mine {number}" for number in range(5)]),
        "waiting": (1, ["mine 3"]),
        "calls": (0, []),
        "unassigned": (1, ["nobody's"]),
    }


def test_an_owed_call_stands_in_the_calls(world: World, agent: Client) -> None:
    ticket = world.report(subject="mine", assignee=world.agent)
    record_progress(ticket=ticket, kind="urgent_visit_requested", actor=world.agent, now=world.now)
    owed = strips_of(agent.get(PAGE))["calls"]
    record_progress(ticket=ticket, kind="manager_called_back", actor=world.duty_manager, now=world.now)
    assert (owed, strips_of(agent.get(PAGE))["calls"]) == ((1, ["mine"]), (0, []))


def test_an_empty_bench_says_so_and_points_to_the_unassigned(world: World, agent: Client) -> None:
    body = agent.get(PAGE).content.decode()
    assert 'href="/tickets/?view=unassigned"' in body
    assert 'href="/tickets/next/?view=mine"' in body


def test_one_strip_is_answered_alone(world: World, agent: Client) -> None:
    world.report(subject="nobody's")
    response = agent.get(PAGE, {"strip": "unassigned"}, headers=HTMX)
    body = response.content.decode()
    assert "<html" not in body
    assert ('id="strip-unassigned"' in body, "nobody&#x27;s" in body) == (True, True)
    assert "<html" in agent.get(PAGE, {"strip": "unknown"}).content.decode()


def test_claiming_from_the_bench_answers_a_toast_and_has_the_strips_drawn_anew(world: World, agent: Client) -> None:
    ticket = world.report(subject="nobody's")
    response = agent.post(f"/tickets/{ticket.number}/claim/", {"from": "desk"}, headers=HTMX)
    assert response.status_code == 200
    assert list(json.loads(response.headers["HX-Trigger"])) == ["wb:changed"]
    assert response.content.decode().count("hx-swap-oob") == 1
    assert strips_of(agent.get(PAGE))["next"] == (1, ["nobody's"])


def test_todays_notices_and_who_is_on_duty(world: World, agent: Client) -> None:
    for key, at in (("today", world.now), ("yesterday", world.later(hours=-11))):
        notify(user=world.agent, key=key, kind="assigned", text=lambda key=key: key, url="/tickets/", now=at)
    context = agent.get(PAGE).context
    assert [line.text for line in context["notices"]] == ["today"]
    people = [(person.name, person.manages) for person in context["people"]]
    assert people[0] == ("李主任", True)
    assert sorted(name for name, manages in people if not manages) == sorted(["王工", "王芳", "赵敏"])


def test_other_apps_put_cards_on_the_bench(world: World, agent: Client) -> None:
    slots.register("workbench.card", "test", lambda request, user: f"<p>card of {user.pk}</p>")
    try:
        assert f"card of {world.agent.pk}" in agent.get(PAGE).content.decode()
    finally:
        slots.register("workbench.card", "test", lambda request, user: "")


def test_the_statements_do_not_grow_with_the_rows(world: World, agent: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            agent.get(PAGE)
        return len(asked)

    def fill(several: int) -> None:
        for number in range(several):
            world.report(subject=f"{number}", assignee=world.agent if number % 2 else None)

    fill(5)
    few = count()
    fill(45)
    assert few == count() <= STATEMENTS


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.PARTNER, Role.DUTY_MANAGER, Role.ADMIN])
def test_the_bench_is_the_agents(world: World, role: Role) -> None:
    assert logged_in(make_user(role)).get(PAGE).status_code in (403, 404)


def test_an_agent_begins_here(world: World, agent: Client) -> None:
    assert agent.get("/").headers["Location"] == PAGE
