"""How times, spans, phones and amounts are written (ui.md §5). Pure functions; `now` and the zone are given.

Patterns stand here per language, not in the message catalogue: they are locale data like Django's own formats.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

MINUTE, HOUR, DAY = 60, 3600, 86400
COUNT_SECONDS_BELOW = 10 * MINUTE


@dataclass(frozen=True)
class Patterns:
    """One language's way of writing. Duration patterns take two units a and b, or the one unit a."""

    days_hours: str
    days: str
    hours_minutes: str
    hours: str
    minutes_seconds: str
    minutes: str
    seconds: str
    near_days: dict[int, str]
    weekdays: str
    this_year: str
    this_year_short: str
    other_year: str
    document: str
    just_now: str
    ago_minutes: str
    ago_hours: str
    working_days: str
    extension: str


CHINESE = Patterns(
    days_hours="{a}天{b}小时",
    days="{a}天",
    hours_minutes="{a}小时{b:02d}分",
    hours="{a}小时",
    minutes_seconds="{a} 分 {b:02d} 秒",
    minutes="{a} 分",
    seconds="{a} 秒",
    near_days={-1: "昨天", 0: "今天", 1: "明天"},
    weekdays="周一 周二 周三 周四 周五 周六 周日",
    this_year="{at:%m-%d} {weekday} {at:%H:%M}",
    this_year_short="{at:%m-%d} {at:%H:%M}",
    other_year="{at:%Y-%m-%d} {at:%H:%M}",
    document="{at.year}年{at.month}月{at.day}日",
    just_now="刚刚",
    ago_minutes="{a} 分钟前",
    ago_hours="{a} 小时前",
    working_days="{a} 个工作日",
    extension="转",
)
ENGLISH = Patterns(
    days_hours="{a} d {b} h",
    days="{a} d",
    hours_minutes="{a} h {b:02d} min",
    hours="{a} h",
    minutes_seconds="{a} min {b:02d} s",
    minutes="{a} min",
    seconds="{a} s",
    near_days={-1: "yesterday", 0: "today", 1: "tomorrow"},
    weekdays="Mon Tue Wed Thu Fri Sat Sun",
    this_year="{weekday} {at.day} {month}, {at:%H:%M}",
    this_year_short="{at.day} {month} {at:%H:%M}",
    other_year="{at.day} {month} {at.year}, {at:%H:%M}",
    document="{at.day} {month} {at.year}",
    just_now="just now",
    ago_minutes="{a} min ago",
    ago_hours="{a} h ago",
    working_days="{a} working days",
    extension="ext.",
)
# strftime("%b") follows the process's locale, so the English months stand here.
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def patterns(lang: str) -> Patterns:
    """The patterns of a language code; everything but Chinese is written as English."""
    return CHINESE if lang.startswith("zh") else ENGLISH


def _fill(pattern: str, at: date, lang: str) -> str:
    weekday = patterns(lang).weekdays.split()[at.weekday()]
    return pattern.format(at=at, weekday=weekday, month=MONTHS[at.month - 1])


# --- Instants --------------------------------------------------------------------------------------------------------


def clock_time(value: datetime, tz: tzinfo) -> str:
    """Hours and minutes of 24: 10:38."""
    return f"{value.astimezone(tz):%H:%M}"


def when(value: datetime, now: datetime, tz: tzinfo, lang: str) -> str:
    """An instant for reading: 今天 10:38, 11-23 周一 13:30 in this year, 2025-11-23 13:30 else."""
    local, today = value.astimezone(tz), now.astimezone(tz).date()
    near = patterns(lang).near_days.get((local.date() - today).days)
    if near:
        return f"{near} {local:%H:%M}"
    return _fill(patterns(lang).this_year if local.year == today.year else patterns(lang).other_year, local, lang)


def when_short(value: datetime, now: datetime, tz: tzinfo, lang: str) -> str:
    """An instant in a chip: 10:38 today, 明天 09:00, 11-23 13:30."""
    local, today = value.astimezone(tz), now.astimezone(tz).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if abs((local.date() - today).days) == 1 or local.year != today.year:
        return when(value, now, tz, lang)
    return _fill(patterns(lang).this_year_short, local, lang)


def relative(value: datetime, now: datetime, tz: tzinfo, lang: str) -> str:
    """How long ago, within 24 hours; outside (or in the future) the instant itself."""
    seconds = int((now - value).total_seconds())
    if not -MINUTE < seconds < DAY:
        return when(value, now, tz, lang)
    if seconds < MINUTE:
        return patterns(lang).just_now
    if seconds < HOUR:
        return patterns(lang).ago_minutes.format(a=seconds // MINUTE)
    return patterns(lang).ago_hours.format(a=seconds // HOUR)


def day(value: date) -> str:
    """A date in a table: 2026-11-23."""
    return f"{value:%Y-%m-%d}"


def document_date(value: date, lang: str) -> str:
    """A date in a document: 2026年11月23日."""
    return _fill(patterns(lang).document, value, lang)


# --- Spans -----------------------------------------------------------------------------------------------------------


def duration(seconds: float | timedelta, lang: str) -> str:
    """A span in at most two units, rounded down: 4 分 10 秒, 1小时12分, 2天3小时. Negative spans are written as 0."""
    total = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    left = max(int(total), 0)
    names = patterns(lang)
    if left >= DAY:
        return _two(names.days_hours, names.days, left // DAY, left % DAY // HOUR)
    if left >= HOUR:
        return _two(names.hours_minutes, names.hours, left // HOUR, left % HOUR // MINUTE)
    if left >= MINUTE:
        return _two(names.minutes_seconds, names.minutes, left // MINUTE, left % MINUTE)
    return names.seconds.format(a=left)


def _two(both: str, one: str, a: int, b: int) -> str:
    return both.format(a=a, b=b) if b else one.format(a=a)


def countdown(seconds: float | timedelta, lang: str) -> str:
    """A span that ticks on a screen: seconds appear only below ten minutes, so that a full list stays calm."""
    total = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    whole = int(total)
    return duration(whole - whole % MINUTE if whole >= COUNT_SECONDS_BELOW else whole, lang)


def working_days(count: int, lang: str) -> str:
    return patterns(lang).working_days.format(a=count)


# --- Phones ----------------------------------------------------------------------------------------------------------

MOBILE = re.compile(r"1[3-9]\d{9}")
HOTLINE = re.compile(r"[48]00\d{7}")
LANDLINE = re.compile(r"(?![48]00)(10|2\d|[3-9]\d\d)(\d{7,8})")
EXTENSION = re.compile(r"^(.*?)(?:;ext=|x|,|转)(\d+)$")


def _national(value: str) -> tuple[str, str]:
    """Digits without the country code of China, and the extension."""
    matched = EXTENSION.match(value)
    main, extension = matched.groups() if matched else (value, "")
    digits = re.sub(r"[\s()-]", "", main)
    return digits.removeprefix("+86").removeprefix("0") if digits.startswith(("+86", "0")) else digits, extension


def _grouped_phone(digits: str) -> str:
    if MOBILE.fullmatch(digits):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    if HOTLINE.fullmatch(digits):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if matched := LANDLINE.fullmatch(digits):
        area, local = matched.groups()
        return f"0{area}-{local[:-4]} {local[-4:]}"
    return digits


def phone(value: str, lang: str = "zh-hans") -> str:
    """A stored number (E.164, `;ext=` for an extension) for reading: 138 0013 8000, 021-5555 0101 转 803."""
    digits, extension = _national(value)
    text = _grouped_phone(digits)
    return f"{text} {patterns(lang).extension} {extension}" if extension else text


def phone_masked(value: str) -> str:
    """The same number for those who may not see it: 138****8000, 021-****0101, ****1234."""
    digits, _extension = _national(value)
    if MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[-4:]}"
    if matched := LANDLINE.fullmatch(digits):
        return f"0{matched[1]}-****{digits[-4:]}"
    return f"****{digits[-4:]}" if len(digits) > 4 else "****"


# --- Amounts ---------------------------------------------------------------------------------------------------------


def money(value: Decimal | int) -> str:
    """An amount in CNY: ¥1,280.00."""
    return f"{'-' if value < 0 else ''}¥{abs(value):,.2f}"


def percent(ratio: float | Decimal) -> str:
    """A ratio (0.981) with one decimal: 98.1%."""
    return f"{Decimal(ratio) * 100:.1f}%"


def grouped(value: int) -> str:
    """A count with thousands separated: 12,345."""
    return f"{value:,}"
