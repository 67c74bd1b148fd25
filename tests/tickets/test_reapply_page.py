"""The pages of re-application: what is newer, which clocks would move, the order, how far it is."""

from typing import Any

import pytest

from accounts.enums import Role
from contracts.domain import calendar_version, promise_set_draft
from contracts.models import CalendarVersion, PromiseSet
from core import slots
from tests.factories import logged_in, make_user
from tests.tickets.test_reapply import clock, published
from tests.world import World
from tickets.domain import reapply
from tickets.models import Reapplication

NEW = "/settings/reapply/new/?set=HW12"


def test_from_the_list_to_the_moved_clocks_in_the_browser(world: World) -> None:
    ticket = world.report()
    published(world, on_site="4h")
    admin = logged_in(world.admin)
    assert "?set=HW12" in admin.get("/settings/reapply/").content.decode()
    assert ticket.number in admin.get(NEW).content.decode()
    refused = admin.post(NEW, {"reason": ""})
    assert (refused.status_code, Reapplication.objects.count()) == (422, 0)
    sent = admin.post(NEW, {"reason": "合同补充"})
    order = Reapplication.objects.get()
    assert (sent.status_code, sent.url) == (302, f"/settings/reapply/{order.pk}/")
    running = admin.get(f"/settings/reapply/{order.pk}/progress/").content.decode()
    assert 'data-poll="4"' in running
    while reapply.drain(world.now):
        pass
    page = admin.get(f"/settings/reapply/{order.pk}/").content.decode()
    assert ticket.number in page
    assert 'data-poll="4"' not in page
    assert clock(ticket, "on_site").due_at == world.later(hours=4)
    assert "?set=HW12" not in admin.get("/settings/reapply/").content.decode()
    detail = admin.get(f"/tickets/{ticket.number}/").content.decode()
    assert "合同补充" in detail


def test_a_second_order_is_refused_on_the_page_and_one_can_be_stopped(world: World) -> None:
    world.report()
    published(world, on_site="4h")
    admin = logged_in(world.admin)
    admin.post(NEW, {"reason": "一"})
    assert admin.post(NEW, {"reason": "二"}).status_code == 409
    order = Reapplication.objects.get()
    assert admin.post(f"/settings/reapply/{order.pk}/cancel/").status_code == 302
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert reapply.drain(world.now) == 0


@pytest.mark.parametrize(
    ("role", "status"), [(Role.DUTY_MANAGER, 200), (Role.MANAGER, 200), (Role.AGENT, 403), (Role.ENGINEER, 403)]
)
def test_a3_who_looks_and_nobody_of_them_orders(world: World, role: str, status: int) -> None:
    world.report()
    published(world, on_site="4h")
    browser = logged_in(make_user(role))
    assert browser.get("/settings/reapply/").status_code == status
    assert browser.get(NEW).status_code == status
    assert browser.post(NEW, {"reason": "x"}).status_code == 403
    assert Reapplication.objects.count() == 0


@pytest.mark.parametrize("path", ["/settings/reapply/99/", "/settings/reapply/99/progress/", "/settings/reapply/new/"])
def test_what_does_not_exist_is_404(world: World, path: str) -> None:
    assert logged_in(world.admin).get(path).status_code == 404


@pytest.mark.parametrize("count", [5, 50])
def test_b8_the_list_costs_the_same_statements(world: World, count: int, django_assert_max_num_queries: Any) -> None:
    for number in range(count):
        Reapplication.objects.create(
            reason=f"第 {number} 次", started_by=world.admin, started_at=world.now, state="done"
        )
    browser = logged_in(world.manager)
    browser.get("/settings/reapply/")
    with django_assert_max_num_queries(12):
        assert "第 0 次" in browser.get("/settings/reapply/").content.decode()


def test_a_draft_of_a_set_shows_its_clocks_through_the_slot(world: World, rf: Any) -> None:
    """What the page of a promise set's draft draws: nothing is published by it."""
    ticket = world.report()
    published(world, on_site="4h")
    request = rf.get("/")
    request.user = world.admin
    promise_set = PromiseSet.objects.get(code="HW12")
    draft = promise_set_draft.start(promise_set=promise_set, actor=world.admin, now=world.now)
    (html,) = slots.render("promise_set.preview", request, draft)
    assert ticket.number in html
    request.user = world.agent
    assert slots.render("promise_set.preview", request, draft) == []


def test_nothing_is_said_where_every_ticket_is_up_to_date(world: World, rf: Any) -> None:
    world.report()
    request = rf.get("/")
    request.user = world.admin
    version = CalendarVersion.objects.select_related("calendar").get(calendar__code="office_cn")
    assert slots.render("calendar.panel", request, version.calendar) == []
    assert calendar_version.publish_special_days(actor=world.admin, now=world.now) == []
