"""Fixtures that all tests share."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from contracts.domain.installation import install_presets
from contracts.models import PromiseVersion
from core import clock
from tests.kept_rows import KeptRows
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
    if not connection.in_atomic_block:
        return make_world(morning)
    version = PromiseVersion.objects.latest("pk").pk
    if version not in _worlds:
        rows = KeptRows()
        with rows.watching():
            made = make_world(morning)
        _worlds[version] = rows, deepcopy(made)
        return made
    rows, made = _worlds[version]
    rows.put()
    return deepcopy(made)


_worlds: dict[int, tuple[KeptRows, World]] = {}
"""What stands in the database after `make_world`, by the newest of the promise versions that its contracts name."""
