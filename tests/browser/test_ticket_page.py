"""S04 in a browser: the way of an agent through a ticket, and a deadline that passes while the page is open."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from tests.browser.conftest import Visitor
from tests.world import World
from tickets.domain import assignment, message
from tickets.domain.agreement import agree_date
from tickets.domain.sweep import sweep
from tickets.models import Clock, Event, Message, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def settled(visitor: Visitor) -> Any:
    visitor.page.wait_for_load_state("networkidle")
    return visitor.page


def test_the_way_of_an_agent(desk: World, visitor: Visitor) -> None:
    """Log in, queue, ticket, take it, reply, undo, note, wait for the customer, go on, resolve: no page is reloaded."""
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    page = settled(visitor)
    page.goto(f"{visitor.base}/tickets/?view=unassigned")
    page.get_by_role("link", name=ticket.subject).click()
    page.wait_for_url(f"**/tickets/{ticket.number}/")
    page.evaluate("window.same = true")

    settled(visitor).keyboard.press("i")
    page.locator("#act-claim").wait_for(state="detached")

    page.keyboard.press("r")
    page.keyboard.type("您好，工程师今天到场。")
    page.keyboard.press("Control+Enter")
    page.locator("#timeline .is-outgoing", has_text="您好，工程师今天到场。").wait_for()
    assert page.locator("#composer textarea").input_value() == ""
    settled(visitor).locator("#wb-toasts button", has_text="撤销").last.click()
    page.locator("#timeline .is-voided", has_text="您好，工程师今天到场。").wait_for()

    settled(visitor).keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("疑似打印头老化")
    assert "保存内部备注" in page.locator("#composer [data-send]").inner_text()
    page.locator("#composer [data-send]").click()
    page.locator("#timeline .is-note", has_text="疑似打印头老化").wait_for()

    settled(visitor).keyboard.press("Escape")
    page.keyboard.press("s")
    page.locator("#wb-dialog[open] label", has_text="等客户").click()
    page.locator("#wb-dialog .btn-primary").click()
    page.locator("#clocks .wb-tone-paused").first.wait_for()
    assert not page.locator("#wb-dialog").evaluate("dialog => dialog.open")

    settled(visitor).locator("#act-more").click()
    page.locator("#act-resume").click()
    page.locator("#clocks [data-state=running]").first.wait_for()

    settled(visitor).locator("#act-resolve").click()
    page.locator("#wb-dialog .btn-primary").click()
    page.locator("#wb-dialog .wb-error-summary").wait_for()
    page.locator("#wb-dialog textarea[name=solution]").fill("更换打印头，测试正常。")
    page.locator("#wb-dialog select[name=cause]").select_option("hardware")
    page.locator("#wb-dialog .btn-primary").click()
    page.locator("#act-close").wait_for()
    assert page.evaluate("window.same") is True
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee, ticket.solution) == ("resolved", desk.agent, "更换打印头，测试正常。")
    assert visitor.finds_nothing_wrong()


def test_a_deadline_that_passes_while_the_page_is_open(desk: World, visitor: Visitor) -> None:
    """The countdown reaches zero, the page asks, and says that it is overdue; the bell line follows with the poll."""
    ticket = desk.report(now=clock.now())
    soon = clock.now() + timedelta(seconds=8)
    agree_date(ticket=ticket, target="plan", due=soon, note="陈敏同意", actor=desk.duty_manager, now=clock.now())
    due = Clock.objects.get(ticket=ticket, target="plan")
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{ticket.number}/")
    card = settled(visitor).locator(f"#clock-{due.pk}")
    assert card.get_attribute("data-state") == "running"
    sweep(due.due_at + timedelta(milliseconds=1))
    visitor.page.locator(f"#clock-{due.pk}[data-state=breached]").wait_for(timeout=30_000)
    assert "超时" in card.inner_text()
    assert Ticket.objects.get(pk=ticket.pk).clock_rank == 0
    assert visitor.finds_nothing_wrong()


def test_what_a_colleague_does_comes_in_by_itself(desk: World, visitor: Visitor) -> None:
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{ticket.number}/")
    page = settled(visitor)
    page.locator("#composer textarea").fill("写到一半的话")
    message.note(ticket=ticket, body="同事的备注", actor=desk.other_agent, now=clock.now())
    page.evaluate("wb.tick(true)")
    page.locator("#timeline .is-note", has_text="同事的备注").wait_for()
    assert page.locator("#composer textarea").input_value() == "写到一半的话"
    page.locator("#composer textarea").press("Control+Enter")
    page.locator("#timeline .is-outgoing", has_text="写到一半的话").wait_for()
    assert visitor.finds_nothing_wrong()


def test_a_conflict_keeps_what_was_typed(desk: World, visitor: Visitor) -> None:
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{ticket.number}/")
    page = settled(visitor)
    page.locator("#composer textarea").fill("写了很久的话")
    assignment.claim(ticket=ticket, actor=desk.other_agent, now=clock.now())
    page.locator("#composer textarea").press("Control+Enter")
    dialog = page.locator("#wb-dialog[open]")
    dialog.get_by_text("赵敏").first.wait_for()
    assert dialog.locator("textarea[name=body]").input_value() == "写了很久的话"
    dialog.locator(".btn-primary").click()
    page.locator("#timeline .is-outgoing", has_text="写了很久的话").wait_for()
    assert Message.objects.get(ticket=ticket).body == "写了很久的话"


def test_why_and_every_dialog_open_close_and_give_the_focus_back(desk: World, visitor: Visitor) -> None:
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.duty_manager)
    visitor.open(f"/tickets/{ticket.number}/")
    page = settled(visitor)
    due = Clock.objects.filter(ticket=ticket).order_by("due_at")[0]
    page.locator(f"#why-{due.pk}").click()
    page.locator("#wb-dialog[open] .wb-facts").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == f"why-{due.pk}"
    for name in ("assign", "severity", "status", "resolve"):
        page.locator(f"#act-{name}").click()
        page.locator("#wb-dialog[open] form").wait_for()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.id") == f"act-{name}"
    for name in ("progress", "pause", "agree-date", "attach", "link", "merge", "cancel"):
        if not page.locator(f"#act-{name}").is_visible():
            page.locator("#act-more").click()
        page.locator(f"#act-{name}").click()
        page.locator("#wb-dialog[open] form").wait_for()
        page.keyboard.press("Escape")
    assert visitor.finds_nothing_wrong()


def test_without_script(desk: World, chromium: Any, live_server: Any) -> None:
    """Every form is a form: log in, reply, set the state, resolve."""
    ticket = desk.report(now=clock.now())
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    visitor = Visitor(context.new_page(), live_server.url)
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{ticket.number}/")
    page = visitor.page
    page.locator("#composer textarea").fill("您好")
    page.locator("#composer [data-send]").click()
    page.get_by_text("已发送给客户").wait_for()
    page.locator("#act-status").click()
    page.locator("label", has_text="等备件").click()
    page.locator("main .btn-primary").click()
    page.get_by_text("状态已修改").wait_for()
    page.locator("#act-resolve").click()
    page.locator("textarea[name=solution]").fill("更换打印头")
    page.locator("select[name=cause]").select_option("hardware")
    page.locator("main .btn-primary").click()
    page.get_by_text("已标记为解决").wait_for()
    kinds = list(Event.objects.filter(ticket=ticket).order_by("seq").values_list("kind", flat=True))
    assert kinds[-1] == "resolved"
    context.close()
