"""S42: calendars as people write them: what is refused and where, drafts, months, versions, who may."""

import json
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from contracts.domain import calendar_draft, calendar_version
from contracts.domain.calendar_compare import differences
from contracts.domain.calendar_month import month_of
from contracts.domain.calendar_plan import FaultyCalendarError, Plan, document_of, plan_of
from contracts.domain.calendars import compile_calendar
from contracts.domain.vocabulary import read_zone
from contracts.models import CalendarDraft, CalendarVersion
from contracts.queries.promise_version import newest_calendar
from core.errors import InputError, RuleError, StaleError
from core.models import Audit
from core.worktime import WEEKDAYS, parse_hours
from tests.factories import logged_in, make_user
from tests.world import World, make_place
from tickets.models import Clock

ZONE = read_zone("Asia/Shanghai", "")
LUNCH = "09:00-12:00, 13:00-18:00"
WEEK = (LUNCH,) * 5 + ("",) * 2


def faults(**given: Any) -> list[tuple[str, str]]:
    with pytest.raises(FaultyCalendarError) as refused:
        document_of(Plan(**{"name": "客户甲", "hours": WEEK} | given))
    return [(fault.field, fault.message) for fault in refused.value.faults]


def week(monday: str) -> tuple[str, ...]:
    return (monday, *[""] * 6)


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"hours": ("",) * 7}, "mon", "No day has open hours"),
        ({"hours": week("09:00-12:00, 11:30-18:00")}, "mon", "09:00-12:00 and 11:30-18:00 overlap"),
        ({"hours": week("09:00-18:00,09:00-18:00")}, "mon", "overlap"),
        ({"hours": week("18:00-09:00")}, "mon", "18:00-09:00 ends before it starts"),
        ({"hours": week("22:00-06:00")}, "mon", "Hours through midnight are written on two days"),
        ({"hours": week("09:00-09:00")}, "mon", "ends before it starts"),
        ({"hours": week("9点到18点")}, "mon", "Please write hours like"),
        ({"hours": week("09:00-24:01")}, "mon", "Please write hours like"),
        ({"hours": week("09:60-18:00")}, "mon", "Please write hours like"),
        ({"name": "  "}, "name", "Please give the calendar a name"),
        ({"standard_day": "0"}, "standard_day", "hours of a working day"),
        ({"standard_day": "25"}, "standard_day", "hours of a working day"),
        ({"standard_day": "-8"}, "standard_day", "hours of a working day"),
        ({"standard_day": "NaN"}, "standard_day", "hours of a working day"),
        ({"standard_day": "acht"}, "standard_day", "hours of a working day"),
        ({"closures": "2026-12-24\n2026-02-30"}, "closures", "Line 2"),
        ({"closures": "2026-12-31 – 2026-12-24"}, "closures", "Line 1"),
        ({"closures": "2026-12-24 – 2030-12-24"}, "closures", "Line 1"),
        ({"make_up_workdays": True}, "make_up_workdays", "need the public holidays"),
    ],
)
def test_a_fault_is_told_at_its_field(given: dict[str, Any], field: str, words: str) -> None:
    with translation.override("en"):
        found = faults(**given)
    assert [name for name, _message in found] == [field]
    assert words in found[0][1]


def test_every_fault_is_named_at_once() -> None:
    assert [name for name, _ in faults(name="", hours=week("18:00-09:00"), standard_day="x", closures="bald")] == [
        "mon",
        "closures",
        "standard_day",
        "name",
    ]


# --- What is understood -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "09:00-12:00,13:00-18:00",
        "9:00–12:00、13:00～18:00",
        "13：00－18：00；09：00至12：00",
        " 09:00 - 12:00 , 13:00 -18:00 ",
    ],
)
def test_hours_as_people_type_them(text: str) -> None:
    assert document_of(Plan("甲", week(text)))["hours"] == {"mon": ["09:00-12:00", "13:00-18:00"]}


def test_a_calendar_in_the_shape_of_the_presets() -> None:
    plan = Plan("甲", WEEK, True, True, "7.5", "2026-12-24 – 2026-12-26\n2026-11-01")
    assert document_of(plan) == {
        "name": "甲",
        "hours": {"mon-fri": ["09:00-12:00", "13:00-18:00"]},
        "holidays": "CN",
        "make_up_workdays": True,
        "standard_day": "450m",
        "closures": ["2026-11-01", "2026-12-24", "2026-12-25", "2026-12-26"],
    }
    assert plan_of(document_of(plan)) == Plan("甲", WEEK, True, True, "7.5", "2026-11-01\n2026-12-24 – 2026-12-26")


def test_a_window_through_midnight_of_a_stored_calendar_is_shown_as_two() -> None:
    plan = plan_of({"name": "夜班", "hours": {"sun": ["22:00-06:00"]}})
    assert (plan.hours[6], plan.hours[0]) == ("22:00-24:00", "00:00-06:00")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(0, 48), max_size=6, unique=True), min_size=7, max_size=7))
def test_what_a_form_shows_is_what_is_stored(halves: list[list[int]]) -> None:
    """Plan to document and back, and the same open hours for the engine."""
    days = [sorted(day)[: len(day) // 2 * 2] for day in halves]
    texts = tuple(
        ", ".join(
            f"{a // 2:02d}:{a % 2 * 30:02d}-{b // 2:02d}:{b % 2 * 30:02d}"
            for a, b in zip(day[::2], day[1::2], strict=True)
        )
        for day in days
    )
    if not any(texts):
        return
    document = document_of(Plan("x", texts))
    assert plan_of(document).hours == texts
    expected = tuple(tuple((a * 30, b * 30) for a, b in zip(day[::2], day[1::2], strict=True)) for day in days)
    assert parse_hours(document["hours"]) == expected
    compile_calendar("x", document, ZONE, {})


# --- A month ----------------------------------------------------------------------------------------------------------


def test_a_month_says_why_each_day_is_as_it_is(presets: None) -> None:
    row = newest_calendar("office_5x8")
    assert row
    document = json.loads(row.document)["calendar"] | {"closures": ["2026-10-20"]}
    calendar = calendar_version.compile_text("x", calendar_version.stored_text(document))
    days = {day.day: day for week in month_of(calendar, 2026, 10, {date(2026, 10, 1): "国庆节"}) for day in week}
    first, make_up, closed, plain = (days[date(2026, 10, number)] for number in (1, 10, 20, 21))
    assert (first.kind, first.name, first.windows) == ("holiday", "国庆节", ())
    assert (make_up.kind, make_up.windows) == ("work", ("09:00-12:00", "13:00-18:00"))
    assert (closed.kind, closed.is_open) == ("closure", False)
    assert (plain.kind, plain.windows, plain.known) == ("", ("09:00-12:00", "13:00-18:00"), True)
    assert min(days) == date(2026, 9, 28)
    assert not month_of(calendar, 2031, 1, {})[2][0].known


# --- Drafts and versions ----------------------------------------------------------------------------------------------


def plan_now(code: str = "office_cn", **given: Any) -> Plan:
    row = newest_calendar(code)
    assert row
    stored = plan_of(calendar_draft.document_of_version(row))
    return Plan(**{**{name: getattr(stored, name) for name in stored.__dataclass_fields__}, **given})


def test_a_draft_is_kept_then_published_as_the_next_version(world: World) -> None:
    before = newest_calendar("office_cn")
    assert before
    plan = plan_now(hours=("10:00-16:00",) * 5 + ("", ""))
    draft = calendar_draft.save(code="office_cn", plan=plan, version=0, actor=world.admin, now=world.now)
    assert newest_calendar("office_cn") == before
    made = calendar_draft.publish(draft=draft, version=1, actor=world.admin, now=world.now)
    assert (made.number, made.published_by) == (before.number + 1, world.admin)
    assert CalendarDraft.objects.count() == 0
    found = differences(before.document, made.document)
    assert len(found) == 5
    assert {(one.old, one.new) for one in found} == {("09:00-18:00", "10:00-16:00")}
    actions = Audit.objects.filter(actor=world.admin).values_list("action", flat=True)
    assert set(actions) >= {"calendar_draft.save", "calendar_version.publish"}


def test_a_draft_that_says_nothing_new_is_not_published(world: World) -> None:
    draft = calendar_draft.save(code="office_cn", plan=plan_now(), version=0, actor=world.admin, now=world.now)
    with pytest.raises(RuleError) as refused:
        calendar_draft.publish(draft=draft, version=1, actor=world.admin, now=world.now)
    assert refused.value.code == "unchanged"
    assert CalendarDraft.objects.count() == 1


def test_the_second_to_save_or_publish_a_draft_is_told(world: World) -> None:
    given: dict[str, Any] = {"code": "office_cn", "actor": world.admin, "now": world.now}
    draft = calendar_draft.save(plan=plan_now(name="甲"), version=0, **given)
    calendar_draft.save(plan=plan_now(name="乙"), version=1, **given)
    for stale in (0, 1):
        with pytest.raises(StaleError):
            calendar_draft.save(plan=plan_now(name="丙"), version=stale, **given)
    with pytest.raises(StaleError):
        calendar_draft.publish(draft=draft, version=1, actor=world.admin, now=world.now)
    draft.refresh_from_db()
    assert (draft.version, calendar_draft.content_of(draft)["name"]) == (2, "乙")


def test_a_new_calendar_needs_a_free_code(world: World) -> None:
    plan = Plan("客户甲", WEEK)
    draft = calendar_draft.begin(code="customer_a", plan=plan, actor=world.admin, now=world.now)
    assert calendar_draft.publish(draft=draft, version=1, actor=world.admin, now=world.now).number == 1
    for code in ("customer_a", "office_cn"):
        with pytest.raises(InputError) as refused:
            calendar_draft.begin(code=code, plan=plan, actor=world.admin, now=world.now)
        assert refused.value.field == "code"


# --- Pages ------------------------------------------------------------------------------------------------------------

FORM = {"name": "工作日", "follows_holidays": "on", "make_up_workdays": "on", "standard_day": "9", "closures": ""}


def form(version: int = 0, **given: str) -> dict[str, str]:
    hours = dict.fromkeys(WEEKDAYS[:5], "10:00-16:00") | dict.fromkeys(WEEKDAYS[5:], "")
    return FORM | hours | {"version": str(version)} | given


def test_from_the_list_to_a_published_version_in_the_browser(world: World) -> None:
    place = make_place("C", "HB2D", world.now)
    ticket = world.report(place)
    admin = logged_in(world.admin)
    assert "工作日 09:00–18:00" in admin.get("/settings/calendars/").content.decode()
    assert admin.get("/settings/calendars/office_cn/edit/").status_code == 200
    sent = admin.post("/settings/calendars/office_cn/edit/", form())
    assert (sent.status_code, sent.url) == (302, "/settings/calendars/office_cn/publish/")
    page = admin.get("/settings/calendars/office_cn/publish/").content.decode()
    assert ticket.number in page
    before = Clock.objects.get(ticket=ticket, target="resolution").due_at
    assert admin.post("/settings/calendars/office_cn/publish/", {"version": "1"}).status_code == 302
    assert newest_calendar("office_cn").number == 2
    assert Clock.objects.get(ticket=ticket, target="resolution").due_at == before, "open tickets keep their version"
    detail = admin.get("/settings/calendars/office_cn/").content.decode()
    assert "/settings/reapply/new/?calendar=office_cn" in detail
    assert admin.get("/settings/calendars/office_cn/compare/?old=1&new=2").status_code == 200


def test_wrong_hours_come_back_with_what_was_typed(world: World) -> None:
    admin = logged_in(world.admin)
    answer = admin.post("/settings/calendars/office_cn/edit/", form(mon="18:00-09:00"))
    assert answer.status_code == 422
    assert 'value="18:00-09:00"' in answer.content.decode()
    assert CalendarDraft.objects.count() == 0


def test_a_stale_form_shows_both_and_changes_nothing(world: World) -> None:
    admin = logged_in(world.admin)
    admin.post("/settings/calendars/office_cn/edit/", form(name="甲"))
    answer = admin.post("/settings/calendars/office_cn/edit/", form(version=0, name="乙"))
    assert answer.status_code == 409
    assert "甲" in answer.content.decode()
    assert 'value="乙"' in answer.content.decode()
    assert calendar_draft.content_of(CalendarDraft.objects.get())["name"] == "甲"
    assert admin.post("/settings/calendars/office_cn/publish/", {"version": "9"}).status_code == 409
    assert CalendarVersion.objects.filter(calendar__code="office_cn").count() == 1


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ADMIN, 200), (Role.MANAGER, 200), (Role.DUTY_MANAGER, 200), (Role.AGENT, 403)]
)
def test_a3_who_reads_and_only_administrators_change(world: World, role: str, status: int) -> None:
    browser = logged_in(make_user(role))
    for path in ("", "office_cn/", "office_cn/compare/"):
        assert browser.get(f"/settings/calendars/{path}").status_code == status
    may = role == Role.ADMIN
    assert browser.get("/settings/calendars/office_cn/edit/").status_code == (200 if may else 403)
    assert browser.post("/settings/calendars/office_cn/edit/", form()).status_code == (302 if may else 403)
    assert CalendarDraft.objects.exists() is may


@pytest.mark.parametrize("path", ["nothing/", "office_cn/?version=99", "office_cn/?month=2026-13", "nothing/edit/"])
def test_what_does_not_exist_is_404(world: World, path: str) -> None:
    assert logged_in(world.admin).get(f"/settings/calendars/{path}").status_code == 404


@pytest.mark.parametrize("count", [5, 50])
def test_b8_the_list_costs_the_same_statements(world: World, count: int, django_assert_max_num_queries: Any) -> None:
    for number in range(count):
        calendar_version.publish(
            code=f"c{number}", document=document_of(Plan(f"甲{number}", WEEK)), actor=world.admin, now=world.now
        )
    browser = logged_in(world.manager)
    browser.get("/settings/calendars/")
    with django_assert_max_num_queries(12):
        assert f"甲{count - 1}" in browser.get("/settings/calendars/").content.decode()


def test_a_coming_year_without_holidays_is_told_on_the_pages(world: World) -> None:
    browser = logged_in(world.duty_manager)
    for path in ("/settings/calendars/", "/settings/calendars/office_cn/", "/settings/holidays/?year=2027"):
        assert "2027" in browser.get(path).content.decode()
