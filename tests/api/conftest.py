from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import User
from tests.api.caller import Caller
from tests.world import World
from tickets.models import Ticket


@pytest.fixture(autouse=True)
def _calm_throttles() -> Iterator[None]:
    """No test is throttled for what another one called."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def agent(world: World) -> Caller:
    return Caller(world.agent)


@pytest.fixture
def duty(world: World) -> Caller:
    return Caller(world.duty_manager)


@pytest.fixture
def ticket(world: World) -> Ticket:
    """A level 2 fault at customer A, nobody's yet."""
    return world.report()


@pytest.fixture
def caller() -> Callable[[User], Caller]:
    return Caller


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """The private folder of this test's files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"
