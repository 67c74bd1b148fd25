"""The world that tests begin with is the same, row by row, whether it was made or put in place again."""

from contracts.models import Contract
from tests.kept_rows import KeptRows, all_rows
from tests.world import World, make_world


def test_what_is_put_in_place_is_what_was_made(presets: None, morning: object) -> None:
    from django.db import transaction

    rows, empty = KeptRows(), all_rows()
    with transaction.atomic():
        with rows.watching():
            made = make_world(morning)  # type: ignore[arg-type]
        full = all_rows()
        transaction.set_rollback(True)
    assert all_rows() == empty
    rows.put()
    assert all_rows() == full
    assert Contract.objects.get(number="HT-A") == made.a.line.contract


def test_a_world_can_go_on(world: World) -> None:
    """Keys and numbers that come next are free."""
    before = [world.report().number, world.report().number]
    assert len(set(before)) == 2
    assert world.a.contact.user == world.a.user
