"""A real browser at the running pages. What it must never see: a CSP violation, a console error, a failed request."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from core import clock
from tests.browser.stage import WATCH, Stage, build
from tests.factories import PASSWORD
from tests.world import World, make_world

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# Django runs its queries in this thread while Playwright's loop is there too; nothing here is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not Path(CHROMIUM).exists() and not os.environ.get("REQUIRE_BROWSER"):
        pytest.skip("chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(autouse=True)
def quiet(request: Any) -> Iterator[None]:
    """Tables are emptied after the last request is answered: what a closing page still says (a draft, that it goes)
    would otherwise stand in the way of TRUNCATE.
    """
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    deadline, calm = time.monotonic() + 20, 0
    while calm < 4 and time.monotonic() < deadline:
        calm = 0 if busy() else calm + 1
        time.sleep(0.05)


def busy() -> bool:
    """Whether another connection is within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state IN ('active', 'idle in transaction')"
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture
def desk(transactional_db: None, presets: None) -> World:
    """The two customers and our staff, at the present time: browsers have their own clock."""
    return make_world(clock.now())


@pytest.fixture
def stage(
    transactional_db: None, presets: None, chromium: Any, live_server: Any, settings: Any, tmp_path: Any
) -> Stage:
    """The demonstration at the running pages."""
    settings.VAR_DIR, settings.BASE_URL = tmp_path / "var", live_server.url
    settings.MEDIA_ROOT = tmp_path / "media"
    return build(live_server.url, chromium)


@dataclass
class Visitor:
    """One person's browser window."""

    page: Any
    base: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(WATCH)
        self.page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def log_in(self, user: User) -> None:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        self.page.goto(f"{self.base}/login/")
        self.page.locator("input[name=name]").fill(user.email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")

    def finds_nothing_wrong(self) -> bool:
        """The browser also tells of refusals, which belong to the tests: 409 and 422."""
        wrong = [text for text in self.wrong if "status of 409" not in text and "status of 422" not in text]
        assert (self.page.evaluate("window.csp"), wrong) == ([], [])
        return True


@pytest.fixture
def visitor(chromium: Any, live_server: Any) -> Iterator[Visitor]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(15_000)
    yield Visitor(context.new_page(), live_server.url)
    context.close()
