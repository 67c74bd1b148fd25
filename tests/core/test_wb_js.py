"""static/wb.js and combobox.js in a real browser: the desk's shell with small pages inside, every answer made here."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from core import clock
from tests.fixtures import MORNING

pytestmark = pytest.mark.browser
STATIC = Path(__file__).resolve().parents[2] / "static"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
BASE = "http://desk.test"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
WATCH = "window.csp=[];document.addEventListener('securitypolicyviolation',e=>csp.push(e.violatedDirective))"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
PRESS = """options => document.activeElement.dispatchEvent(
    new KeyboardEvent('keydown', {bubbles: true, cancelable: true, ...options}))"""
SHELL = {"user_name": "Li", "prefs_url": "/prefs/", "search_url": "/search/", "new_url": "/new/"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not Path(CHROMIUM).exists() and not os.environ.get("REQUIRE_BROWSER"):
        pytest.skip("chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


class Desk:
    """A page whose server is this test: `answers` maps a path to (status, body, headers) or to a function."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        page.add_init_script(WATCH)
        page.route("**/*", self._serve)

    def _serve(self, route: Any) -> None:
        path = route.request.url.removeprefix(BASE).partition("?")[0]
        if path.startswith("/static/"):
            self._serve_static(route, path.removeprefix("/static/"))
            return
        if path not in self.answers:
            route.fulfill(status=204)
            return
        self.asked.append(route.request.url.removeprefix(BASE))
        answer = self.answers[path]
        status, body, *headers = answer(route.request) if callable(answer) else answer
        head = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": CSP} | dict(*headers)
        route.fulfill(status=status, body=body, headers=head)

    def _serve_static(self, route: Any, name: str) -> None:
        """With or without the hash that the manifest puts into the name."""
        path = STATIC / name
        if not path.exists():
            path = path.with_name(f"{path.name.split('.')[0]}{path.suffix}")
            path = path if path.exists() else next(path.parent.glob(f"{path.stem}*{path.suffix}"))
        route.fulfill(body=path.read_bytes(), headers={"Content-Type": TYPES[path.suffix]})

    def open(self, content: str, **shell: Any) -> Any:
        source = '{% extends "base_desk.html" %}{% load wb %}{% block content %}<h1>T</h1>' + content + "{% endblock %}"
        nav = [{"label": "Tickets", "url": "/", "icon": "ticket"}]
        context = {"shell": SHELL | shell, "nav_items": nav, "clocks": self.clocks()}
        self.answers["/"] = (200, engines["django"].from_string(source).render(context, RequestFactory().get("/")))
        self.page.goto(BASE + "/")
        return self.page

    @staticmethod
    def clocks() -> dict[str, dict[str, Any]]:
        now = clock.now()
        spans = {"long": 5 * 3600, "near": 125, "gone": -72 * 60}
        return {
            name: {
                "state": "breached" if left < 0 else "running",
                "target_short": "Plan",
                "due_at": now + timedelta(seconds=left),
            }
            for name, left in spans.items()
        }

    def focus(self) -> str:
        return self.page.evaluate("document.activeElement.id || document.activeElement.tagName")


@pytest.fixture
def desk(browser: Any) -> Iterator[Desk]:
    context = browser.new_context(locale="en-GB", timezone_id="Asia/Shanghai")
    with clock.frozen(MORNING), translation.override("en"):
        made = Desk(context.new_page())
        yield made
    assert made.page.evaluate("csp") == []
    context.close()


def jump(page: Any, seconds: int) -> None:
    page.clock.fast_forward(seconds * 1000)


# --- Time and polling ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong_by", [-600, 0, 600])
def test_countdown_follows_the_servers_clock_and_not_the_browsers(desk, wrong_by):
    desk.page.clock.install(time=MORNING + timedelta(seconds=wrong_by))
    desk.page.clock.pause_at(MORNING + timedelta(seconds=wrong_by + 1))
    chips = "".join("{% chip_sla clocks.NAME %}".replace("NAME", name) for name in ("long", "near", "gone"))
    page = desk.open(chips)
    texts = page.locator(".wb-num")
    assert texts.all_inner_texts() == ["5 h", "2 min 05 s", "1 h 12 min"]
    jump(page, 65)
    assert texts.all_inner_texts() == ["4 h 58 min", "1 min", "1 h 13 min"]
    assert page.locator("#wb-live").inner_text() == ""


def test_crossing_a_threshold_fetches_the_row_once_and_says_so_once(desk):
    desk.page.clock.install(time=MORNING)
    desk.page.clock.pause_at(MORNING + timedelta(seconds=1))
    row = '<div id="r" hx-get="/row/" hx-trigger="wb:threshold" hx-swap="innerHTML" data-announce="WB-1">%s</div>'
    desk.answers["/row/"] = (200, "<b>overdue</b>")
    page = desk.open(row % "{% chip_sla clocks.near %}")
    jump(page, 100)
    assert desk.asked.count("/row/") == 0
    jump(page, 40)
    page.wait_for_selector("#r b")
    jump(page, 40)
    assert desk.asked.count("/row/") == 1
    assert page.locator("#wb-live").inner_text() == "WB-1 needs attention: the deadline is near."


def test_polling_asks_every_30_seconds_and_takes_nothing_from_204(desk):
    desk.page.clock.install(time=MORNING)
    desk.page.clock.pause_at(MORNING + timedelta(seconds=1))
    desk.answers["/rows/"] = (204, "")
    page = desk.open('<div id="w" data-poll hx-get="/rows/?since=1" hx-trigger="wb:tick" hx-swap="innerHTML">old</div>')
    page.clock.run_for(29_000)
    assert desk.asked == ["/"]
    for milliseconds in (3_000, 30_000):
        with page.expect_response("**/rows/*"):
            page.clock.run_for(milliseconds)
    assert desk.asked == ["/", "/rows/?since=1", "/rows/?since=1"]
    assert page.locator("#w").inner_text() == "old"


def test_changed_rows_are_put_in_place_and_focus_stays(desk):
    rows = '<tr id="row-{0}" data-row><td><a id="go-{0}" href="#{0}" data-row-link>{1}</a></td></tr>'
    fresh = '<div id="fresh" data-poll hx-get="/rows/" hx-trigger="wb:tick" hx-swap="outerHTML">{}</div>'
    table = "<table><tbody data-rows>" + rows.format(1, "one") + rows.format(2, "two") + "</tbody></table>"
    changed = rows.format(2, "two, changed").replace("<tr ", '<tr hx-swap-oob="true" class="wb-changed" ')
    desk.answers["/rows/"] = (
        200,
        fresh.format('<a id="fresh-button" href="/">1 new</a>') + f"<template>{changed}</template>",
    )
    page = desk.open(fresh.format("") + table)
    page.locator("#go-2").focus()
    page.evaluate("wb.tick(true)")
    page.wait_for_selector("#fresh-button")
    assert page.locator("#row-2").inner_text() == "two, changed"
    assert page.locator("#row-1").inner_text() == "one"
    assert desk.focus() == "go-2"


# --- Errors ----------------------------------------------------------------------------------------------------------

REGION = (
    '<div data-region id="reg"><form id="f" hx-post="/act/" hx-target="#f" hx-swap="outerHTML">'
    '<input name="t" id="t"><button id="go">Go</button></form></div>'
)


@pytest.mark.parametrize(
    ("status", "body", "headers", "said"),
    [
        (500, "<h1>x</h1>", {}, "The page did not answer just now; what you entered is still here. Please retry."),
        (403, "<p data-message>Ask Li.</p>", {}, "Ask Li."),
        (403, "", {}, "Your account may not do this yet. Your administrator can grant it."),
        (404, "", {}, "This entry no longer exists or is not visible to you."),
        (409, "Already resolved.", {}, "Already resolved."),
        (409, '{"message": "Paused."}', {}, "Paused."),
        (429, "", {"Retry-After": "7"}, "Too many requests in a short time. Please retry in 7 seconds."),
        (400, "", {}, "Please check the entries."),
    ],
)
def test_refusal_is_shown_beside_its_cause_and_the_text_stays(desk, status, body, headers, said):
    desk.answers["/act/"] = (status, body, headers)
    page = desk.open(REGION)
    page.fill("#t", "typed")
    page.click("#go")
    strip = page.locator("#reg .wb-error-strip")
    assert strip.locator("p").inner_text() == said
    assert strip.get_attribute("role") == "alert"
    assert page.input_value("#t") == "typed"
    assert page.get_attribute("#go", "aria-disabled") is None


def test_retry_repeats_and_success_clears_the_strip(desk):
    desk.answers["/act/"] = (500, "")
    page = desk.open(REGION)
    page.click("#go")
    page.wait_for_selector(".wb-error-strip")
    desk.answers["/act/"] = (200, '<p id="done">done</p>')
    page.click(".wb-error-strip button")
    page.wait_for_selector("#done")
    assert page.locator(".wb-error-strip").count() == 0


def test_answer_422_is_swapped_and_its_summary_gets_the_focus(desk):
    summary = '<form id="f"><div class="wb-error-summary" id="s" tabindex="-1">Check</div></form>'
    desk.answers["/act/"] = (422, summary)
    page = desk.open(REGION)
    page.click("#go")
    page.wait_for_selector("#s")
    assert desk.focus() == "s"


def test_conflict_opens_both_versions_in_the_dialog(desk):
    desk.answers["/act/"] = (
        409,
        '<h2 id="wb-dialog-title">Changed</h2><button id="back" data-dialog-close>Back</button>',
    )
    page = desk.open(REGION)
    page.click("#go")
    page.wait_for_selector("#wb-dialog[open] #back")
    page.keyboard.press("Escape")
    assert page.locator("#wb-dialog[open]").count() == 0
    assert desk.focus() == "go"


def test_ended_session_keeps_the_page_and_takes_the_new_token(desk):
    desk.answers["/act/"] = (401, "Please log in again.")
    page = desk.open(REGION)
    page.fill("#t", "typed")
    page.click("#go")
    page.wait_for_selector("#wb-login[open]")
    desk.answers["/"] = (200, "<title>Login</title>")
    page.click("[data-login-done]")
    page.wait_for_selector("[data-login-message]:not(:empty)")
    desk.answers["/"] = (200, '<meta name="csrf-token" content="new"><dialog id="wb-login"></dialog>')
    page.click("[data-login-done]")
    page.wait_for_selector("#wb-login:not([open])", state="attached")
    seen: list[str] = []
    desk.answers["/act/"] = lambda request: (seen.append(request.headers["x-csrftoken"]), (200, "<p>ok</p>"))[1]
    page.click("#go")
    page.wait_for_selector("#reg p")
    assert seen == ["new"]


# --- Forms and dialogs -----------------------------------------------------------------------------------------------


def test_double_click_sends_once_and_the_key_is_renewed(desk):
    sent: list[str] = []
    desk.answers["/act/"] = lambda request: (sent.append(request.post_data), (200, ""))[1]
    key = '<input type="hidden" name="idempotency_key" value="k1"><input id="t"'
    page = desk.open(
        REGION.replace('hx-target="#f" hx-swap="outerHTML"', 'hx-swap="none"').replace('<input name="t" id="t"', key)
    )
    page.evaluate("document.getElementById('go').click(); document.getElementById('go').click()")
    page.wait_for_selector("[name=idempotency_key]:not([value=k1])", state="attached")
    assert sent == ["idempotency_key=k1"]


def test_dialog_opens_filled_closes_when_emptied_and_gives_focus_back(desk):
    form = (
        '<h2 id="wb-dialog-title">Assign</h2><div class="wb-dialog-body"><form hx-post="/act/" '
        'hx-target="#wb-dialog-body"><input id="who" name="w"><button>OK</button></form></div>'
    )
    desk.answers["/assign/"] = (200, form)
    toast = '<div hx-swap-oob="beforeend:#wb-toasts"><div class="wb-toast" data-toast="6"><p>Assigned</p></div></div>'
    desk.answers["/act/"] = (200, toast)
    page = desk.open(
        '<a id="open" href="/assign/" hx-get="/assign/" hx-target="#wb-dialog-body" data-key="a">Assign</a>'
    )
    page.keyboard.press("a")
    page.wait_for_selector("#wb-dialog[open] #who")
    assert desk.focus() == "who"
    page.keyboard.press("Enter")
    page.wait_for_selector(".wb-toast")
    assert page.locator("#wb-dialog[open]").count() == 0
    assert desk.focus() == "open"


def test_note_mode_turns_the_composer_and_ctrl_enter_sends(desk):
    composer = (
        '<form data-composer data-mode="reply" hx-post="/act/" hx-target="#f" id="f">'
        '<input type="radio" name="mode" value="reply" checked data-key="r">'
        '<input type="radio" name="mode" value="note" data-key="n">'
        '<textarea id="b" name="b"></textarea><button>'
        '<span data-mode-only="reply">Send</span><span data-mode-only="note">Save note</span></button></form>'
    )
    sent: list[str] = []
    desk.answers["/act/"] = lambda request: (sent.append(request.post_data), (200, "<p>sent</p>"))[1]
    page = desk.open(composer)
    assert page.locator("#f button").inner_text() == "Send"
    page.keyboard.press("n")
    assert page.locator("#f button").inner_text() == "Save note"
    assert desk.focus() == "b"
    page.keyboard.type("nr")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#f p")
    assert sent == ["mode=note&b=nr"]


# --- Keys and input methods ------------------------------------------------------------------------------------------

ROW = (
    '<tr id="row-{0}" data-row><td><a id="l{0}" href="#{0}" data-row-link>{0}</a>'
    '<button id="i{0}" type="button" data-key="i">mine</button></td></tr>'
)
VIEWS = '<a href="#v1" data-view>v1</a><a href="#v2" data-view>v2</a><input id="t">'
LIST = "<table><tbody data-rows>" + "".join(ROW.format(n) for n in (1, 2, 3)) + "</tbody></table>" + VIEWS


def hit(desk: Desk, *keys: str) -> None:
    for key in keys:
        desk.page.keyboard.press(key)


def test_keys_walk_the_rows_and_act_on_the_current_one(desk):
    page = desk.open(LIST)
    page.evaluate("document.addEventListener('click', e => { window.hit = e.target.id })")
    hit(desk, "j", "j")
    assert desk.focus() == "l2"
    hit(desk, "ArrowDown", "k", "k")
    assert desk.focus() == "l1"
    hit(desk, "j", "i")
    assert page.evaluate("hit") == "i2"
    hit(desk, "2")
    assert page.evaluate("location.hash") == "#v2"
    hit(desk, "/")
    assert desk.focus() == "wb-search"
    hit(desk, "Escape", "Shift+?")
    assert page.locator("#wb-shortcuts[open]").count() == 1


@pytest.mark.parametrize("way", ["typing", "modifier", "composing", "off"])
def test_keys_are_left_alone(desk, way):
    page = desk.open(LIST, shortcuts="off" if way == "off" else "on")
    if way == "typing":
        page.focus("#t")
    if way == "composing":
        page.evaluate(PRESS, {"key": "j", "isComposing": True})
    else:
        hit(desk, "Control+j" if way == "modifier" else "j")
    assert page.locator(".is-current").count() == 0


def compose(page: Any) -> None:
    """An input method at work in #q: pieces while composing, then the chosen characters."""
    cdp = page.context.new_cdp_session(page)
    page.focus("#q")
    for piece in ("d", "da", "dayin"):
        cdp.send("Input.imeSetComposition", {"text": piece, "selectionStart": len(piece), "selectionEnd": len(piece)})
    cdp.send("Input.insertText", {"text": "打印"})


def test_composing_sends_one_request(desk):
    desk.answers["/s/"] = (200, "found")
    page = desk.open('<input id="q" name="q" hx-get="/s/" hx-trigger="input changed" hx-target="#o"><p id="o"></p>')
    compose(page)
    page.get_by_text("found").wait_for()
    assert [path for path in desk.asked if path.startswith("/s/")] == ["/s/?q=%E6%89%93%E5%8D%B0"]


def test_enter_that_commits_a_candidate_submits_nothing(desk):
    page = desk.open(REGION)
    page.focus("#t")
    assert page.evaluate(PRESS, {"key": "Enter", "keyCode": 229}) is False
    assert page.evaluate(PRESS, {"key": "Enter", "isComposing": True}) is False
    assert page.evaluate(PRESS, {"key": "Enter"}) is True


# --- Combobox, toasts, preferences -----------------------------------------------------------------------------------


def test_combobox_chooses_by_keyboard_and_tells_the_form(desk):
    option = '<li role="option" data-value="{}" data-label="{}">x</li>'
    desk.answers["/find/"] = (200, option.format(7, "Port") + option.format(8, "School"))
    page = desk.open(
        '<div data-combobox="/find/"><input id="c" role="combobox" aria-expanded="false">'
        '<ul id="o" role="listbox" hidden></ul><input type="hidden" id="v" name="v"></div>'
    )
    page.evaluate("document.getElementById('v').addEventListener('change', e => { window.told = e.target.value })")
    page.focus("#c")
    page.keyboard.type("o")
    page.wait_for_selector("#o li")
    hit(desk, "ArrowDown", "ArrowDown")
    assert page.get_attribute("#c", "aria-activedescendant") == "o-1"
    hit(desk, "Enter")
    assert page.input_value("#c") == "School"
    assert page.evaluate("told") == "8"
    assert page.get_attribute("#c", "aria-expanded") == "false"
    page.keyboard.type("x")
    assert page.input_value("#v") == ""


def test_toasts_are_three_at_most_and_leave_by_themselves(desk):
    desk.page.clock.install(time=MORNING)
    page = desk.open("")
    for text in "abcd":
        page.evaluate("t => wb.toast(t)", text)
    assert page.locator(".wb-toast p").all_inner_texts() == ["b", "c", "d"]
    page.clock.run_for(6_500)
    assert page.locator(".wb-toast").count() == 0


def test_theme_changes_at_once_and_goes_back_when_refused(desk):
    desk.answers["/prefs/"] = (204, "")
    page = desk.open("", theme="light")
    page.click(".wb-me summary")
    with page.expect_response("**/prefs/"):
        page.click('button[name="theme"][value="dark"]')
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    desk.answers["/prefs/"] = (500, "")
    page.click('button[name="density"][value="compact"]')
    page.wait_for_selector(".wb-me .wb-error-strip")
    assert page.get_attribute("html", "data-density") == "normal"
    assert page.get_attribute("html", "data-bs-theme") == "dark"


def test_navigation_of_a_narrow_screen_opens_and_escape_closes_it(desk):
    desk.page.set_viewport_size({"width": 390, "height": 844})
    page = desk.open("")
    page.click("[data-nav-toggle]")
    assert page.get_attribute("[data-nav-toggle]", "aria-expanded") == "true"
    assert page.locator("#wb-nav a").first.is_visible()
    hit(desk, "Escape")
    assert page.get_attribute("[data-nav-toggle]", "aria-expanded") == "false"
