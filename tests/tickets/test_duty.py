"""S02: the exceptions of the moment, each with a way to step in."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from core.domain.notification import notify
from core.models import Notification
from tests.factories import logged_in, make_user
from tests.tickets.desk import HTMX
from tests.tickets.strips import row_ids, strips_of
from tests.world import World
from tickets.enums import ClockRank
from tickets.models import Ticket

PAGE = "/duty/"
STATEMENTS = 12
STRIP_STATEMENTS = 4
SIGNED_IN = 3
"""Session, user, roles, which every page behind the login reads."""


@pytest.fixture
def duty(world: World) -> Client:
    return logged_in(world.duty_manager)


def place(ticket: Ticket, **columns: object) -> Ticket:
    Ticket.objects.filter(pk=ticket.pk).update(**columns)
    return ticket


def test_only_exceptions_are_listed(world: World, duty: Client) -> None:
    held = {"assignee": world.engineer, "answered": True, "severity": 3}
    running = {"clock_rank": ClockRank.RUNNING}
    place(world.report(subject="late", **held), clock_rank=ClockRank.BREACHED, next_due_at=world.later(hours=-2))
    place(world.report(subject="just late", **held), next_due_at=world.later(seconds=-1), **running)
    place(world.report(subject="near", **held), next_due_at=world.later(minutes=60), **running)
    place(world.report(subject="far", **held), next_due_at=world.later(minutes=61), **running)
    grave = world.report(subject="grave", severity=2, answered=True)
    place(grave, next_due_at=world.later(hours=5), **running)
    mild = world.report(subject="mild", severity=3, answered=True)
    place(mild, next_due_at=world.later(hours=5), **running)
    review = place(world.report(subject="odd", **held), needs_review=True, next_due_at=world.later(hours=5), **running)
    response = duty.get(PAGE)
    assert strips_of(response) == {
        "breached": (2, ["late", "just late"]),
        "near": (1, ["near"]),
        "calls": (0, []),
        "unassigned": (1, ["grave"]),
        "review": (1, ["odd"]),
    }
    assert f"review-{review.pk}" in row_ids(response)
    assert len(set(row_ids(response))) == len(row_ids(response))


def test_a_quiet_desk_says_that_nothing_needs_one(world: World, duty: Client) -> None:
    world.report(subject="mild", severity=4, assignee=world.engineer, answered=True)
    place(Ticket.objects.get(), clock_rank=ClockRank.RUNNING, next_due_at=world.later(hours=5))
    response = duty.get(PAGE)
    assert response.context["quiet"] is True
    assert response.content.decode().count('data-poll hx-get="/duty/?strip=') == 6


def test_warnings_stay_until_one_has_looked_at_them(world: World, duty: Client) -> None:
    tell = partial(notify, user=world.duty_manager, url="/tickets/X/", now=world.now)
    tell(key="a", kind="escalation", text=lambda: "nearly over")
    tell(key="b", kind="assigned", text=lambda: "something else")
    listed = duty.get(PAGE, {"strip": "escalations"}, headers=HTMX).content.decode()
    assert ("nearly over" in listed, "something else" in listed) == (True, False)
    line = Notification.objects.get(key="a")
    assert duty.post(f"/notifications/{line.pk}/").headers["Location"] == "/tickets/X/"
    assert "nearly over" not in duty.get(PAGE, {"strip": "escalations"}, headers=HTMX).content.decode()


def test_reassigning_from_the_desk_draws_the_strips_anew(world: World, duty: Client) -> None:
    ticket = world.report(subject="grave", severity=1, answered=True)
    before = strips_of(duty.get(PAGE))["unassigned"]
    path = f"/tickets/{ticket.number}/assign/"
    assert 'name="from" value="desk"' in duty.get(f"{path}?from=desk", headers=HTMX).content.decode()
    values = {"assignee": world.engineer.pk, "version": ticket.version, "from": "desk"}
    response = duty.post(path, values, headers=HTMX | {"HX-Target": "wb-dialog-body"})
    assert (response.status_code, "wb:changed" in response.headers["HX-Trigger"]) == (200, True)
    assert (before, strips_of(duty.get(PAGE))["unassigned"]) == ((1, ["grave"]), (0, []))


@pytest.mark.parametrize("asked", [{}, {"strip": "near"}, {"strip": "escalations"}])
def test_the_statements_do_not_grow_with_the_rows(world: World, duty: Client, asked: dict[str, str]) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as statements:
            duty.get(PAGE, asked, headers=HTMX if asked else {})
        return len(statements)

    def fill(several: int) -> None:
        for number in range(several):
            ticket = world.report(subject=f"{number}", severity=1)
            due = world.now + timedelta(minutes=number % 50)
            place(ticket, clock_rank=ClockRank.RUNNING, next_due_at=due, needs_review=True)

    fill(5)
    few = count()
    fill(45)
    assert few == count() <= (STRIP_STATEMENTS + SIGNED_IN if asked else STATEMENTS)


@pytest.mark.parametrize(
    ("role", "opens"),
    [(Role.DUTY_MANAGER, True), (Role.MANAGER, True), (Role.ADMIN, True), (Role.AGENT, False), (Role.ENGINEER, False)],
)
def test_who_steps_in(world: World, role: Role, opens: bool) -> None:
    assert (logged_in(make_user(role)).get(PAGE).status_code == 200) is opens


def test_a_duty_manager_begins_here(world: World, duty: Client) -> None:
    assert duty.get("/").headers["Location"] == PAGE
