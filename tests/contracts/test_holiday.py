"""Public holidays: by hand, from files as spreadsheets write them, published, and told while they are missing."""

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.enums import Role
from contracts.domain import calendar_version, holiday_import
from contracts.domain.holiday import set_holiday
from contracts.domain.holiday_import import BadLinesError, SpecialDay, import_days, read_days
from contracts.domain.holiday_warning import warn_missing
from contracts.enums import DayKind
from contracts.models import CalendarVersion, Holiday
from contracts.queries.calendar import behind_holidays, missing_years
from core.errors import InputError
from core.models import Audit, Notification
from tests.factories import logged_in, make_user
from tests.world import World

NEW_YEAR = date(2027, 1, 1)
GOOD = "日期,类型,名称\n2027-01-01,休,元旦\n2027/1/4,班,元旦\n2027年1月2日,放假,\n20270103,off,New Year\n"


def bad(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadLinesError) as refused:
        read_days(text.encode())
    return [(line.number, line.message) for line in refused.value.lines]


# --- Files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_in_every_usual_writing(encoding: str, delimiter: str) -> None:
    assert read_days(GOOD.replace(",", delimiter).encode(encoding)) == [
        SpecialDay(date(2027, 1, 1), DayKind.OFF, "元旦"),
        SpecialDay(date(2027, 1, 4), DayKind.WORK, "元旦"),
        SpecialDay(date(2027, 1, 2), DayKind.OFF, ""),
        SpecialDay(date(2027, 1, 3), DayKind.OFF, "New Year"),
    ]


def test_every_bad_line_is_named() -> None:
    lines = "2027-01-01,休,元旦\n2027-02-30,休\n\n2027-01-02,也许\n2027-01-01,班\n=1+1,休\n2027-01-05,休," + "长" * 41
    with translation.override("en"):
        found = bad(lines)
    assert [number for number, _message in found] == [2, 4, 5, 6, 7]
    assert "not a day" in found[0][1]
    assert "holiday (休) or a make-up workday (班)" in found[1][1]
    assert "twice" in found[2][1]
    assert "not a day" in found[3][1]
    assert "more than 40" in found[4][1]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        ("日期,类型\n".encode(), "empty"),
        (b"\xff\xfe\x00\x01", "no_text"),
        (b"2027-01-01,\x00", "no_text"),
        (b"2027-01-01,off\n" * 2001, "too_long"),
        (b"x" * 600_000, "too_large"),
        (b"2027-01-01," + b"x" * 200_000, "damaged"),
    ],
)
def test_what_is_no_list_of_days_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_days(content)
    assert (refused.value.code, refused.value.field) == (code, "file")


@given(st.binary(max_size=300))
@example(b"0\r0")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(InputError):
        assert read_days(content)


# --- Keeping ----------------------------------------------------------------------------------------------------------


def test_an_import_adds_and_changes_and_only_replaces_when_told(world: World) -> None:
    given: dict[str, Any] = {"actor": world.admin, "now": world.now}
    set_holiday(day=date(2027, 5, 1), kind=DayKind.OFF, **given)
    set_holiday(day=date(2027, 1, 4), kind=DayKind.OFF, **given)
    days = read_days(GOOD.encode())
    assert import_days(days=days, replaces=False, **given) == holiday_import.Imported(3, 1, 0)
    assert Holiday.objects.filter(day__year=2027).count() == 5
    assert import_days(days=days, replaces=False, **given) == holiday_import.Imported(0, 0, 0)
    assert import_days(days=days, replaces=True, **given) == holiday_import.Imported(0, 0, 1)
    assert Holiday.objects.filter(day__year=2027).count() == 4
    assert Holiday.objects.filter(day__year=2026).exists()
    assert Audit.objects.filter(action="holiday.import").count() == 2


@pytest.mark.parametrize(("day", "name"), [(date(1999, 1, 1), ""), (date(2101, 1, 1), ""), (NEW_YEAR, "长" * 41)])
def test_a_day_nobody_means_is_refused(world: World, day: date, name: str) -> None:
    count = Holiday.objects.count()
    with pytest.raises(InputError):
        set_holiday(day=day, kind=DayKind.OFF, name=name, actor=world.admin, now=world.now)
    assert Holiday.objects.count() == count


def test_changed_days_leave_calendars_behind_until_they_are_published(world: World) -> None:
    assert behind_holidays() == []
    set_holiday(day=NEW_YEAR, kind=DayKind.OFF, actor=world.admin, now=world.now)
    assert [row.calendar.code for row in behind_holidays()] == ["office_5x8", "office_cn"]
    made = calendar_version.publish_special_days(actor=world.admin, now=world.now)
    assert [row.number for row in made] == [2, 2]
    assert behind_holidays() == []


# --- The year that is not announced -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 9, 30), []),
        (date(2026, 10, 1), [2027]),
        (date(2027, 2, 1), [2027]),
        (date(2027, 11, 1), [2027, 2028]),
    ],
)
def test_which_years_are_missed(presets: None, today: date, years: list[int]) -> None:
    assert missing_years(today) == years


def test_administrators_are_told_once_a_year(world: World) -> None:
    assert warn_missing(world.now) == 1
    assert warn_missing(world.later(hours=1)) == 1
    told = Notification.objects.filter(kind="holidays")
    assert [(line.user, line.key, line.url) for line in told] == [
        (world.admin, "holidays:2027", "/settings/holidays/?year=2027")
    ]
    assert "2027" in told[0].text
    set_holiday(day=NEW_YEAR, kind=DayKind.OFF, actor=world.admin, now=world.now)
    assert warn_missing(datetime(2026, 12, 1, tzinfo=UTC)) == 0


# --- Pages ------------------------------------------------------------------------------------------------------------


def upload(content: bytes, **more: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("holidays.csv", content, content_type="text/csv"), **more}


def test_a_file_in_the_browser(world: World) -> None:
    admin = logged_in(world.admin)
    answer = admin.post("/settings/holidays/import/", upload("2027-01-01,休\n2027-99-01,休\nx,y\n".encode("gb18030")))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "2027-99-01" in page
    assert "x, y" in page
    assert not Holiday.objects.filter(day__year=2027).exists()
    answer = admin.post("/settings/holidays/import/", upload(GOOD.encode("gb18030")))
    assert (answer.status_code, answer.url) == (302, "/settings/holidays/?year=2027")
    assert Holiday.objects.filter(day__year=2027).count() == 4
    assert "元旦" in admin.get("/settings/holidays/?year=2027").content.decode()


def test_a_day_by_hand_moved_and_taken_away(world: World) -> None:
    admin = logged_in(world.admin)
    assert admin.get("/settings/holidays/set/?new=2027-01-01").status_code == 200
    sent = admin.post("/settings/holidays/set/", {"day": "2027-01-01", "kind": "off", "name": "元旦"})
    assert (sent.status_code, sent.url) == (302, "/settings/holidays/?year=2027")
    admin.post("/settings/holidays/set/?day=2027-01-01", {"day": "2027-01-02", "kind": "off", "name": "元旦"})
    row = Holiday.objects.get(day__year=2027)
    assert (row.day, row.name) == (date(2027, 1, 2), "元旦")
    assert admin.post("/settings/holidays/set/", {"day": "2027-02-30", "kind": "off"}).status_code == 422
    assert admin.post(f"/settings/holidays/{row.pk}/remove/").status_code == 302
    assert not Holiday.objects.filter(day__year=2027).exists()


def test_publishing_in_the_browser(world: World) -> None:
    set_holiday(day=NEW_YEAR, kind=DayKind.OFF, actor=world.admin, now=world.now)
    admin = logged_in(world.admin)
    assert "/settings/holidays/publish/" in admin.get("/settings/calendars/").content.decode()
    assert admin.get("/settings/holidays/publish/").status_code == 200
    assert admin.post("/settings/holidays/publish/").status_code == 302
    assert CalendarVersion.objects.filter(number=2).count() == 2


@pytest.mark.parametrize(("role", "status"), [(Role.DUTY_MANAGER, 200), (Role.MANAGER, 200), (Role.ENGINEER, 403)])
def test_a3_who_reads_and_nobody_of_them_changes(world: World, role: str, status: int) -> None:
    browser = logged_in(make_user(role))
    assert browser.get("/settings/holidays/").status_code == status
    assert browser.post("/settings/holidays/set/", {"day": "2027-01-01", "kind": "off"}).status_code == 403
    assert browser.post("/settings/holidays/import/", upload(GOOD.encode())).status_code == 403
    assert browser.post("/settings/holidays/publish/").status_code == 403
    assert not Holiday.objects.filter(day__year=2027).exists()


@pytest.mark.parametrize("query", ["year=99999", "year=x", "year=1999"])
def test_a_year_that_is_none_is_404(world: World, query: str) -> None:
    assert logged_in(world.admin).get(f"/settings/holidays/?{query}").status_code == 404
