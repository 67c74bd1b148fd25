from datetime import datetime

import pytest

from tests.world import World, make_world


@pytest.fixture
def shared_world(transactional_db: None, presets: None, morning: datetime) -> World:
    """The two customers, committed, so that every thread sees them."""
    return make_world(morning)
