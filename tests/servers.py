"""Pytest plugin (named in addopts): PostgreSQL and a Redis-protocol server of our own for one test run.

It must come before pytest-django reads the settings, which is why it is a plugin and no conftest. With xdist the
controller starts the servers once; each worker gets a database and a Redis number of its own.
"""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.devserver.scratch import ScratchServers

CATALOGUE = Path(__file__).parent.parent / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MARK = "WEIBAO_TEST_SERVERS"
FROM_OUTSIDE = ("BASE_URL", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "NUM_PROXIES", "LOG_LEVEL", "DEFAULT_FROM_EMAIL")

servers: ScratchServers | None = None


def compile_catalogue() -> None:
    """Tests read Chinese; the compiled catalogue is not committed."""
    with CATALOGUE.open("rb") as source, CATALOGUE.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_po(source))


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Runs before pytest-django loads the settings."""
    global servers
    if MARK not in os.environ:
        servers = ScratchServers(durable=False)
        servers.start()
        for name in FROM_OUTSIDE:
            os.environ.pop(name, None)
        os.environ |= servers.environment() | {MARK: str(servers.folder)}
        (Path(os.environ["VAR_DIR"]) / "static").mkdir(parents=True, exist_ok=True)
        compile_catalogue()
    elif worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["REDIS_URL"] += f"?db={1 + int(worker.removeprefix('gw'))}"
    yield


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if servers:
        servers.stop()
        os.environ.pop(MARK, None)
