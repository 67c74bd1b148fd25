"""Calendars as published versions, and the special days that they freeze."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.enums import Role
from contracts.domain import calendar_version
from contracts.domain.holiday import seed, set_holiday
from contracts.domain.holidays import announced_china
from contracts.domain.presets import load_presets
from contracts.domain.promise_version import compiled
from contracts.enums import DayKind
from contracts.models import CalendarVersion, Holiday
from contracts.queries.promise_version import in_force, newest_calendars
from core.errors import InputError
from core.models import Audit
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def preset(code: str) -> dict[str, Any]:
    calendars: Any = load_presets().document["calendars"]
    return dict(calendars[code])


def is_open(version_id: int, at: datetime) -> bool:
    row = CalendarVersion.objects.select_related("calendar").get(pk=version_id)
    return calendar_version.compile_text(row.calendar.code, row.document).work.is_open(at)


def test_stored_calendars_are_the_shipped_ones() -> None:
    for code, version_id in newest_calendars().items():
        row = CalendarVersion.objects.get(pk=version_id)
        stored = calendar_version.compile_text(code, row.document)
        shipped = load_presets().calendars[code]
        assert (stored.name, stored.work) == (shipped.name, shipped.work)


def test_holidays_are_seeded_once_as_announced() -> None:
    days = announced_china()
    kinds = dict(Holiday.objects.values_list("day", "kind"))
    assert kinds == dict.fromkeys(days.off, "off") | dict.fromkeys(days.work, "work")
    Holiday.objects.filter(day=date(2026, 10, 1)).delete()
    assert seed(actor=None, now=NOW) == 0, "a year that staff have edited stays as it is"


def test_published_version_freezes_the_special_days() -> None:
    before = newest_calendars()["office_cn"]
    assert is_open(before, NOON)
    set_holiday(day=MONDAY, kind=DayKind.OFF, name="公司庆典", actor=None, now=NOW)
    assert newest_calendars()["office_cn"] == before
    versions = calendar_version.publish_special_days(actor=None, now=NOW)
    assert sorted(version.calendar.code for version in versions) == ["office_5x8", "office_cn"]
    after = newest_calendars()["office_cn"]
    assert (is_open(before, NOON), is_open(after, NOON)) == (True, False)
    assert calendar_version.publish_special_days(actor=None, now=NOW + timedelta(days=1)) == []


def test_make_up_workday_opens_a_weekend() -> None:
    saturday = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
    assert not is_open(newest_calendars()["office_cn"], saturday)
    set_holiday(day=date(2026, 11, 28), kind=DayKind.WORK, actor=None, now=NOW)
    calendar_version.publish_special_days(actor=None, now=NOW)
    assert is_open(newest_calendars()["office_cn"], saturday)


def test_year_is_announced_by_its_first_of_january() -> None:
    row = CalendarVersion.objects.get(pk=newest_calendars()["office_cn"])
    years = json.loads(row.document)["public_days"]["years"]
    assert years == sorted(map(str, announced_china().years))
    assert "2027" not in years
    set_holiday(day=date(2027, 2, 6), kind=DayKind.OFF, actor=None, now=NOW)
    set_holiday(day=date(2027, 1, 1), kind=DayKind.OFF, actor=None, now=NOW)
    calendar_version.publish_special_days(actor=None, now=NOW)
    row = CalendarVersion.objects.get(pk=newest_calendars()["office_cn"])
    assert json.loads(row.document)["public_days"]["years"] == [*years, "2027"]


def test_set_holiday_is_audited_and_can_be_taken_back() -> None:
    admin = make_user(Role.ADMIN)
    for kind in (DayKind.OFF, DayKind.OFF, DayKind.WORK, None, None):
        set_holiday(day=MONDAY, kind=kind, actor=admin, now=NOW)
    assert not Holiday.objects.filter(day=MONDAY).exists()
    lines = Audit.objects.filter(action="holiday.set_holiday", actor=admin).order_by("pk")
    off, work = {"kind": "off", "name": ""}, {"kind": "work", "name": ""}
    assert [line.changes["day"] for line in lines] == [[None, off], [off, work], [work, None]]
    assert {line.subject for line in lines} == {"contracts.holiday:2026-11-23"}


def test_publish_counts_up_and_the_same_again_publishes_nothing() -> None:
    changed = preset("office_cn") | {"hours": {"mon-fri": ["10:00-16:00"]}, "standard_day": "6h"}
    version = calendar_version.publish(code="office_cn", document=changed, actor=None, now=NOW)
    again = calendar_version.publish(code="office_cn", document=changed, actor=None, now=NOW)
    assert (version.number, again.pk) == (2, version.pk)
    assert newest_calendars()["office_cn"] == version.pk


def test_same_promise_version_counts_by_the_calendar_version_of_its_ticket() -> None:
    old = newest_calendars()
    changed = preset("office_cn") | {"hours": {"mon-fri": ["10:00-16:00"]}, "standard_day": "6h"}
    calendar_version.publish(code="office_cn", document=changed, actor=None, now=NOW)
    promise = in_force("HB2D", NOW)
    assert promise is not None
    lengths = [
        [row.budget.seconds for row in compiled(promise.pk, calendars.values()).rows if row.budget.text == "2wd"]
        for calendars in (old, newest_calendars())
    ]
    assert lengths == [[18 * 3600], [12 * 3600]]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"hours": {"mon-fri": ["18:00"]}}, "hours"),
        ({"standard_day": "a while"}, "standard_day"),
        ({"holidays": "XX"}, "holidays"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
    ],
)
def test_calendar_that_cannot_be_used_is_refused(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as refusal:
        calendar_version.publish(code="office_cn", document=preset("office_cn") | changes, actor=None, now=NOW)
    assert (refusal.value.code, refusal.value.field) == ("document", "document")
    assert place in refusal.value.message
    assert CalendarVersion.objects.count() == 4
