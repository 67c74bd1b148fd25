"""Calendars, special days and re-application over the API."""

from typing import Any

import pytest

from accounts.enums import Role
from contracts.models import CalendarVersion, Holiday
from tests.factories import logged_in, make_user
from tests.tickets.test_reapply import clock, published
from tests.world import World
from tickets.domain import reapply
from tickets.models import Reapplication

DOCUMENT = {"name": "甲", "hours": {"mon-fri": ["09:00-12:00", "13:00-18:00"]}, "holidays": "CN"}


def post(browser: Any, path: str, body: Any) -> Any:
    return browser.post(f"/api/v1/{path}", body, content_type="application/json")


def test_calendars_are_read_and_published(world: World) -> None:
    admin = logged_in(world.admin)
    codes = sorted(row["code"] for row in admin.get("/api/v1/calendars/").json()["results"])
    assert codes == ["always", "day_evening", "office_5x8", "office_cn"]
    made = post(admin, "calendars/", {"code": "a", "document": DOCUMENT})
    assert (made.status_code, made.json()["number"], made.json()["document"]) == (201, 1, DOCUMENT)
    assert admin.get("/api/v1/calendars/a/versions/1/").json()["public_days"]["years"][-1] == "2026"
    assert admin.get("/api/v1/calendars/a/versions/2/").status_code == 404


@pytest.mark.parametrize(
    "document",
    [
        {"name": "x", "hours": {"mon": ["09:00-12:00", "11:00-13:00"]}},
        {"name": "x", "hours": {"mon": ["18:00-09:00"]}},
        {"name": "x", "hours": {"mon": []}},
        {"name": "x", "hours": {"mon": 1}},
        {"name": "x", "hours": 1},
        {"name": "x", "hours": {"someday": ["09:00-12:00"]}},
        {},
    ],
)
def test_a_calendar_that_cannot_be_used_is_refused(world: World, document: dict[str, Any]) -> None:
    count = CalendarVersion.objects.count()
    answer = post(logged_in(world.admin), "calendars/", {"code": "a", "document": document})
    assert (answer.status_code, CalendarVersion.objects.count()) == (400, count)


def test_special_days_are_set_and_published(world: World) -> None:
    admin = logged_in(world.admin)
    days = [{"day": "2027-01-01", "kind": "off", "name": "元旦"}, {"day": "2027-01-04", "kind": "work"}]
    done = post(admin, "holidays/import/", {"days": days})
    assert (done.status_code, done.json()) == (200, {"added": 2, "changed": 0, "removed": 0})
    assert post(admin, "holidays/set/", {"day": "2027-01-04", "kind": None}).status_code == 200
    assert [row["day"] for row in admin.get("/api/v1/holidays/?year=2027").json()["results"]] == ["2027-01-01"]
    assert [row["number"] for row in post(admin, "holidays/publish/", {}).json()] == [2, 2]
    assert post(admin, "holidays/set/", {"day": "1999-01-01", "kind": "off"}).status_code == 400


def test_a_re_application_is_previewed_ordered_and_followed(world: World) -> None:
    ticket = world.report()
    published(world, on_site="4h")
    admin = logged_in(world.admin)
    seen = post(admin, "reapplications/preview/", {"sets": ["HW12"]}).json()
    assert (seen["tickets"], seen["clocks"], seen["rows"][0]["number"]) == (1, 1, ticket.number)
    made = post(admin, "reapplications/", {"sets": ["HW12"], "reason": "合同补充"})
    assert (made.status_code, made.json()["state"], made.json()["total"]) == (201, "running", 1)
    while reapply.drain(world.now):
        pass
    reapply.drain(world.now)
    one = admin.get(f"/api/v1/reapplications/{made.json()['id']}/").json()
    assert (one["state"], one["moved"]) == ("done", 1)
    assert clock(ticket, "on_site").due_at == world.later(hours=4)
    assert post(admin, f"reapplications/{one['id']}/cancel/", {}).status_code == 409
    assert post(admin, "reapplications/preview/", {"sets": ["HW12"]}).status_code == 409


@pytest.mark.parametrize("role", [Role.MANAGER, Role.DUTY_MANAGER, Role.AGENT, Role.CLIENT])
def test_a3_only_administrators_change_anything(world: World, role: str) -> None:
    world.report()
    published(world, on_site="4h")
    count = CalendarVersion.objects.count()
    browser = logged_in(make_user(role))
    bodies = {
        "calendars/": {"code": "a", "document": DOCUMENT},
        "holidays/set/": {"day": "2027-01-01", "kind": "off"},
        "holidays/import/": {"days": [{"day": "2027-01-01", "kind": "off"}]},
        "holidays/publish/": {},
        "reapplications/": {"sets": ["HW12"], "reason": "x"},
    }
    assert {post(browser, path, body).status_code for path, body in bodies.items()} == {403}
    assert (CalendarVersion.objects.count(), Reapplication.objects.count()) == (count, 0)
    assert not Holiday.objects.filter(day__year=2027).exists()
