"""S04 in a browser: the way of an agent through a ticket, and a deadline that passes while the page is open."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from tests.browser.conftest import Visitor
from tests.world import World
from tickets.domain import assignment, message
from tickets.domain.agreement import agree_date
from tickets.domain.macro import install_macros
from tickets.domain.sweep import sweep
from tickets.models import Clock, Draft, Event, Message, Participant, Ticket

DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
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


def another(chromium: Any, visitor: Visitor) -> Visitor:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(15_000)
    return Visitor(context.new_page(), visitor.base)


def test_a_reply_with_a_macro_by_keyboard(desk: World, visitor: Visitor) -> None:
    """M, two characters, Enter: the text stands at the cursor, its state is chosen, the focus is in the text."""
    install_macros(now=clock.now())
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{ticket.number}/")
    page = settled(visitor)
    page.keyboard.press("m")
    page.locator("#wb-dialog[open] .macro-offer").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "macro-search"
    page.keyboard.type("停机")
    page.locator("#wb-dialog .macro-offer", has_text="请客户确认停机时间").wait_for()
    page.locator("#macro-list form:only-child").wait_for()
    page.keyboard.press("Enter")
    page.locator("#composer textarea[name=body]:focus").wait_for()
    body = page.locator("#composer textarea[name=body]").input_value()
    assert body.startswith("A 陈敏，您好。处理“打印头走纸异常，票据模糊”需要短时停机")
    assert page.locator("#composer select[name=next_state]").input_value() == "waiting_customer"
    page.keyboard.type("谢谢。")
    page.keyboard.press("Control+Enter")
    page.locator("#timeline .is-outgoing", has_text="谢谢。").wait_for()
    ticket.refresh_from_db()
    assert (ticket.state, Message.objects.get().body) == ("waiting_customer", f"{body}谢谢。")
    assert visitor.finds_nothing_wrong()


def test_a_slash_opens_the_macros_and_is_replaced(desk: World, visitor: Visitor) -> None:
    install_macros(now=clock.now())
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{ticket.number}/")
    page = settled(visitor)
    page.keyboard.press("r")
    page.keyboard.type("/")
    page.locator("#wb-dialog[open] .macro-offer").first.wait_for()
    page.keyboard.press("Escape")
    page.locator("#composer textarea[name=body]:focus").wait_for()
    assert page.locator("#composer textarea[name=body]").input_value() == "/"
    page.evaluate(DRAWN)  # what a closed dialog held inert takes keys from the next frame on
    page.keyboard.press("Backspace")
    page.keyboard.type("/")
    page.locator("#wb-dialog[open] .macro-offer").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#composer textarea[name=body]:focus").wait_for()
    assert page.locator("#composer textarea[name=body]").input_value().startswith("A 陈敏，您好。我是客户服务中心")
    assert "分派给我" in page.locator("[data-macro-words]").inner_text()
    page.keyboard.press("Control+Enter")
    page.locator("#timeline .is-outgoing").wait_for()
    ticket.refresh_from_db()
    assert ticket.assignee == desk.agent
    assert visitor.finds_nothing_wrong()


def test_two_people_see_each_other(desk: World, visitor: Visitor, chromium: Any) -> None:
    ticket = desk.report(now=clock.now())
    other = another(chromium, visitor)
    for one, user in ((visitor, desk.agent), (other, desk.other_agent)):
        one.log_in(user)
        one.open(f"/tickets/{ticket.number}/")
    settled(other)
    visitor.page.reload()
    visitor.page.locator("#presence", has_text="赵敏也在查看").wait_for()
    other.page.keyboard.press("r")
    other.page.keyboard.type("您好")
    visitor.page.locator("#composer [data-presence]", has_text="赵敏正在回复…").wait_for(timeout=25_000)
    other.page.locator("#presence", has_text="王芳也在查看").wait_for()
    other.page.goto(f"{other.base}/tickets/")
    visitor.page.locator("#presence:empty").wait_for(state="attached", timeout=25_000)
    assert visitor.finds_nothing_wrong()
    other.page.context.close()


def test_a_draft_survives_a_reload_and_a_second_window(desk: World, visitor: Visitor) -> None:
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{ticket.number}/")
    page = settled(visitor)
    page.keyboard.press("n")
    page.keyboard.type("第一窗的话")
    page.locator("#draft", has_text="草稿").wait_for()
    page.reload()
    assert page.locator("#composer textarea[name=body]").input_value() == "第一窗的话"
    assert page.locator("#composer").get_attribute("data-mode") == "note"

    second = page.context.new_page()
    second.goto(page.url)
    second.locator("#composer textarea[name=body]").fill("第二窗的话")
    second.locator("#draft [data-stamp]:not([data-stamp=''])").wait_for()
    expect_draft(desk, ticket, "第二窗的话", second)
    page.locator("#composer textarea[name=body]").fill("第一窗接着写")
    page.locator("[data-draft-take]").wait_for()
    assert Draft.objects.get().body == "第二窗的话"
    assert page.locator("#composer textarea[name=body]").input_value() == "第一窗接着写"
    page.locator("[data-draft-keep]").click()
    expect_draft(desk, ticket, "第一窗接着写", page)
    assert visitor.finds_nothing_wrong()


def expect_draft(desk: World, ticket: Ticket, body: str, page: Any) -> None:
    for _ in range(50):
        if Draft.objects.filter(ticket=ticket, user=desk.agent, body=body).exists():
            return
        page.wait_for_timeout(200)
    raise AssertionError(body)


def test_what_was_written_without_a_connection_is_not_lost(desk: World, visitor: Visitor) -> None:
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{ticket.number}/")
    page = settled(visitor)
    page.context.set_offline(True)
    page.locator("#composer textarea[name=body]").fill("没有信号时写的话")
    page.locator("#draft", has_text="没有信号").wait_for()
    assert Draft.objects.count() == 0
    page.context.set_offline(False)
    page.reload()
    assert page.locator("#composer textarea[name=body]").input_value() == "没有信号时写的话"
    expect_draft(desk, ticket, "没有信号时写的话", page)


def test_a_colleague_is_named_by_keyboard(desk: World, visitor: Visitor) -> None:
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{ticket.number}/")
    page = settled(visitor)
    page.keyboard.press("n")
    page.keyboard.type("请看 @王")
    page.locator("#colleagues [role=option]", has_text="王工").wait_for()
    page.keyboard.press("Enter")
    assert page.locator("#composer textarea[name=body]").input_value() == "请看 @王工 "
    page.keyboard.press("Control+Enter")
    page.locator("#timeline .is-note", has_text="@王工").wait_for()
    assert Participant.objects.filter(ticket=ticket, user=desk.engineer, why="follower").exists()
    assert visitor.finds_nothing_wrong()
