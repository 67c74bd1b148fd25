"""Which escalation steps of a clock are still to come: tickets.domain.ladder, without a database."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.domain.ladder import PendingStep, from_json, plan

NAMES = ("50%", "80%", "100%", "+25%", "+50%")
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def steps_of(*minutes: int) -> list[tuple[str, datetime]]:
    return [(name, at(minute)) for name, minute in zip(NAMES, minutes, strict=True)]


def shown(pending: list[PendingStep]) -> list[str]:
    """ "80%@8" at its minute, "80%@8<50%" where it stands for the 50 % step."""
    minutes = [int((step.at - START).total_seconds()) // 60 for step in pending]
    return [
        f"{step.step}@{minute}" + (f"<{','.join(step.skipped)}" if step.skipped else "")
        for step, minute in zip(pending, minutes, strict=True)
    ]


def known_of(*texts: str) -> list[PendingStep]:
    """The reverse of `shown`."""
    parts = [text.replace("<", "@").split("@") for text in texts]
    return [PendingStep(part[0], at(int(part[1])), tuple(part[2].split(",")) if part[2:] else ()) for part in parts]


ALL = ["50%@5", "80%@8", "100%@10", "+25%@12", "+50%@15"]


@pytest.mark.parametrize(
    ("minutes", "fired", "known", "now", "expected"),
    [
        pytest.param((5, 8, 10, 12, 15), [], [], 0, ALL, id="a new clock has all steps"),
        pytest.param((5, 8, 10, 12, 15), [], ALL, 6, ALL, id="a late sweep finds what it left"),
        pytest.param((5, 8, 10, 12, 15), [], ALL, 99, ALL, id="a very late one too"),
        pytest.param((5, 8, 10, 12, 15), ["50%"], ALL[1:], 6, ALL[1:], id="what fired is gone"),
        pytest.param((5, 8, 10, 12, 15), NAMES, [], 99, [], id="all fired"),
        pytest.param((5, 8, 10, 12, 15), ["80%"], [], 6, ALL[2:], id="nothing fires after a higher step"),
        pytest.param((5, 8, 10, 12, 15), [], [], 5, ALL, id="a step at this instant has come, and is the highest"),
        pytest.param((5, 8, 10, 12, 15), [], [], 7, ALL, id="passed by starting: the only one"),
        pytest.param(
            (5, 8, 10, 12, 15),
            [],
            [],
            9,
            ["80%@8<50%", "100%@10", "+25%@12", "+50%@15"],
            id="passed by starting: the highest stands for the lower",
        ),
        pytest.param((5, 8, 10, 12, 15), [], [], 99, ["+50%@15<50%,80%,100%,+25%"], id="started long after its end"),
        pytest.param(
            (2, 4, 5, 6, 7),
            [],
            ALL,
            5,
            ["100%@5<50%,80%", "+25%@6", "+50%@7"],
            id="moved earlier beyond three steps",
        ),
        pytest.param(
            (10, 16, 20, 25, 30),
            [],
            ALL,
            4,
            ["50%@10", "80%@16", "100%@20", "+25%@25", "+50%@30"],
            id="moved later before any came",
        ),
        pytest.param(
            (10, 16, 20, 25, 30),
            ["50%"],
            ALL[1:],
            6,
            ["80%@16", "100%@20", "+25%@25", "+50%@30"],
            id="moved later: what fired does not fire again",
        ),
        pytest.param(
            (1, 2, 3, 4, 5),
            ["50%"],
            ALL[1:],
            6,
            ["+50%@5<80%,100%,+25%"],
            id="moved earlier after one fired",
        ),
        pytest.param(
            (5, 8, 10, 12, 15),
            [],
            ["80%@8<50%", "100%@10", "+25%@12", "+50%@15"],
            9,
            ["80%@8<50%", "100%@10", "+25%@12", "+50%@15"],
            id="folded again before the sweep came: what was passed over stays passed over",
        ),
        pytest.param(
            (5, 8, 10, 12, 15),
            [],
            ["80%@8<50%", "100%@10", "+25%@12", "+50%@15"],
            11,
            ["80%@8<50%", "100%@10", "+25%@12", "+50%@15"],
            id="folded again when the next step has come too",
        ),
        pytest.param(
            (6, 9, 11, 13, 16),
            [],
            ["80%@8<50%", "100%@10", "+25%@12", "+50%@15"],
            8,
            ["50%@6", "80%@9", "100%@11", "+25%@13", "+50%@16"],
            id="moved back before the sweep came: the higher step is ahead again, so the lower one fires",
        ),
    ],
)
def test_plan(minutes: tuple[int, ...], fired: list[str], known: list[str], now: int, expected: list[str]) -> None:
    pending = plan(steps_of(*minutes), fired=fired, known=known_of(*known), now=at(now))
    assert shown(pending) == expected


def test_json_and_back() -> None:
    steps = known_of("80%@8<50%", "100%@10")
    assert from_json([step.as_json() for step in steps]) == steps


ladders = st.lists(st.integers(0, 60), min_size=5, max_size=5, unique=True).map(sorted)
moments = st.integers(0, 90)


def sweep(pending: list[PendingStep], now: datetime) -> tuple[list[PendingStep], list[PendingStep]]:
    """What a sweep at `now` records, and what it leaves."""
    return [step for step in pending if step.at <= now], [step for step in pending if step.at > now]


@given(ladders, moments, moments)
def test_folding_again_changes_nothing(minutes: list[int], start: int, later: int) -> None:
    """R1: until the sweep comes a fold may be repeated any number of times, also later."""
    steps, begin = steps_of(*minutes), at(start)
    first = plan(steps, fired=(), known=(), now=begin)
    assert plan(steps, fired=(), known=first, now=begin + timedelta(minutes=later)) == first


@given(st.lists(st.tuples(ladders, st.integers(0, 20), st.booleans()), min_size=1, max_size=6))
def test_steps_rise_and_fire_once_however_the_clock_moves(moves: list[tuple[list[int], int, bool]]) -> None:
    """Each move: new instants, minutes that pass before it, and whether a sweep follows it."""
    now, known, fired = START, [], []
    for minutes, passing, swept in moves:
        now += timedelta(minutes=passing)
        known = plan(steps_of(*minutes), fired=[step.step for step in fired], known=known, now=now)
        assert [step.at for step in known] == [dict(steps_of(*minutes))[step.step] for step in known]
        if swept:
            new, known = sweep(known, now)
            fired += new
    fired += sweep(known, at(1000))[0]
    ranks = [NAMES.index(step.step) for step in fired]
    assert all(low < high for low, high in pairwise(ranks))
    passed_over = [name for step in fired for name in step.skipped]
    assert sorted(NAMES, key=NAMES.index) == sorted([step.step for step in fired] + passed_over, key=NAMES.index)
