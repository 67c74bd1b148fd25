"""The figures equal plain SQL and the length of the lists that they open."""

from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.enums import Role
from core import clock
from reports.forms.dashboard import DashboardForm
from reports.queries import compliance, figures
from reports.queries.compliance import Kept
from reports.queries.selection import Selection
from reports.views.drill import Drill
from reports.views.panels import parameters_of
from tests.factories import logged_in, make_user
from tests.reports.kinds import Story, make_kinds
from tests.world import World, make_place
from tickets.models import Ticket
from tickets.tables import BY_KEY, about_to_breach, tickets_in

OFFICE = ZoneInfo("Asia/Shanghai")
# A plain count, written without any function of the product: tickets by target, scope and what became of the clock.
PLAIN = """
select c.target,
       case when c.state = 'met' then 'met' when c.state in ('met_late', 'breached') then 'late' else 'open' end,
       count(distinct t.id)
  from tickets_ticket t
  join tickets_clock c on c.ticket_id = t.id
  join contracts_promiseversion v on v.id = c.promise_version_id
  join contracts_promiseset s on s.id = v.promise_set_id
 where t.kind not in ('training', 'repair')
   and c.state in ('met', 'met_late', 'breached', 'running', 'paused')
   and (c.round = t.round or s.code in ('COMPLAINT', 'PAPERS'))
   and t.reported_at >= %s and t.reported_at < %s
 group by 1, 2
"""


@pytest.fixture
def kinds(world: World) -> dict[str, Story]:
    return make_kinds(world)


def weeks(world: World, days: int = 55, **facts: Any) -> Selection:
    today = world.now.astimezone(OFFICE).date()
    return Selection(first=today - timedelta(days=days), last=today, zone=OFFICE, **facts)


def plain(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


class _Rows(HTMLParser):
    """How many rows a list page shows."""

    found = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += tag == "tr" and "data-row" in dict(attributes)


def length(client: Client, url: str) -> int:
    rows = _Rows()
    answer = client.get(url)
    assert answer.status_code == 200
    rows.feed(answer.content.decode())
    return rows.found


def test_compliance_equals_plain_sql(world: World, kinds: dict[str, Story]) -> None:
    selection = weeks(world)
    found = {one.target: one.now for one in compliance.compliance(world.manager, selection)}
    counted: dict[str, dict[str, int]] = {}
    for target, told, n in plain(PLAIN, selection.start, selection.end):
        counted.setdefault(target, {})[told] = n
    assert found == {target: Kept(**told) for target, told in counted.items()}
    assert found["first_contact"].late == 4  # two answered late, one never, one merged when late
    assert sum(kept.n for kept in found.values()) > 10


def test_every_compliance_is_as_long_as_its_lists(world: World, kinds: dict[str, Story]) -> None:
    manager = logged_in(world.manager)
    selection = weeks(world)
    drill = Drill(selection)
    for promise in compliance.compliance(world.manager, selection):
        for outcome in ("met", "late", "open"):
            url = drill.every(target=promise.target, outcome=outcome)
            assert length(manager, url) == getattr(promise.now, outcome), url


def test_narrowed_figures_are_as_long_as_their_lists(world: World, kinds: dict[str, Story]) -> None:
    manager = logged_in(world.manager)
    narrow = ({"customer": world.a.customer.pk}, {"severity": 1}, {"assignee": world.engineer.pk}, {"kind": "fault"})
    seen = 0
    for facts in narrow:
        selection = weeks(world, days=7, **facts)
        for promise in compliance.compliance(world.manager, selection):
            url = Drill(selection).every(target=promise.target, outcome="met")
            assert length(manager, url) == promise.now.met, url
            seen += promise.now.met
    assert seen > 5


def test_the_period_before_is_counted_apart(world: World) -> None:
    Story(world, world.now - timedelta(days=1), answered=True)
    Story(world, world.now - timedelta(days=9), answered=True)
    Story(world, world.now - timedelta(days=30), answered=True)
    found = {one.target: one for one in compliance.compliance(world.manager, weeks(world, days=6))}
    assert (found["first_contact"].now, found["first_contact"].before) == (Kept(1, 0, 0), Kept(1, 0, 0))
    assert found["first_contact"].change is None


def test_a_reopened_ticket_counts_in_its_present_round_only(world: World) -> None:
    story = Story(world, world.now - timedelta(days=1), answered=True).resolve(30)
    before = {one.target: one.now for one in compliance.compliance(world.manager, weeks(world))}
    from tickets.domain import resolution

    story.after(60, resolution.reopen, reason="仍有异响")
    after = {one.target: one.now for one in compliance.compliance(world.manager, weeks(world))}
    assert before["resolution"] == Kept(1, 0, 0)
    assert (after["resolution"].met, after["resolution"].n + after["resolution"].open) == (0, 1)


def test_a_small_sample_has_no_percentage_and_the_lack_is_counted_in_tickets() -> None:
    assert (Kept(4, 0).share, Kept(4, 1).share, Kept(5, 0, 9).share) == (None, 0.8, 1.0)
    assert [Kept(90, 10).lacking, Kept(95, 5).lacking, Kept(19, 1).lacking, Kept(18, 2).lacking] == [5, 0, 0, 1]


def test_house_deadlines_stand_under_their_own_heading(world: World, kinds: dict[str, Story]) -> None:
    found = compliance.compliance(world.manager, weeks(world))
    plain_sql = """
        select c.target, bool_or(s.scope = 'contract') from tickets_clock c
          join contracts_promiseversion v on v.id = c.promise_version_id
          join contracts_promiseset s on s.id = v.promise_set_id group by 1"""
    promised = dict(plain(plain_sql))
    assert {one.target: not one.is_house for one in found} == {one.target: promised[one.target] for one in found}
    assert any(one.is_house for one in found)
    assert not any(one.is_house for one in compliance.leading(found))


def test_a_target_of_no_contract_counts_from_the_house(world: World) -> None:
    from tickets.domain import progress

    story = Story(world, world.now - timedelta(hours=1), answered=True)
    story.after(5, progress.record_progress, kind="urgent_visit_requested")
    found = {one.target: one for one in compliance.compliance(world.manager, weeks(world))}
    sets = dict(plain("select target, set_code from tickets_clock where ticket_id = %s", story.ticket.pk))
    assert {target: code in ("HOTLINE", "COMPLAINT", "PAPERS") for target, code in sets.items()} == {
        target: found[target].is_house for target in sets
    }


def test_the_trend_adds_up_to_the_period(world: World, kinds: dict[str, Story]) -> None:
    selection = weeks(world)
    found = compliance.trend(world.manager, selection)
    whole = {one.target: one.now for one in compliance.compliance(world.manager, selection)}
    for target, kept in whole.items():
        parts = [week.of(target) for week in found]
        assert (sum(p.met for p in parts), sum(p.late for p in parts)) == (kept.met, kept.late)
    assert (found[0].first, found[-1].last) == (selection.first, selection.last)
    assert all(week.first.weekday() == 0 for week in found[1:])
    manager = logged_in(world.manager)
    for week in found[-3:]:
        for target in week.kept:
            url = Drill(selection).every(week.first, week.last, target=target, outcome="late")
            assert length(manager, url) == week.of(target).late


def test_the_backlog_by_age(world: World) -> None:
    for days in (0, 1, 2, 2, 3, 6, 7, 40):
        Story(world, world.now - timedelta(days=days), answered=True)
    selection = weeks(world)
    found = figures.backlog(world.manager, selection, world.now)
    assert [age.count for age in found] == [1, 3, 2, 2]
    manager = logged_in(world.manager)
    assert [length(manager, Drill(selection).age(age.first, age.last)) for age in found] == [1, 3, 2, 2]


def test_the_bounds_of_a_day_are_those_of_the_viewer(world: World) -> None:
    """23:59 and 00:01 in Shanghai lie on two days, there and in the list."""
    midnight = Selection(date(2026, 11, 20), date(2026, 11, 20), OFFICE)
    Story(world, midnight.start - timedelta(minutes=1), answered=True)
    Story(world, midnight.start, answered=True)
    Story(world, midnight.end - timedelta(minutes=1), answered=True)
    Story(world, midnight.end, answered=True)
    found = {one.target: one for one in compliance.compliance(world.manager, midnight)}
    assert (found["first_contact"].now.met, found["first_contact"].before.met) == (2, 1)
    assert length(logged_in(world.manager), Drill(midnight).every()) == 2


def test_what_is_open_now_equals_the_views_of_the_queue(world: World, kinds: dict[str, Story]) -> None:
    now = world.now + timedelta(minutes=2)
    with clock.frozen(now):
        found = figures.open_now(world.manager, weeks(world), now)
        lists = {key: tickets_in(BY_KEY[key], world.manager, now).count() for key in ("all", "overdue", "critical")}
        assert (found.open, found.overdue, found.at_risk) == (lists["all"], lists["overdue"], lists["critical"])
        assert found.unassigned == tickets_in(BY_KEY["unassigned"], world.manager, now).count()
        assert length(logged_in(world.manager), Drill(weeks(world)).open("overdue")) == found.overdue
    assert found.at_risk >= 1
    assert (
        found.oldest
        == Ticket.objects.filter(state__in=["new", "accepted", "in_progress", "waiting_customer"])
        .order_by("reported_at")
        .values_list("reported_at", flat=True)
        .first()
    )


def test_about_to_breach_is_the_condition_of_the_queue(world: World) -> None:
    assert figures.about_to_breach_at(world.now) == about_to_breach(world.manager, world.now)


def test_the_forecast_counts_what_nobody_has_and_is_due_today(world: World) -> None:
    Story(world, world.now, answered=True)
    Story(world, world.now, answered=True, assignee=world.agent)
    found = figures.open_now(world.manager, weeks(world), world.now)
    midnight = weeks(world).end
    sql = "select count(*) from tickets_ticket where assignee_id is null and clock_rank = 1 and next_due_at < %s"
    assert found.forecast == plain(sql, midnight)[0][0]


def test_reasons_of_delay(world: World, kinds: dict[str, Story]) -> None:
    selection = weeks(world)
    found = figures.breach_reasons(world.manager, selection)
    sql = """
        select c.breach_reason, count(distinct t.id) from tickets_ticket t join tickets_clock c on c.ticket_id = t.id
         where c.state in ('met_late', 'breached') and c.round = t.round and t.kind <> 'repair'
           and t.reported_at >= %s and t.reported_at < %s group by 1"""
    assert {one.code: one.count for one in found} == dict(plain(sql, selection.start, selection.end))
    assert [one.count for one in found] == sorted([one.count for one in found], reverse=True)
    assert found[-1].share_so_far == 1
    manager = logged_in(world.manager)
    for one in found:
        if one.code:
            assert length(manager, Drill(selection).every(outcome="late", breach_reason=one.code)) == one.count
    assert {"workload", "travel"} <= {one.code for one in found}


def test_solved_at_once(world: World, kinds: dict[str, Story]) -> None:
    selection = weeks(world)
    now, before = figures.first_fix(world.manager, selection)
    assert (now.resolved, now.closed, now.at_once) == (3, 1, 3)  # all solved but "visited"; "reopened" is open again
    assert (before.n, before.at_once) == (1, 1)
    manager = logged_in(world.manager)
    assert length(manager, Drill(selection).every(state="resolved")) == 3
    assert length(manager, Drill(selection).every(state="closed")) == 1


def test_satisfaction_is_of_the_period_and_what_is_visible(world: World, kinds: dict[str, Story]) -> None:
    found = figures.satisfaction(world.manager, weeks(world))
    assert (found.count, found.low, found.satisfied) == (3, 1, 2 / 3)
    assert figures.satisfaction(world.manager, weeks(world, days=0)).count == 0
    assert figures.satisfaction(make_user(Role.ENGINEER), weeks(world)).count == 0
    assert [one.ticket_id for one in figures.low_ratings(world.manager, weeks(world))] == [
        kinds["late answer"].ticket.pk
    ]


@pytest.mark.parametrize("by", figures.GROUPS)
def test_the_matrix_adds_up_and_opens_its_lists(world: World, kinds: dict[str, Story], by: str) -> None:
    selection = weeks(world)
    groups = figures.matrix(world.manager, selection, by)
    whole = {one.target: one.now for one in compliance.compliance(world.manager, selection)}
    assert sum(group.tickets for group in groups) == length(logged_in(world.manager), Drill(selection).every())
    for target, kept in whole.items():
        assert sum(group.kept.get(target, Kept()).met for group in groups) == kept.met
        assert sum(group.kept.get(target, Kept()).late for group in groups) == kept.late
    manager = logged_in(world.manager)
    for group in groups:
        more = parameters_of(by, group)
        if more is not None:
            assert length(manager, Drill(selection).every(**more)) == group.tickets
            for target, kept in group.kept.items():
                url = Drill(selection).every(target=target, outcome="late", **more)
                assert length(manager, url) == kept.late, url


def test_a12_figures_do_not_count_what_one_may_not_see(world: World, kinds: dict[str, Story]) -> None:
    engineer, other = world.engineer, make_user(Role.PARTNER, name="外协")
    before = compliance.compliance(engineer, weeks(world)), figures.open_now(engineer, weeks(world), world.now)
    for n in range(20):
        Story(world, world.now - timedelta(hours=n), world.b, answered=True)
    after = compliance.compliance(engineer, weeks(world)), figures.open_now(engineer, weeks(world), world.now)
    assert before == after
    assert before[1].open == 1
    assert compliance.compliance(other, weeks(world)) == []
    contact = compliance.compliance(world.a.user, weeks(world))
    assert sum(one.now.n for one in contact) < sum(
        one.now.n for one in compliance.compliance(world.manager, weeks(world))
    )


def test_statements_do_not_grow(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    selection = weeks(world)

    def read() -> None:
        compliance.compliance(world.manager, selection)
        compliance.trend(world.manager, selection)
        figures.backlog(world.manager, selection, world.now)
        figures.breach_reasons(world.manager, selection)
        figures.first_fix(world.manager, selection)
        figures.matrix(world.manager, selection, "customer")

    assert world.manager.role_codes
    for n in range(5):
        Story(world, world.now - timedelta(hours=n), answered=True)
    with django_assert_num_queries(7):
        read()
    for place in (world.b, make_place("D", "HB2D", world.now)):
        for n in range(22):
            Story(world, world.now - timedelta(hours=n), place, answered=True)
    with django_assert_num_queries(7):
        read()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("", date(2026, 9, 29), date(2026, 11, 23)),
        ("period=4w", date(2026, 10, 27), date(2026, 11, 23)),
        ("period=month", date(2026, 11, 1), date(2026, 11, 23)),
        ("period=last-month", date(2026, 10, 1), date(2026, 10, 31)),
        ("period=own&first=2026-11-02&last=2026-11-05", date(2026, 11, 2), date(2026, 11, 5)),
        ("period=own&first=2026-11-05&last=2026-11-02", date(2026, 9, 29), date(2026, 11, 23)),
        ("period=own&first=2020-11-05&last=2026-11-02", date(2026, 9, 29), date(2026, 11, 23)),
        ("period=own&first=x", date(2026, 9, 29), date(2026, 11, 23)),
        ("period=own", date(2026, 9, 29), date(2026, 11, 23)),
        ("period=nonsense&severity=9&kind=repair&assignee=-1", date(2026, 9, 29), date(2026, 11, 23)),
    ],
)
def test_the_period(world: World, asked: str, first: date, last: date) -> None:
    from django.http import QueryDict

    form = DashboardForm(QueryDict(asked), now=world.now, zone=OFFICE)
    assert (form.selection.first, form.selection.last) == (first, last)
    assert form.selection.facts == {}
    assert dict(form.query.items()).keys() <= set(DashboardForm.NAMES)
    assert urlsplit(Drill(form.selection).every()).query == urlencode(
        {"view": "every", "reported_from": first, "reported_to": last}
    )
