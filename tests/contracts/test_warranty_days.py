"""First and last days of warranties (domain §4): each start, each way of counting, months that end early."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.domain.warranty_days import first_day, last_day, software_until, starting_stage, term_of
from contracts.enums import Cover, WarrantyStart
from contracts.queries.terms import Terms

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(1, 240)


def terms(starts: str, months: int, *, first_day_counts: bool = False, **more: object) -> Terms:
    return Terms(months, WarrantyStart(starts), first_day_counts, Cover.ANY_CAUSE, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("starts_on", "months", "corresponding", "before"),
    [
        (date(2026, 3, 30), 12, date(2027, 3, 30), date(2027, 3, 29)),
        (date(2026, 3, 30), 24, date(2028, 3, 30), date(2028, 3, 29)),
        (date(2026, 3, 30), 36, date(2029, 3, 30), date(2029, 3, 29)),
        (date(2026, 1, 1), 12, date(2027, 1, 1), date(2026, 12, 31)),
        (date(2026, 12, 31), 12, date(2027, 12, 31), date(2027, 12, 30)),
        (date(2026, 8, 31), 6, date(2027, 2, 28), date(2027, 2, 27)),
        (date(2027, 8, 31), 6, date(2028, 2, 29), date(2028, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28), date(2026, 2, 27)),
        (date(2026, 5, 31), 1, date(2026, 6, 30), date(2026, 6, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28), date(2029, 2, 27)),
        (date(2028, 2, 29), 24, date(2030, 2, 28), date(2030, 2, 27)),
        (date(2028, 2, 29), 36, date(2031, 2, 28), date(2031, 2, 27)),
        (date(2028, 2, 29), 48, date(2032, 2, 29), date(2032, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28), date(2028, 2, 27)),
        (date(2027, 3, 1), 12, date(2028, 3, 1), date(2028, 2, 29)),
        (date(2026, 3, 1), 12, date(2027, 3, 1), date(2027, 2, 28)),
        (date(2096, 2, 29), 48, date(2100, 2, 28), date(2100, 2, 27)),
        (date(2026, 6, 15), 120, date(2036, 6, 15), date(2036, 6, 14)),
    ],
)
def test_last_day(starts_on: date, months: int, corresponding: date, before: date) -> None:
    assert last_day(starts_on, months, first_day_counts=False) == corresponding
    assert last_day(starts_on, months, first_day_counts=True) == before


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("acceptance_day", date(2026, 3, 30)),
        ("day_after_acceptance", date(2026, 3, 31)),
        ("final_acceptance_day", date(2026, 3, 30)),
        ("contract_end", date(2027, 1, 1)),
    ],
)
def test_first_day(starts: str, expected: date) -> None:
    assert (
        first_day(WarrantyStart(starts), accepted_on=date(2026, 3, 30), contract_ends_on=date(2026, 12, 31)) == expected
    )


@pytest.mark.parametrize(
    ("said", "accepted_on", "expected"),
    [
        # HW12 [001]: "签署后第二日起" 12 months: a whole year after the day of acceptance.
        (terms("day_after_acceptance", 12, first_day_counts=True), date(2026, 3, 30), ("2026-03-31", "2027-03-30")),
        (terms("day_after_acceptance", 12, first_day_counts=True), date(2026, 12, 31), ("2027-01-01", "2027-12-31")),
        (terms("day_after_acceptance", 12, first_day_counts=True), date(2028, 2, 28), ("2028-02-29", "2029-02-27")),
        (terms("day_after_acceptance", 12, first_day_counts=True), date(2028, 2, 29), ("2028-03-01", "2029-02-28")),
        (terms("day_after_acceptance", 12, first_day_counts=True), date(2027, 2, 28), ("2027-03-01", "2028-02-29")),
        # YC24 [001]: "验收合格之日起" 12 months: to the corresponding day.
        (terms("acceptance_day", 12), date(2026, 3, 30), ("2026-03-30", "2027-03-30")),
        (terms("acceptance_day", 12), date(2028, 2, 29), ("2028-02-29", "2029-02-28")),
        # L4 [004] 24, TY-ABCD and XC30 [003] 36 months.
        (terms("acceptance_day", 24), date(2026, 8, 31), ("2026-08-31", "2028-08-31")),
        (terms("acceptance_day", 36), date(2026, 11, 23), ("2026-11-23", "2029-11-23")),
        (terms("final_acceptance_day", 36), date(2026, 11, 30), ("2026-11-30", "2029-11-30")),
        # HB2D [001] 5.3: in the term of the contract and three years after its end.
        (terms("contract_end", 36, first_day_counts=True), date(2026, 3, 30), ("2027-01-01", "2029-12-31")),
    ],
)
def test_terms_of_the_sources(said: Terms, accepted_on: date, expected: tuple[str, str]) -> None:
    held = term_of(said, accepted_on=accepted_on, contract_ends_on=date(2026, 12, 31))
    assert (held[0].isoformat(), held[1].isoformat()) == expected


def test_a_contract_that_ends_on_29_february_is_followed_by_whole_years() -> None:
    held = term_of(
        terms("contract_end", 36, first_day_counts=True),
        accepted_on=date(2027, 1, 5),
        contract_ends_on=date(2028, 2, 29),
    )
    assert held == (date(2028, 3, 1), date(2031, 2, 28))


@pytest.mark.parametrize(("starts", "stage"), [("acceptance_day", "preliminary"), ("final_acceptance_day", "final")])
def test_final_acceptance_starts_what_names_it(starts: str, stage: str) -> None:
    assert starting_stage(terms(starts, 12, stage="preliminary")) == stage


@pytest.mark.parametrize(
    ("upgrade", "first_day_counts", "until"),
    [
        (0, False, date(2028, 11, 23)),
        (36, False, date(2029, 11, 23)),
        (120, False, date(2036, 11, 23)),
        (120, True, date(2036, 11, 22)),
        (12, False, date(2027, 11, 23)),
    ],
)
def test_new_versions_may_be_free_for_longer(upgrade: int, first_day_counts: bool, until: date) -> None:
    said = terms("acceptance_day", 24, first_day_counts=first_day_counts, software_upgrade_months=upgrade)
    assert software_until(said, date(2026, 11, 23), date(2028, 11, 23)) == until


@given(DAYS, MONTHS)
def test_counting_the_first_day_ends_one_day_earlier(day: date, months: int) -> None:
    until = last_day(day, months, first_day_counts=False)
    assert last_day(day, months, first_day_counts=True) == until - timedelta(days=1)
    assert until > day


@given(DAYS, MONTHS, MONTHS)
def test_more_months_end_later(day: date, months: int, more: int) -> None:
    ends = [last_day(day, count, first_day_counts=True) for count in (months, months + more)]
    assert ends[0] < ends[1]


@given(DAYS, MONTHS, st.booleans())
def test_a_later_start_never_ends_earlier(day: date, months: int, first_day_counts: bool) -> None:
    following = day + timedelta(days=1)
    ends = [last_day(start, months, first_day_counts=first_day_counts) for start in (day, following)]
    assert ends[0] <= ends[1] <= ends[0] + timedelta(days=4)


@given(DAYS, MONTHS)
def test_the_corresponding_day_unless_the_month_is_too_short(day: date, months: int) -> None:
    until = last_day(day, months, first_day_counts=False)
    assert (until.year * 12 + until.month) - (day.year * 12 + day.month) == months
    assert until.day == day.day or (until.day < day.day and (until + timedelta(days=1)).day == 1)
