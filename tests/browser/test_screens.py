"""All screens, light and dark, desk and phone: axe finds nothing, the content security policy is kept, nothing fails to
load, nothing scrolls sideways, and no page is heavier than its shell allows (ui.md §6 no. 1, 2, 7, 12, 13, 17, 18).
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest

from config.access import ACCESS
from tests.browser.screens import SCREENS, Screen
from tests.browser.stage import DEAD_LINKS, DESK, PHONE, Stage, arrive, visits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]
AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# All rules in the light; the dark differs in nothing but colours.
RULES = {"light": {"type": "tag", "values": TAGS}, "dark": {"type": "rule", "values": ["color-contrast"]}}
JUDGE = "only => axe.run(document, {runOnly: only, resultTypes: ['violations']}).then(r => r.violations)"
OPEN_ALL = "document.querySelectorAll('details:not([open])').forEach(one => { one.open = true; one.dataset.was = '' })"
SHUT_ALL = "document.querySelectorAll('details[data-was]').forEach(one => one.open = false)"
KB = 1024
# Cold transfer of a whole page, in bytes.
WEIGHTS = {"portal": 100 * KB, "wall": 90 * KB, "desk": 120 * KB}
HTML_MOST, REQUESTS_MOST, ELEMENTS_MOST = 25 * KB, 12, 1_500
WEIGHTLESS = {"core:styleguide", "core:api-docs"}  # for those who build
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LANDMARKS = "[document.querySelectorAll('h1').length, document.querySelectorAll('main').length]"
# Each part builds a stage of its own, so that the processes of a run share the way evenly.
PARTS = 4


@dataclass
class Seen:
    """What went wrong on the way, screen by screen."""

    wrong: dict[str, list[str]] = field(default_factory=dict)

    def note(self, screen: Screen, *found: Any) -> None:
        texts = [str(one) for one in found if one]
        if texts:
            self.wrong.setdefault(f"{screen.route}{screen.ask} ({screen.who or 'nobody'})", []).extend(texts)


def test_every_page_is_looked_at() -> None:
    shown = {screen.route for screen in SCREENS}
    assert {screen.route for screen in SCREENS} <= set(ACCESS)
    homes = {route for route in ACCESS if route.endswith(("-list", "-create", "-detail"))}
    partly = {"feedback:rating-create", "reports:portal-report-detail"}  # an answer, a page that the desk sees first
    lacking = {route for route in homes if not route.startswith("api:")} - shown - partly
    assert lacking == set()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_screen_is_sound(part: int, stage: Stage) -> None:
    """Every page is loaded once; its light and dark, desk and phone are looks of the page that is there."""
    seen = Seen()
    for screen, page in visits(stage, SCREENS[part::PARTS]):
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        load = Load(page)
        response = arrive(stage, screen, page)
        if screen.route not in DEAD_LINKS:
            seen.note(screen, response.status >= 400 and f"status {response.status}", *load.wrong)
        seen.note(screen, *load.too_much(screen), *structure(page))
        load.close()
        page.evaluate(axe())
        for view in (DESK, PHONE):
            seen.note(screen, *looks(screen, page, view))
    assert not seen.wrong, pformat(seen.wrong, width=200)


def structure(page: Any) -> Iterator[str]:
    """The policy, with every menu and native disclosure opened, and the landmarks."""
    page.evaluate(OPEN_ALL)
    yield from page.evaluate("window.csp")
    page.evaluate(SHUT_ALL)
    one, main = page.evaluate(LANDMARKS)
    if (one, main) != (1, 1):
        yield f"{one} h1, {main} main"


@cache
def axe() -> str:
    return AXE.read_text()


def looks(screen: Screen, page: Any, view: dict[str, int]) -> Iterator[str]:
    """What is wrong with the page at this size, in the light and in the dark."""
    page.set_viewport_size(view)
    for theme, rules in RULES.items():
        page.emulate_media(color_scheme=theme)
        if screen.route != "reports:wall":  # made for a wall, and always dark
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        for one in page.evaluate(JUDGE, rules):
            yield f"{view['width']} {theme} {one['id']}: {[node['target'] for node in one['nodes']][:3]}"
    sideways = page.evaluate(OVERFLOW) if screen.route != "reports:wall" else 0
    if sideways > 0:
        yield f"{view['width']} {sideways} px sideways"


class Load:
    """What a page transferred, cold: the listeners of one visit."""

    def __init__(self, page: Any) -> None:
        self.page, self.answers, self.wrong = page, [], []
        page.on("response", self._answered)
        page.on("console", self._said)
        page.on("pageerror", self._failed)

    def _answered(self, response: Any) -> None:
        self.answers.append(response)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def _failed(self, error: Any) -> None:
        self.wrong.append(str(error))

    def too_much(self, screen: Screen) -> Iterator[str]:
        shell = "portal" if screen.who == "customer" else "wall" if screen.route == "reports:wall" else "desk"
        if screen.route in WEIGHTLESS:
            return
        for name, figure, most in (
            ("bytes", sum(map(weight, self.answers)), WEIGHTS[shell]),
            ("bytes of HTML", len(gzip.compress(self.page.content().encode())), HTML_MOST),
            ("requests", len(self.answers), REQUESTS_MOST),
            ("elements", self.page.evaluate("document.querySelectorAll('*').length"), ELEMENTS_MOST),
        ):
            if figure > most:
                yield f"{figure} {name}, at most {most}"

    def close(self) -> None:
        for event, heard in (("response", self._answered), ("console", self._said), ("pageerror", self._failed)):
            self.page.remove_listener(event, heard)


WEIGHED: dict[str, int] = {}


def weight(answer: Any) -> int:
    """Bytes on the wire; static files are weighed once. What a page posts as it goes comes in the next one's time."""
    if answer.status >= 300 or answer.request.method != "GET":
        return 0
    if "/static/" not in answer.url:
        return len(gzip.compress(answer.body()))
    if answer.url not in WEIGHED:
        WEIGHED[answer.url] = len(gzip.compress(answer.body()))
    return WEIGHED[answer.url]
