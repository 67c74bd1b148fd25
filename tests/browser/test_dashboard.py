"""S31 and S35 in a browser: a manager's morning; no page scroll on a narrow screen; the wall that stops and goes on."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from reports.domain import wall as walls
from tests.browser.conftest import Visitor
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BOARD = "/reports/deadlines/"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHIFTS = """new Promise(done => {let sum = 0; new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
}).observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300)})"""


def settled(visitor: Visitor) -> Any:
    visitor.page.wait_for_load_state("networkidle")
    return visitor.page


def test_a_manager_s_morning(desk: World, visitor: Visitor) -> None:
    """Log in and be on the dashboard, see what is at risk, assign it anew: the figures change without a reload."""
    ticket = desk.report(now=clock.now() - timedelta(minutes=3))
    visitor.log_in(desk.manager)
    assert visitor.page.url.endswith(BOARD)
    page = settled(visitor)
    page.evaluate("window.same = true")
    assert "未分派共 1" in page.locator("#kpi-open").inner_text()
    assert page.evaluate(SHIFTS) <= 0.05

    page.locator("#panel-risk").scroll_into_view_if_needed()
    row = page.locator(f"#row-{ticket.pk}")
    row.wait_for()
    assert "即将超时" in row.inner_text() or "剩" in row.inner_text()
    page.locator(f"#assign-{ticket.pk}").click()
    page.locator("#wb-dialog[open] select[name=assignee]").select_option(str(desk.engineer.pk))
    page.locator("#wb-dialog .btn-primary").click()
    row.locator("text=王工").wait_for()
    page.locator("#kpi-open", has_text="未分派共 0").wait_for()
    assert page.evaluate("window.same") is True
    assert visitor.finds_nothing_wrong()


def test_no_page_scrolls_sideways_and_the_words_stand_without_colour(desk: World, visitor: Visitor) -> None:
    desk.report(now=clock.now() - timedelta(minutes=3))
    visitor.log_in(desk.manager)
    for width in (320, 768, 1366):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        for path in (BOARD, f"{BOARD}?full=1", "/reports/deadlines/walls/"):
            visitor.open(path)
            assert settled(visitor).evaluate(SIDEWAYS) <= 0, (path, width)
    visitor.open(f"{BOARD}?full=1")
    shown = visitor.page.locator("#main").inner_text()
    for word in ("已超时", "即将超时", "样本不足", "二级"):
        assert word in shown
    visitor.page.locator("#kpi-open .dash-ask").focus()
    visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.locator("#says-open").is_visible()
    assert visitor.finds_nothing_wrong()


def test_a_panel_that_fails_says_so_alone_and_tries_again(desk: World, visitor: Visitor) -> None:
    desk.report(now=clock.now() - timedelta(minutes=3))
    visitor.log_in(desk.manager)
    broken = {"on": True}
    visitor.page.route(f"**{BOARD}backlog/**", lambda route: route.abort() if broken["on"] else route.continue_())
    visitor.open(BOARD)
    panel = visitor.page.locator("#panel-backlog")
    panel.locator(".wb-error-strip button").wait_for()
    assert visitor.page.locator("#panel-trend .wb-error-strip").count() == 0
    broken["on"] = False
    panel.locator(".wb-error-strip button").click()
    panel.locator("svg.chart").wait_for()
    assert panel.locator(".wb-error-strip").count() == 0


def test_the_wall_says_when_it_stopped_and_goes_on(desk: World, visitor: Visitor) -> None:
    _board, token = walls.create(name="值班室", filters={}, actor=desk.manager, now=clock.now())
    page = visitor.page
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    visitor.open(f"/wall/{token}/")
    sizes = page.locator(".digits").evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert (len(sizes), min(sizes) >= 96) == (4, True)
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert page.locator("[data-page='1']").is_visible()
    assert not page.locator("[data-page='2']").is_visible()
    page.clock.run_for(20_500)
    assert page.locator("[data-page='2']").is_visible()

    page.route("**/wall/**", lambda route: route.abort())
    page.clock.run_for(90_000)
    banner = page.locator("#stale")
    banner.wait_for()
    assert "数据停在" in banner.inner_text()
    page.unroute("**/wall/**")
    page.clock.run_for(16_000)
    banner.wait_for(state="hidden")
    assert page.evaluate("window.csp") == []


def test_the_wall_does_not_turn_under_reduced_motion(desk: World, visitor: Visitor) -> None:
    _board, token = walls.create(name="值班室", filters={}, actor=desk.manager, now=clock.now())
    visitor.page.emulate_media(reduced_motion="reduce")
    visitor.page.clock.install()
    visitor.open(f"/wall/{token}/")
    for _turn in range(2):
        assert visitor.page.locator("[data-page='1']").is_visible()
        assert visitor.page.locator("[data-page='2']").is_visible()
        visitor.page.clock.run_for(21_000)
