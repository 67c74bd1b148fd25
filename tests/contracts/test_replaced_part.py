"""The warranty of a replaced part: remainder, restart, extend [003][004]."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.domain.replaced_part import Exchange, part_term
from contracts.enums import Cover, ReplacedPart, WarrantyStart
from contracts.queries.terms import Terms

HELD = (date(2026, 3, 31), date(2027, 3, 30))
LAST = HELD[1]
RULES = list(ReplacedPart)


def terms(rule: str, months: int = 12, *, first_day_counts: bool = True) -> Terms:
    return Terms(
        months, WarrantyStart.ACCEPTANCE_DAY, first_day_counts, Cover.MATERIAL_MAKE, replaced_part=ReplacedPart(rule)
    )


@pytest.mark.parametrize(
    ("rule", "is_key", "fault_on", "exchanged_on", "until"),
    [
        # within the term
        ("remainder", False, date(2026, 11, 20), date(2026, 11, 23), LAST),
        ("remainder", True, date(2026, 11, 20), date(2026, 11, 23), LAST),
        ("restart", False, date(2026, 11, 20), date(2026, 11, 23), LAST),
        ("restart", True, date(2026, 11, 20), date(2026, 11, 23), date(2027, 11, 22)),
        ("extend", False, date(2026, 11, 20), date(2026, 11, 23), date(2027, 4, 2)),
        ("extend", True, date(2026, 11, 20), date(2026, 11, 23), date(2027, 4, 2)),
        # replaced on the very day of the fault
        ("extend", False, date(2026, 11, 23), date(2026, 11, 23), LAST),
        # on the last day
        ("remainder", False, LAST, LAST, LAST),
        ("restart", False, LAST, LAST, LAST),
        ("restart", True, LAST, LAST, date(2028, 3, 29)),
        ("extend", False, LAST, LAST, LAST),
        ("extend", False, date(2027, 3, 20), LAST, date(2027, 4, 9)),
        # on the first day
        ("remainder", False, HELD[0], HELD[0], LAST),
        ("restart", True, HELD[0], HELD[0], LAST),
        # the fault in the term, the part after it: nothing is left to share, but a new term or the days of the repair
        ("remainder", False, LAST, date(2027, 4, 2), None),
        ("restart", False, LAST, date(2027, 4, 2), None),
        ("restart", True, LAST, date(2027, 4, 2), date(2028, 4, 1)),
        ("extend", False, LAST, date(2027, 4, 2), date(2027, 4, 2)),
        ("extend", False, date(2027, 3, 28), date(2027, 4, 2), date(2027, 4, 4)),
        # the fault after the term, or before it began
        ("remainder", False, date(2027, 3, 31), date(2027, 4, 2), None),
        ("restart", True, date(2027, 3, 31), date(2027, 4, 2), None),
        ("extend", False, date(2027, 3, 31), date(2027, 4, 2), None),
        ("restart", True, date(2026, 3, 30), date(2026, 4, 2), None),
    ],
)
def test_each_rule(rule: str, is_key: bool, fault_on: date, exchanged_on: date, until: date | None) -> None:
    held = part_term(terms(rule), Exchange(fault_on, exchanged_on, is_key), held=HELD)
    assert held == ((exchanged_on, until) if until else None)


@pytest.mark.parametrize(("first_day_counts", "until"), [(True, date(2029, 2, 27)), (False, date(2029, 2, 28))])
def test_a_new_term_counts_as_the_first_one_did(first_day_counts: bool, until: date) -> None:
    """A key part that goes in on 29 February."""
    day = date(2028, 2, 29)
    said = terms("restart", first_day_counts=first_day_counts)
    assert part_term(said, Exchange(day, day, True), held=(date(2028, 1, 1), date(2028, 12, 31))) == (day, until)


@pytest.mark.parametrize(
    ("rule", "is_key", "until"),
    [("remainder", False, date(2027, 8, 1)), ("extend", False, date(2027, 8, 6)), ("restart", True, date(2028, 6, 5))],
)
def test_a_part_that_was_replaced_before_passes_its_own_term_on(rule: str, is_key: bool, until: date) -> None:
    """The part that goes out was in warranty for longer than the device, which is out of warranty by now."""
    exchange = Exchange(date(2027, 6, 1), date(2027, 6, 6), is_key)
    own = (date(2026, 8, 2), date(2027, 8, 1))
    assert part_term(terms(rule), exchange, held=HELD, part_held=own) == (date(2027, 6, 6), until)


@given(
    st.sampled_from(RULES),
    st.booleans(),
    st.integers(0, 364),
    st.integers(0, 60),
    st.integers(1, 60),
    st.booleans(),
)
def test_nobody_loses_by_a_repair(rule: str, is_key: bool, fault: int, repair: int, months: int, counts: bool) -> None:
    fault_on = HELD[0] + timedelta(days=fault)
    exchanged_on = fault_on + timedelta(days=repair)
    assume(fault_on <= LAST)
    held = part_term(terms(rule, months, first_day_counts=counts), Exchange(fault_on, exchanged_on, is_key), held=HELD)
    if held is None:
        assert exchanged_on > LAST
        assert rule != ReplacedPart.EXTEND
    else:
        assert held[0] == exchanged_on
        assert held[1] >= max(exchanged_on, LAST)
    if rule == ReplacedPart.EXTEND:
        assert held is not None
        assert (held[1] - held[0]) == (LAST - fault_on)
