"""S43–S45 in a browser, on a phone: a customer's morning, with and without script."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from core import clock
from tests.browser.conftest import Visitor
from tests.factories import PASSWORD
from tests.tickets.portal import customer_of
from tests.world import World
from tickets.domain import message, resolution
from tickets.models import Clock, Event, Message, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def phone(request: Any, chromium: Any, live_server: Any) -> Iterator[Visitor]:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=request.param)
    context.set_default_timeout(15_000)
    visitor = Visitor(context.new_page(), live_server.url)
    visitor.scripted = request.param  # type: ignore[attr-defined]
    yield visitor
    context.close()


def log_in(visitor: Visitor, user: User) -> None:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    visitor.open("/login/")
    visitor.page.locator("input[name=name]").fill(user.email)
    visitor.page.locator("input[name=password]").fill(PASSWORD)
    visitor.page.locator("input[name=password]").press("Enter")
    visitor.page.wait_for_url("**/portal/")


class Counted:
    """Counts what a person does: a click, a text typed."""

    def __init__(self, page: Any) -> None:
        self.page, self.done = page, 0

    def click(self, selector: str) -> None:
        self.done += 1
        self.page.locator(selector).click()

    def type(self, selector: str, text: str) -> None:
        self.done += 1
        self.page.locator(selector).fill(text)


def fits(page: Any) -> bool:
    """No scrolling to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_27_a_customers_morning(desk: World, phone: Visitor) -> None:
    """Report within six acts, message, not solved, solved: each page by itself, on 390 px."""
    customer_of(desk.a, clock.now())
    scripted = phone.scripted  # type: ignore[attr-defined]
    log_in(phone, desk.a.user)
    page = phone.page
    hand = Counted(page)
    hand.click("#report")
    page.wait_for_url("**/portal/new/")
    hand.type("#id_words", "打印头走纸异常。票据模糊")
    hand.click(".wb-choice:has([value=limited])")
    if scripted:
        page.locator("#promise", has_text="若现在提交").wait_for()
        assert fits(page)
    hand.click("#send")
    page.wait_for_url("**/portal/tickets/WB-*/")
    assert hand.done <= 6
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.severity, ticket.contact) == ("打印头走纸异常", 2, desk.a.contact)
    first = Clock.objects.filter(ticket=ticket, set_code="HW12").order_by("due_at")[0]
    shown = page.locator("#portal-live h2 time").get_attribute("datetime")
    assert clock.datetime.fromisoformat(shown) == first.due_at.replace(microsecond=0)

    page.locator("#message textarea").fill("下午四点前有人在")
    page.locator("#message button[class*=btn-primary]").click()
    page.locator("#portal-thread", has_text="下午四点前有人在").wait_for()
    assert Message.objects.get(ticket=ticket).from_contact == desk.a.contact

    resolve(desk, ticket)
    page.reload()
    page.locator("#not-solved").click()
    page.locator("textarea[name=reason]").fill("还是打不清楚")
    page.locator("main .btn-primary").click()
    page.locator("#portal-thread", has_text="还是打不清楚").wait_for()
    ticket.refresh_from_db()
    assert (ticket.state, ticket.round) == ("in_progress", 2)

    resolve(desk, ticket)
    page.reload()
    page.locator("#confirm").click()
    page.get_by_text("服务已完成").first.wait_for()
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    if scripted:
        assert fits(page)
        assert phone.finds_nothing_wrong()


def resolve(desk: World, ticket: Ticket) -> None:
    reasons = dict.fromkeys(Clock.objects.filter(ticket=ticket).values_list("target", flat=True), "workload")
    resolution.resolve(
        ticket=ticket,
        solution="更换打印头",
        cause="hardware",
        breach_reasons=reasons,
        actor=desk.agent,
        now=clock.now(),
    )


def test_29_without_script_the_promise_is_shown_on_asking(desk: World, chromium: Any, live_server: Any) -> None:
    customer_of(desk.a, clock.now())
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    visitor = Visitor(context.new_page(), live_server.url)
    log_in(visitor, desk.a.user)
    page = visitor.page
    page.locator("#report").click()
    page.locator("#id_words").fill("打印头走纸异常")
    page.locator(".wb-choice:has([value=limited])").click()
    page.locator("button[name=preview]").click()
    page.locator("#promise", has_text="若现在提交").wait_for()
    assert page.locator("#id_words").input_value() == "打印头走纸异常"
    assert page.locator("[name=impact][value=limited]").is_checked()
    page.locator("#send").click()
    page.wait_for_url("**/portal/tickets/WB-*/")
    assert Ticket.objects.count() == 1
    context.close()


def test_a_draft_survives_a_reload_until_it_is_sent(desk: World, visitor: Visitor) -> None:
    customer_of(desk.a, clock.now())
    log_in(visitor, desk.a.user)
    visitor.open("/portal/new/")
    page = visitor.page
    page.locator("#id_words").fill("写到一半")
    page.locator(".wb-choice:has([value=part])").click()
    page.reload()
    assert page.locator("#id_words").input_value() == "写到一半"
    assert page.locator("[name=impact][value=part]").is_checked()
    page.locator("#send").click()
    page.wait_for_url("**/portal/tickets/WB-*/")
    visitor.open("/portal/new/")
    assert page.locator("#id_words").input_value() == ""
    assert visitor.finds_nothing_wrong()


def test_news_come_in_by_themselves_and_keep_what_is_being_written(desk: World, visitor: Visitor) -> None:
    customer_of(desk.a, clock.now())
    ticket = desk.report(now=clock.now())
    log_in(visitor, desk.a.user)
    visitor.open(f"/portal/tickets/{ticket.number}/")
    page = visitor.page
    page.locator("#message textarea").fill("写到一半的话")
    message.hear(ticket=ticket, body="同事补充", contact=desk.a.contact, actor=desk.a.user, now=clock.now())
    page.evaluate("wb.tick(true)")
    page.locator("#portal-thread", has_text="同事补充").wait_for()
    assert page.locator("#message textarea").input_value() == "写到一半的话"
    assert visitor.finds_nothing_wrong()


def test_a_stranger_at_the_device(desk: World, phone: Visitor) -> None:
    """The label's page, the report, and the way of the case, on a phone."""
    phone.open(f"/d/{desk.a.asset.label_key}/")
    page = phone.page
    page.locator("#id_words").fill("屏幕不亮")
    page.locator(".wb-choice:has([value=stopped])").click()
    page.locator("#id_caller_name").fill("门卫老赵")
    page.locator("#id_caller_phone").fill("138 0013 8000")
    page.locator("#send").click()
    page.wait_for_url("**/follow/WB-*/")
    ticket = Ticket.objects.get()
    assert (ticket.caller_name, ticket.severity) == ("门卫老赵", 1)
    assert page.locator("h1").inner_text() == f"单号 {ticket.number}"
    page.locator("textarea[name=body]").fill("我在一楼等")
    page.locator("main form .btn-primary").click()
    page.get_by_text("您的留言已发送").first.wait_for()
    assert Event.objects.filter(ticket=ticket, kind="message", actor=None).count() == 1
    if phone.scripted:  # type: ignore[attr-defined]
        assert fits(page)
        assert phone.finds_nothing_wrong()
