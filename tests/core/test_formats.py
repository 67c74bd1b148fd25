"""The written forms of ui.md §5, one line a form."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core import formats

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 10, 30, tzinfo=SHANGHAI)
ZH, EN = "zh-hans", "en"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("2026-11-21 10:38", "今天 10:38", "today 10:38"),
        ("2026-11-21 00:00", "今天 00:00", "today 00:00"),
        ("2026-11-22 09:00", "明天 09:00", "tomorrow 09:00"),
        ("2026-11-20 18:20", "昨天 18:20", "yesterday 18:20"),
        ("2026-11-20 23:59", "昨天 23:59", "yesterday 23:59"),
        ("2026-11-23 13:30", "11-23 周一 13:30", "Mon 23 Nov, 13:30"),
        ("2026-11-19 13:30", "11-19 周四 13:30", "Thu 19 Nov, 13:30"),
        ("2025-11-23 13:30", "2025-11-23 13:30", "23 Nov 2025, 13:30"),
        ("2027-01-04 08:05", "2027-01-04 08:05", "4 Jan 2027, 08:05"),
    ],
)
def test_when(value, chinese, english):
    assert formats.when(at(value), NOW, SHANGHAI, ZH) == chinese
    assert formats.when(at(value), NOW, SHANGHAI, EN) == english


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("2026-11-21 10:38", "10:38", "10:38"),
        ("2026-11-22 09:00", "明天 09:00", "tomorrow 09:00"),
        ("2026-11-23 13:30", "11-23 13:30", "23 Nov 13:30"),
        ("2027-01-04 08:05", "2027-01-04 08:05", "4 Jan 2027, 08:05"),
    ],
)
def test_when_short(value, chinese, english):
    assert formats.when_short(at(value), NOW, SHANGHAI, ZH) == chinese
    assert formats.when_short(at(value), NOW, SHANGHAI, EN) == english


def test_the_day_changes_at_midnight_of_the_zone_and_not_of_utc():
    value = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)
    assert formats.when(value, datetime(2026, 11, 21, 15, 58, tzinfo=UTC), SHANGHAI, ZH) == "今天 23:59"
    assert formats.when(value, datetime(2026, 11, 21, 16, 0, tzinfo=UTC), SHANGHAI, ZH) == "昨天 23:59"
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert formats.when(new_year, datetime(2026, 12, 31, 15, 0, tzinfo=UTC), SHANGHAI, ZH) == "明天 00:30"


def test_clock_time_is_local():
    assert formats.clock_time(datetime(2026, 11, 21, 2, 38, tzinfo=UTC), SHANGHAI) == "10:38"


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (-5, "0 秒", "0 s"),
        (0, "0 秒", "0 s"),
        (59.9, "59 秒", "59 s"),
        (60, "1 分", "1 min"),
        (250, "4 分 10 秒", "4 min 10 s"),
        (245, "4 分 05 秒", "4 min 05 s"),
        (3599, "59 分 59 秒", "59 min 59 s"),
        (3600, "1小时", "1 h"),
        (4320, "1小时12分", "1 h 12 min"),
        (3900, "1小时05分", "1 h 05 min"),
        (86399, "23小时59分", "23 h 59 min"),
        (86400, "1天", "1 d"),
        (183600, "2天3小时", "2 d 3 h"),
        (timedelta(hours=78), "3天6小时", "3 d 6 h"),
    ],
)
def test_duration_has_at_most_two_units(seconds, chinese, english):
    assert formats.duration(seconds, ZH) == chinese
    assert formats.duration(seconds, EN) == english


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 秒"), (489, "8 分 09 秒"), (599, "9 分 59 秒"), (600, "10 分"), (2339, "38 分"), (4379, "1小时12分")],
)
def test_countdown_shows_seconds_only_below_ten_minutes(seconds, text):
    assert formats.countdown(seconds, ZH) == text
    assert formats.countdown(timedelta(seconds=seconds), ZH) == text


@pytest.mark.parametrize(
    ("seconds_ago", "chinese", "english"),
    [
        (0, "刚刚", "just now"),
        (59, "刚刚", "just now"),
        (-30, "刚刚", "just now"),
        (180, "3 分钟前", "3 min ago"),
        (3599, "59 分钟前", "59 min ago"),
        (7300, "2 小时前", "2 h ago"),
        (86399, "23 小时前", "23 h ago"),
        (86400, "昨天 10:30", "yesterday 10:30"),
        (-600, "今天 10:40", "today 10:40"),
    ],
)
def test_relative_is_used_within_24_hours(seconds_ago, chinese, english):
    value = NOW - timedelta(seconds=seconds_ago)
    assert formats.relative(value, NOW, SHANGHAI, ZH) == chinese
    assert formats.relative(value, NOW, SHANGHAI, EN) == english


def test_dates():
    assert formats.day(date(2026, 11, 3)) == "2026-11-03"
    assert formats.document_date(date(2026, 11, 3), ZH) == "2026年11月3日"
    assert formats.document_date(date(2026, 11, 3), EN) == "3 Nov 2026"
    assert formats.working_days(2, ZH) == "2 个工作日"


@pytest.mark.parametrize(
    ("stored", "shown", "masked"),
    [
        ("+8613800138000", "138 0013 8000", "138****8000"),
        ("13800138000", "138 0013 8000", "138****8000"),
        ("+862155550101", "021-5555 0101", "021-****0101"),
        ("+861055550101", "010-5555 0101", "010-****0101"),
        ("021-55550101", "021-5555 0101", "021-****0101"),
        ("+865325550101", "0532-555 0101", "0532-****0101"),
        ("+8657155550101", "0571-5555 0101", "0571-****0101"),
        ("+862155550101;ext=803", "021-5555 0101 转 803", "021-****0101"),
        ("4008001234", "400-800-1234", "****1234"),
        ("+864008001234", "400-800-1234", "****1234"),
        ("+14155550101", "+14155550101", "****0101"),
        ("110", "110", "****"),
        ("", "", "****"),
    ],
)
def test_phone(stored, shown, masked):
    assert formats.phone(stored) == shown
    assert formats.phone_masked(stored) == masked


def test_extension_in_english():
    assert formats.phone("+862155550101;ext=803", EN) == "021-5555 0101 ext. 803"


def test_amounts():
    assert formats.money(Decimal("1280")) == "¥1,280.00"
    assert formats.money(Decimal("-5.5")) == "-¥5.50"
    assert formats.percent(0.981) == "98.1%"
    assert formats.percent(Decimal(1)) == "100.0%"
    assert formats.grouped(12345) == "12,345"
