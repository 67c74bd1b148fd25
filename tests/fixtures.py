"""Fixtures that all tests share."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.domain.installation import install_presets
from contracts.models import PromiseVersion
from core import clock
from tests.kept_rows import kept
from tests.world import World, make_world

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday 2026-11-23, 10:00 in Shanghai: a plain working day."""


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database comes with the shipped calendars and promise sets, loaded once."""
    with django_db_blocker.unblock():
        install_presets(actor=None, now=LONG_AGO)


@pytest.fixture
def presets(db: None) -> None:
    """The shipped promise sets, also after a transactional test has emptied the database."""
    if not PromiseVersion.objects.exists():
        install_presets(actor=None, now=LONG_AGO)


@pytest.fixture
def morning() -> Iterator[datetime]:
    """The clock stands at a working morning."""
    with clock.frozen(MORNING):
        yield MORNING


@pytest.fixture
def world(presets: None, morning: datetime) -> World:
    """Two customers with people, a site, a device and a contract each; our staff; the clock stands still."""
    version = PromiseVersion.objects.latest("pk").pk  # what its contracts are bound to
    return kept(("world", version), lambda: make_world(morning))
