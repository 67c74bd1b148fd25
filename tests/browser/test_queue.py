"""S03 in a browser: an agent's morning at the queue, by keyboard alone; the preview, saved views, the next ticket."""

from typing import Any

import pytest

from core import clock
from tests.browser.conftest import Visitor
from tests.world import World
from tickets.models import Message, SavedView, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COMPOSE = """([type, text]) => {
  const box = document.activeElement;
  box.value = text;
  if (type === 'end') box.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true, data: text}));
  else box.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true}));
}"""


def settled(visitor: Visitor) -> Any:
    visitor.page.wait_for_load_state("networkidle")
    return visitor.page


def at_queue(visitor: Visitor, desk: World, query: str = "?view=all") -> Any:
    visitor.log_in(desk.agent)
    visitor.open(f"/tickets/{query}")
    return settled(visitor)


def focused(page: Any) -> str:
    """Where the focus is; never nowhere (ui.md §6 no. 6)."""
    name = page.evaluate(
        "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
    )
    assert name != "BODY"
    return str(name)


def chosen(page: Any) -> int:
    return int(page.locator("#rows input:checked").count())


def test_a_morning_by_keyboard(desk: World, visitor: Visitor) -> None:
    """Choose three, assign them, take it back, set a state; one to oneself; no mouse, the focus never lost."""
    tickets = [desk.report(subject=f"no {n}", severity=3, now=clock.now()) for n in range(4)]
    page = at_queue(visitor, desk)
    page.evaluate("window.same = true")
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
        focused(page)
    assert chosen(page) == 3
    assert page.locator(".wb-bulk-count").inner_text() == "已选 3 条"

    page.keyboard.press("a")
    page.locator("#wb-dialog[open] select[name=assignee]").wait_for()
    assert focused(page) == "bulk_assignee"
    page.locator("#bulk_assignee").select_option(str(desk.engineer.pk))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#wb-toasts", has_text="已分派 3 条给 王工").wait_for()
    page.locator("#rows tr", has_text="王工").nth(2).wait_for()
    assert chosen(page) == 0
    focused(page)

    page.locator("#wb-toasts .wb-undo button").last.press("Enter")
    page.locator("#wb-toasts", has_text="3 条已恢复原状").wait_for()
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {None}
    page.locator("#rows tr", has_text="王工").first.wait_for(state="detached")

    settled(visitor).locator("#rows [data-row-link]").first.focus()
    page.keyboard.press("s")
    page.locator("#wb-dialog[open] input[value=waiting_parts]").wait_for()
    page.locator("#wb-dialog input[value=waiting_parts]").press("Space")
    page.locator("#wb-dialog .btn-primary").press("Enter")
    page.locator("#wb-toasts", has_text="等备件").wait_for()
    assert Ticket.objects.filter(state="waiting_parts").count() == 1
    focused(page)

    settled(visitor).locator("#rows [data-row-link]").nth(1).focus()
    page.keyboard.press("x")
    page.keyboard.press("i")
    page.locator("#wb-toasts", has_text="已分派 1 条给 王芳").wait_for()
    assert Ticket.objects.filter(assignee=desk.agent).count() == 1
    assert page.evaluate("window.same") is True
    assert len(tickets) == 4
    assert visitor.finds_nothing_wrong()


def test_what_is_refused_is_told_in_the_dialog(desk: World, visitor: Visitor) -> None:
    mine = desk.report(subject="mine", severity=3, answered=True, now=clock.now())
    desk.report(subject="grave", severity=1, answered=True, now=clock.now())
    page = at_queue(visitor, desk)
    page.locator("#pick-page").check()
    assert chosen(page) == 2
    page.keyboard.press("Escape")
    assert chosen(page) == 0
    page.locator("#rows input[type=checkbox]").first.click()
    page.locator("#rows input[type=checkbox]").last.click(modifiers=["Shift"])
    assert chosen(page) == 2
    page.locator("#bulk [data-bulk=s]").click()
    assert not page.locator("#wb-dialog .wb-only-resolved").is_visible()
    page.locator("#wb-dialog label", has_text="已解决").click()
    page.locator("#wb-dialog select[name=cause]").select_option("hardware")
    page.locator("#wb-dialog textarea[name=solution]").fill("更换打印头")
    page.locator("#wb-dialog .btn-primary").click()
    page.locator("#wb-dialog .wb-refused", has_text="请逐单").wait_for()
    mine.refresh_from_db()
    assert mine.state == "resolved"
    page.locator("#wb-dialog .btn-primary[data-dialog-close]").click()
    focused(page)
    assert visitor.finds_nothing_wrong()


def test_the_preview_beside_the_list(desk: World, visitor: Visitor) -> None:
    """Space opens it, J moves on with it, R writes, Ctrl+Enter sends, Esc closes and gives the focus back."""
    for subject in ("first", "second"):
        desk.report(subject=subject, now=clock.now())
    page = at_queue(visitor, desk)
    page.keyboard.press("j")
    here = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Space")
    page.locator("#preview-title", has_text=here).wait_for()
    assert focused(page) == "preview-title"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == here
    assert not page.locator("#preview").is_visible()

    page.keyboard.press("r")
    page.locator("#preview-body").wait_for()
    page.locator("#preview-body:focus").wait_for()
    page.keyboard.type("jkx asp 您好")
    assert chosen(page) == 0
    page.keyboard.press("Control+Enter")
    page.locator("#preview .is-outgoing", has_text="您好").wait_for()
    assert Message.objects.get(internal=False).body == "jkx asp 您好"
    assert page.locator("#preview-body").input_value() == ""
    settled(visitor).locator("[data-preview-close]").click()
    focused(page)
    page.keyboard.press("n")
    page.locator("#preview-body:focus").wait_for()
    page.keyboard.type("疑似打印头老化")
    page.keyboard.press("Escape")
    assert page.locator("#preview").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#preview").is_visible()
    assert visitor.finds_nothing_wrong()


def test_composing_in_the_filter_sends_one_request(desk: World, visitor: Visitor) -> None:
    desk.report(subject="打印头走纸异常", now=clock.now())
    desk.report(subject="网络中断", now=clock.now())
    page = at_queue(visitor, desk)
    asked: list[str] = []
    page.on("request", lambda request: "q=" in request.url and asked.append(request.url))
    page.locator("#filter_q").focus()
    for text in ("d", "da", "dayin"):
        page.evaluate(COMPOSE, ["part", text])
        page.wait_for_timeout(450)
    page.evaluate(COMPOSE, ["end", "打印"])
    page.locator("#rows tr", has_text="网络中断").wait_for(state="detached")
    page.wait_for_timeout(600)
    assert len(asked) == 1
    assert "q=%E6%89%93%E5%8D%B0" in asked[0]
    assert page.locator("#rows tr").count() == 1
    assert focused(page) == "filter_q"
    assert "q=" in page.url
    assert visitor.finds_nothing_wrong()


def test_a_view_is_saved_pinned_and_jumped_to(desk: World, visitor: Visitor) -> None:
    desk.report(subject="grave", severity=1, now=clock.now())
    desk.report(subject="plain", severity=3, now=clock.now())
    page = at_queue(visitor, desk, "?view=all&severity=1")
    page.locator("#view-save").click()
    page.locator("#view_name").fill("急件")
    page.locator("#wb-dialog .btn-primary").click()
    page.wait_for_url("**/tickets/?v=*")
    view = SavedView.objects.get()
    page.goto(f"{visitor.base}/tickets/?view=all")
    settled(visitor).keyboard.press("7")
    page.wait_for_url(f"**/tickets/?v={view.pk}")
    assert page.locator("#rows tr").count() == 1
    page.locator("#columns-menu").click()
    page.locator("#wb-dialog input[value=kind]").check()
    page.locator("#wb-dialog .btn-primary").click()
    page.locator("th").nth(8).wait_for()
    assert visitor.finds_nothing_wrong()


def test_the_next_ticket_and_the_way_back(desk: World, visitor: Visitor) -> None:
    first = desk.report(subject="first", now=clock.now())
    desk.report(subject="second", now=clock.now())
    page = at_queue(visitor, desk)
    page.keyboard.press("g")
    page.wait_for_url(f"**/tickets/{first.number}/?queue=*")
    assert visitor.finds_nothing_wrong()


def test_keys_are_off_where_they_would_disturb(desk: World, visitor: Visitor) -> None:
    desk.report(subject="one", now=clock.now())
    page = at_queue(visitor, desk)
    page.keyboard.press("j")
    for key in ("Control+x", "Alt+x", "Meta+x", "Shift+X"):
        page.keyboard.press(key)
    assert chosen(page) in (0, 1)
    page.evaluate("document.querySelectorAll('#rows input:checked').forEach(box => box.click())")
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: ' ', keyCode: 229, isComposing: true, bubbles: true}))"
    )
    assert not page.locator("#preview").is_visible()
    page.evaluate("document.documentElement.dataset.shortcuts = 'off'")
    page.keyboard.press("Space")
    page.keyboard.press("s")
    assert not page.locator("#preview").is_visible()
    assert not page.locator("#wb-dialog").evaluate("dialog => dialog.open")
    assert visitor.finds_nothing_wrong()


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_cards_can_be_chosen_and_nothing_scrolls_sideways(desk: World, visitor: Visitor, width: int) -> None:
    desk.report(subject="打印头走纸异常，票据模糊，走纸时有异响，影响开票", now=clock.now())
    visitor.page.set_viewport_size({"width": width, "height": 844})
    page = at_queue(visitor, desk)
    page.locator("#rows input[type=checkbox]").check()
    page.locator("#bulk.is-on").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.locator("[data-preview]").first.click()
    page.locator("#preview-title").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert visitor.finds_nothing_wrong()
