"""Working time: exact instants and the laws of add and elapsed (quality S2, S3)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.domain.holidays import announced_china, announced_days
from core.worktime import WorkCalendar, local_instant, parse_hours
from tests.contracts.walk import open_minutes

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
CHINA = announced_china()
LUNCH = {"mon-fri": ["09:00-12:00", "13:00-18:00"]}


def office(hours: dict | None = None, **days: object) -> WorkCalendar:
    known = {"holidays": CHINA.off, "workdays": CHINA.work, "announced": CHINA.years, "standard_day": 8 * 3600}
    return WorkCalendar.from_hours("Asia/Shanghai", hours or LUNCH, **{**known, **days})


def cn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2026-09-29 09:00", 3600, "2026-09-29 10:00"),
        ("2026-09-29 11:30", 1800, "2026-09-29 12:00"),  # stays on the closing time
        ("2026-09-29 11:30", 1801, "2026-09-29 13:00:01"),
        ("2026-09-29 12:20", 60, "2026-09-29 13:01"),  # starts in the lunch break
        ("2026-09-29 07:00", 8 * 3600, "2026-09-29 18:00"),
        ("2026-09-30 17:30", 1800, "2026-09-30 18:00"),
        ("2026-09-30 17:30", 1801, "2026-10-08 09:00:01"),  # National Day, 1 to 7 October
        ("2026-10-03 12:00", 1, "2026-10-08 09:00:01"),
        ("2026-10-09 17:00", 2 * 3600, "2026-10-10 10:00"),  # Saturday the 10th is a make-up workday
        ("2026-10-10 17:00", 2 * 3600, "2026-10-12 10:00"),  # the Sunday after is not
        ("2026-02-13 17:00", 2 * 3600, "2026-02-14 10:00"),  # before the Spring Festival
        ("2026-02-14 17:00", 2 * 3600, "2026-02-24 10:00"),
        ("2024-02-29 17:00", 2 * 3600, "2024-03-01 10:00"),  # leap day
        ("2025-12-31 17:00", 2 * 3600, "2026-01-04 10:00"),  # year end; Sunday the 4th is a make-up workday
        ("2027-10-01 09:00", 3600, "2027-10-01 10:00"),  # not announced: a plain Friday
    ],
)
def test_add_with_lunch_holidays_and_make_up_days(start, seconds, due):
    assert office().add(cn(start), seconds) == cn(due)


def test_nothing_to_add_gives_the_start():
    assert office().add(cn("2026-10-03 12:00"), 0) == cn("2026-10-03 12:00")


def test_negative_time_is_refused():
    with pytest.raises(ValueError, match="only be added"):
        office().add(cn("2026-10-03 12:00"), -1)


def test_half_an_hour_before_due_lies_in_open_time():
    """S3: on a calendar of several windows a step is where its open time is, not at midnight."""
    calendar = office({"mon-fri": ["08:30-12:00", "13:30-18:00"]})
    assert calendar.add(cn("2026-09-29 17:30"), 3 * 3600 - 3600) == cn("2026-09-30 10:00")


def test_microseconds_are_exact():
    start = cn("2026-09-30 17:59:59.999999")
    due = office().add(start, 0.000002)
    assert due == cn("2026-10-08 09:00:00.000001")
    assert office().elapsed(start, due) == 0.000002


def test_elapsed_backwards_is_nothing():
    assert office().elapsed(cn("2026-09-29 12:00"), cn("2026-09-29 10:00")) == 0


def test_is_open_includes_the_opening_and_not_the_closing():
    times = ["08:59", "09:00", "11:59", "12:00", "13:00", "18:00"]
    assert [office().is_open(cn(f"2026-09-29 {time}")) for time in times] == [False, True, True, False, True, False]


def test_next_opening():
    assert office().next_opening(cn("2026-09-29 10:00")) == cn("2026-09-29 10:00")
    assert office().next_opening(cn("2026-09-29 12:00")) == cn("2026-09-29 13:00")
    assert office().next_opening(cn("2026-09-30 18:00")) == cn("2026-10-08 09:00")


def test_own_closures_stand_on_top():
    calendar = office().with_closures([date(2026, 10, 10), date(2026, 10, 12)])
    assert calendar.add(cn("2026-10-09 17:00"), 2 * 3600) == cn("2026-10-13 10:00")
    assert office().add(cn("2026-10-09 17:00"), 2 * 3600) == cn("2026-10-10 10:00")


def test_closure_of_a_calendar_that_is_always_open():
    calendar = WorkCalendar.always("Asia/Shanghai").with_closures([date(2026, 10, 10)])
    assert calendar.add(cn("2026-10-09 23:00"), 2 * 3600) == cn("2026-10-11 01:00")


def test_always_open():
    calendar = WorkCalendar.always()
    assert calendar.is_always_open
    assert calendar.add(cn("2026-10-01 00:00"), 90) == cn("2026-10-01 00:01:30")
    assert calendar.elapsed(cn("2026-10-01 00:00"), cn("2026-10-02 00:00")) == 86_400
    assert calendar.next_opening(cn("2026-10-01 00:00")) == cn("2026-10-01 00:00")


def test_full_days_are_recognised_as_always_open():
    assert WorkCalendar.from_hours("Asia/Shanghai", {"daily": ["00:00-24:00"]}).is_always_open
    assert not WorkCalendar.from_hours("Asia/Shanghai", {"mon-fri": ["00:00-24:00"]}).is_always_open


def test_evening_calendar_closes_at_midnight():
    calendar = WorkCalendar.from_hours("Asia/Shanghai", {"daily": ["08:00-24:00"]})
    assert calendar.add(cn("2026-10-01 23:50"), 600) == cn("2026-10-02 00:00")
    assert calendar.add(cn("2026-10-01 23:50"), 601) == cn("2026-10-02 08:00:01")


def test_shift_through_midnight_belongs_to_the_day_it_starts():
    calendar = WorkCalendar.from_hours("Asia/Shanghai", {"fri": ["22:00-06:00"]})
    assert calendar.is_open(cn("2026-10-10 05:59"))
    assert calendar.add(cn("2026-10-09 21:00"), 8 * 3600) == cn("2026-10-10 06:00")
    assert calendar.add(cn("2026-10-09 21:00"), 8 * 3600 + 1) == cn("2026-10-16 22:00:01")


def test_shift_over_new_year():
    calendar = WorkCalendar.from_hours("Asia/Shanghai", {"daily": ["22:00-02:00"]})
    assert calendar.add(cn("2025-12-31 23:00"), 3 * 3600) == cn("2026-01-01 02:00")
    assert calendar.elapsed(cn("2026-01-01 00:30"), cn("2026-01-01 23:00")) == 1.5 * 3600 + 3600


def test_make_up_day_has_the_hours_of_a_weekday():
    calendar = office({"mon-fri": ["09:00-18:00"], "sat": ["10:00-11:00"]})
    assert calendar.windows(date(2026, 10, 10)) == ((540, 1080),)
    assert calendar.windows(date(2026, 10, 17)) == ((600, 660),)


@pytest.mark.parametrize("hours", [{}, {"mon-fri": []}])
def test_calendar_without_open_hours_is_refused(hours):
    with pytest.raises(ValueError, match="open hours"):
        WorkCalendar.from_hours("Asia/Shanghai", hours)


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ({"mon": ["9:00-18:00"]}, "not a window"),
        ({"mon": ["09:00"]}, "not a window"),
        ({"mon": ["09:00-09:00"]}, "not a window"),
        ({"mon": ["09:60-10:00"]}, "not a window"),
        ({"mon": ["09:00-24:01"]}, "not a window"),
        ({"mon": ["24:00-06:00"]}, "not a window"),
        ({"mon": ["０９:00-10:00"]}, "not a window"),
        ({"workdays": ["09:00-18:00"]}, "unknown weekday"),
        ({"fri-mon": ["09:00-18:00"]}, "backwards"),
        ({"daily": ["09:00-18:00"], "sat": ["09:00-12:00"]}, "sat has hours twice"),
    ],
)
def test_bad_hours_are_refused(hours, message):
    with pytest.raises(ValueError, match=message):
        parse_hours(hours)


def test_days_by_span_and_list():
    week = parse_hours({"mon-wed": ["09:00-10:00"], "thu,sun": ["08:00-09:00"]})
    assert [bool(windows) for windows in week] == [True, True, True, True, False, False, True]


def test_years_out_of_reach_are_refused():
    with pytest.raises(ValueError, match="1900 to 2500"):
        office().add(datetime(2600, 1, 1, tzinfo=UTC), 1)


def test_skipped_and_doubled_local_times():
    """A skipped time is the jump, a doubled one its first occurrence."""
    assert local_instant(NEW_YORK, datetime(2026, 3, 8, 2, 30)) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    assert local_instant(NEW_YORK, datetime(2026, 11, 1, 1, 30)) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert local_instant(SHANGHAI, datetime(1986, 5, 4, 2, 30)) == datetime(1986, 5, 3, 18, 0, tzinfo=UTC)


def test_windows_around_a_change_of_the_clocks():
    night = WorkCalendar.from_hours(NEW_YORK, {"daily": ["00:00-06:00"]})
    assert night.elapsed(datetime(2026, 3, 8, 4, tzinfo=UTC), datetime(2026, 3, 9, 3, tzinfo=UTC)) == 5 * 3600
    assert night.elapsed(datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 11, 2, 3, tzinfo=UTC)) == 7 * 3600
    gap = WorkCalendar.from_hours(NEW_YORK, {"sun": ["02:10-02:50"]})
    assert not gap.is_open(datetime(2026, 3, 8, 7, tzinfo=UTC))


def test_elapsed_within_one_zone_over_a_doubled_hour():
    """Two times of one zone object differ by real time, not by the wall clock."""
    first = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK)
    assert WorkCalendar.always().elapsed(first, first.replace(fold=1)) == 3600


def test_unannounced_years():
    assert office().unannounced_years(cn("2026-12-30 10:00"), cn("2027-01-02 10:00")) == (2027,)
    assert WorkCalendar.always().unannounced_years(cn("2026-12-30 10:00"), cn("2027-01-02 10:00")) == ()


def test_announced_days_of_a_year():
    announced = announced_days(2026)
    assert announced is not None
    off, work = announced
    assert {date(2026, 10, day) for day in range(1, 8)} <= off
    assert date(2026, 10, 10) in work
    assert date(2026, 10, 8) not in off | work
    assert announced_days(2099) is None


ZONES = {"Asia/Shanghai": 1986, "America/New_York": 2026, "Europe/Berlin": 2026}
EDGES = [0, 4 * 60, 8 * 60 + 30, 12 * 60, 12 * 60 + 45, 17 * 60, 22 * 60, 24 * 60]


@st.composite
def random_hours(draw: st.DrawFn) -> dict[str, list[str]]:
    """One to three windows a day on some days; the changes of the clocks between 0 and 4 fall inside or outside."""
    days = draw(st.sampled_from(["daily", "mon-fri", "sat-sun", "tue-thu", "sun"]))
    edges = sorted(draw(st.sets(st.sampled_from(EDGES), min_size=2, max_size=6)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    return {days: [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in pairs]}


@st.composite
def moments(draw: st.DrawFn) -> tuple[WorkCalendar, dict[str, list[str]], datetime]:
    zone = draw(st.sampled_from(sorted(ZONES)))
    hours = draw(random_hours())
    calendar = WorkCalendar.from_hours(zone, hours)
    start = datetime(ZONES[zone], 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 364 * 1440)))
    return calendar, hours, start


@settings(max_examples=200, deadline=None)
@given(moments(), st.floats(0.000001, 40 * 86_400))
def test_elapsed_undoes_add(moment, seconds):
    calendar, _, start = moment
    seconds = round(seconds, 6)
    due = calendar.add(start, seconds)
    assert calendar.elapsed(start, due) == pytest.approx(seconds, abs=1e-9)
    assert calendar.elapsed(start, due - timedelta(microseconds=1)) < seconds


@settings(max_examples=200, deadline=None)
@given(moments(), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_add_undoes_elapsed(moment, length):
    calendar, _, start = moment
    end = start + length
    used = calendar.elapsed(start, end)
    reached = calendar.add(start, used)
    assert reached <= end
    assert calendar.elapsed(reached, end) == 0
    if calendar.is_open(end) and used:
        assert reached == end or calendar.next_opening(reached) == end


@settings(max_examples=60, deadline=None)
@given(moments(), st.integers(1, 4 * 1440))
def test_elapsed_equals_counted_minutes(moment, minutes):
    """Every minute asked of the wall clock, over the changes of the clocks in three zones."""
    calendar, hours, start = moment
    key = tuple((days, tuple(windows)) for days, windows in hours.items())
    first = int((start - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() // 60)
    counted = sum(
        open_minutes(minute // 1440, calendar.zone.key, key, False)[minute % 1440]
        for minute in range(first, first + minutes)
    )
    assert calendar.elapsed(start, start + timedelta(minutes=minutes)) == counted * 60


@given(moments(), st.integers(0, 40 * 86_400), st.integers(0, 40 * 86_400))
@settings(max_examples=100, deadline=None)
def test_time_adds_up(moment, first, second):
    calendar, _, start = moment
    middle, end = start + timedelta(seconds=first), start + timedelta(seconds=first + second)
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)


def test_order_of_questions_does_not_matter():
    """The tables grow as years are asked for; an earlier year after a later one gives the same answers."""
    asked = office()
    late, early = cn("2026-09-30 17:30"), cn("2019-09-30 17:30")
    answers = [asked.add(late, 7200), asked.add(early, 7200), asked.add(late, 7200)]
    assert answers == [cn("2026-10-08 10:30"), office().add(early, 7200), cn("2026-10-08 10:30")]
    assert office().add(early, 7200) == cn("2019-10-08 10:30")


def test_equal_calendars_are_equal():
    assert office() == office()
    assert office() != office().with_closures([date(2026, 10, 12)])
