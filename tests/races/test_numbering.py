"""R2: numbers are distinct and without gaps, whoever asks at the same time and whatever is rolled back."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from core.domain.numbering import next_number
from core.models import Counter
from tests.invariants import offending
from tests.races.together import together
from tests.world import World
from tickets.models import Ticket


class ChangedMindError(Exception):
    pass


def take(count: int, now: datetime) -> list[str]:
    """Numbers of `count` transactions, each tenth of which is rolled back."""
    kept = []
    for turn in range(count):
        try:
            with transaction.atomic():
                number = next_number("WB", now)
                if turn % 10 == 3:
                    raise ChangedMindError
            kept.append(number)
        except ChangedMindError:
            pass
    return kept


@pytest.mark.django_db(transaction=True)
def test_r2_eight_at_once_with_rollbacks_leave_no_gap() -> None:
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    taken = together([partial(take, 50, now)] * 8)
    numbers = sorted(number for some in taken for number in some)
    assert numbers == [f"WB-2611-{n:05d}" for n in range(1, 8 * 45 + 1)]


@pytest.mark.django_db(transaction=True)
def test_r2_the_month_turns_at_midnight_in_shanghai_also_in_the_middle_of_a_rush() -> None:
    before = datetime(2026, 11, 30, 15, 59, 59, 999_999, tzinfo=UTC)
    after = before + timedelta(microseconds=1)
    taken = together([partial(take, 10, now) for now in (before, after) * 3])
    numbers = sorted(number for some in taken for number in some)
    assert numbers == [f"WB-{month}-{n:05d}" for month in ("2611", "2612") for n in range(1, 28)]
    assert dict(Counter.objects.values_list("period", "last")) == {"2611": 27, "2612": 27}


def test_r2_tickets_reported_at_once_have_the_numbers_in_a_row(shared_world: World) -> None:
    world = shared_world

    def report(turn: int) -> None:
        for round_number in range(5):
            try:
                with transaction.atomic():
                    world.report(world.a if turn % 2 else world.b)
                    if (turn + round_number) % 10 == 3:
                        raise ChangedMindError
            except ChangedMindError:
                pass

    together([partial(report, turn) for turn in range(6)])
    assert Ticket.objects.count() == 30 - 4
    assert offending(world.now, names=("I6 numbers", "I7 sequences")) == {}
