"""S08 in a browser: the box in the bar with an input method, the keys, the page that answers while one types."""

import re
from typing import Any

import pytest

from core import clock
from tests.browser.conftest import Visitor
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def watched(page: Any) -> list[str]:
    """The searches that go out from now on."""
    asked: list[str] = []
    page.on("request", lambda request: "/search/" in request.url and asked.append(request.url))
    return asked


def compose(page: Any, *steps: str, final: str) -> None:
    """Type as an input method does: a composition that grows, then the chosen words."""
    session = page.context.new_cdp_session(page)
    for step in steps:
        session.send("Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)})
        page.wait_for_timeout(300)
    session.send("Input.insertText", {"text": final})


def test_composing_in_the_bar_asks_once_and_enter_opens_the_first(desk: World, visitor: Visitor) -> None:
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open("/tickets/?view=all")
    page = visitor.page
    page.wait_for_load_state("networkidle")
    asked = watched(page)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "wb-search"
    compose(page, "d", "da", "dayin", final="打印")
    page.locator("#wb-search-list [role=option]").first.wait_for()
    page.wait_for_timeout(400)
    assert [re.sub(r".*\?", "", url) for url in asked] == ["q=%E6%89%93%E5%8D%B0"]
    assert page.locator("#wb-search-list [role=option]").first.inner_text().startswith(ticket.subject)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket.number}/")
    assert visitor.finds_nothing_wrong()


def test_enter_that_commits_a_candidate_submits_nothing(desk: World, visitor: Visitor) -> None:
    desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open("/tickets/?view=all")
    page = visitor.page
    page.wait_for_load_state("networkidle")
    page.evaluate("window.same = true")
    asked = watched(page)
    page.locator("#wb-search").focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "dayin", "selectionStart": 5, "selectionEnd": 5})
    session.send(
        "Input.dispatchKeyEvent",
        {
            "type": "rawKeyDown",
            "key": "Enter",
            "code": "Enter",
            "windowsVirtualKeyCode": 229,
            "nativeVirtualKeyCode": 229,
        },
    )
    page.wait_for_timeout(600)
    assert (asked, page.evaluate("window.same")) == ([], True)


def test_the_page_answers_while_one_types(desk: World, visitor: Visitor) -> None:
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open("/search/")
    page = visitor.page
    page.locator("#search-words").fill("SN-A")
    page.locator("#search-results a", has_text=ticket.subject).wait_for()
    page.wait_for_url("**/search/?q=SN-A")
    page.locator("#search-words").press("Enter")
    page.wait_for_url(f"**/tickets/{ticket.number}/")
    assert visitor.finds_nothing_wrong()


def test_stepping_in_from_the_duty_desk(desk: World, visitor: Visitor) -> None:
    """Re-assign a grave ticket nobody has: the strip empties without a new page."""
    ticket = desk.report(now=clock.now(), severity=1)
    visitor.log_in(desk.duty_manager)
    visitor.open("/duty/")
    page = visitor.page
    page.wait_for_load_state("networkidle")
    page.evaluate("window.same = true")
    page.locator(f"#unassigned-{ticket.pk}-assign").click()
    page.locator("#wb-dialog[open] select[name=assignee]").select_option(str(desk.engineer.pk))
    page.locator("#wb-dialog .btn-primary").click()
    page.locator(f"#unassigned-{ticket.pk}").wait_for(state="detached")
    assert not page.locator("#wb-dialog").evaluate("dialog => dialog.open")
    assert page.evaluate("window.same") is True
    ticket.refresh_from_db()
    assert ticket.assignee == desk.engineer
    assert visitor.finds_nothing_wrong()


def test_claiming_on_the_workbench_moves_the_row(desk: World, visitor: Visitor) -> None:
    ticket = desk.report(now=clock.now())
    visitor.log_in(desk.agent)
    visitor.open("/workbench/")
    page = visitor.page
    page.wait_for_load_state("networkidle")
    page.locator(f"#unassigned-{ticket.pk}-claim").click()
    page.locator(f"#next-{ticket.pk}").wait_for()
    assert visitor.finds_nothing_wrong()
