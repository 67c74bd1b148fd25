"""Obligations: at least so much in each stretch of the term; pace, misses told once (K1)."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import Role
from contracts.domain import obligation as obligations
from contracts.domain import quota as quotas
from contracts.domain.obligation import Owed, owed_by
from contracts.domain.obligation_missed import find_missed
from contracts.domain.pace import standing, standings
from contracts.domain.periods import Period, months_later, periods
from contracts.enums import Pace, Per
from contracts.models import Contract, Obligation, ObligationDone, ObligationMiss
from core.errors import InputError, RuleError
from core.models import Audit, Notification, Outbox
from tests.customers.pages import errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.races.conftest import shared_world  # noqa: F401
from tests.races.together import together
from tests.world import World

URL = "/obligations/"


def make(world: World, **given: Any) -> Obligation:
    facts = {"contract": world.a.line.contract, "kind": "visit", "times": 5, "per": "year"}
    return obligations.create(**facts | {"actor": world.manager, "now": world.now} | given)


def done(world: World, obligation: Obligation, day: date, key: str = "") -> ObligationDone:
    fresh = Obligation.objects.get(pk=obligation.pk)
    return obligations.record_done(
        obligation=fresh, key=key or f"t:{day}", done_on=day, what="巡检", actor=world.manager, now=world.now
    )


# --- Periods (pure) ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "times", "per", "expected"),
    [
        (
            "2026-01-01",
            "2027-12-31",
            5,
            Per.YEAR,
            [("2026-01-01", "2026-12-31", 5), ("2027-01-01", "2027-12-31", 5)],
        ),
        ("2026-01-01", "2027-06-30", 5, Per.YEAR, [("2026-01-01", "2026-12-31", 5), ("2027-01-01", "2027-06-30", 2)]),
        (
            "2026-01-31",
            "2026-08-30",
            1,
            Per.QUARTER,
            [("2026-01-31", "2026-04-29", 1), ("2026-04-30", "2026-07-30", 1), ("2026-07-31", "2026-08-30", 0)],
        ),
        ("2024-02-29", "2025-02-27", 3, Per.YEAR, [("2024-02-29", "2025-02-27", 3)]),
        ("2026-01-01", "2026-05-31", 9, Per.TERM, [("2026-01-01", "2026-05-31", 9)]),
        ("2026-05-05", "2026-05-05", 2, Per.MONTH, [("2026-05-05", "2026-05-05", 0)]),
    ],
)
def test_a_term_falls_into_periods(first: str, last: str, times: int, per: Per, expected: list[Any]) -> None:
    found = list(periods(date.fromisoformat(first), date.fromisoformat(last), times, per))
    assert found == [Period(date.fromisoformat(a), date.fromisoformat(b), owed) for a, b, owed in expected]


@given(
    first=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    days=st.integers(0, 3000),
    times=st.integers(1, 60),
    per=st.sampled_from([Per.MONTH, Per.QUARTER, Per.YEAR]),
)
def test_periods_tile_the_term_and_pieces_are_due_in_them(first: date, days: int, times: int, per: Per) -> None:
    last = first + timedelta(days=days)
    found = list(periods(first, last, times, per))
    assert (found[0].first, found[-1].last) == (first, last)
    assert all(b.first == a.last + timedelta(days=1) for a, b in zip(found, found[1:], strict=False))
    assert all(one.owed == times for one in found[:-1])
    assert 0 <= found[-1].owed <= times
    for one in found:
        due = [one.due(piece) for piece in range(1, one.owed + 1)]
        assert due == sorted(due)
        assert not due or (one.first <= due[0] and due[-1] == one.last)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-11-30", 14, "2028-01-30")],
)
def test_months_later_is_clamped_to_the_month(day: str, months: int, expected: str) -> None:
    assert months_later(date.fromisoformat(day), months).isoformat() == expected


# --- From the promise set ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (
            {"inspection": "quarterly", "report": "quarterly"},
            [Owed("inspection", 1, "quarter"), Owed("report", 1, "quarter")],
        ),
        ({"visits_per_year": 5}, [Owed("visit", 5, "year")]),
        (
            {"inspection": "yearly", "resident_engineers": 3, "resident_years": 3},
            [Owed("inspection", 1, "year"), Owed("resident", 3, "year", 3)],
        ),
        ({"cakes_per_year": 5, "visits_per_year": True, "inspection": "often", "resident_engineers": "3"}, []),
        ({}, []),
    ],
)
def test_the_words_of_a_promise_set(terms: dict[str, Any], expected: list[Owed]) -> None:
    assert owed_by(terms) == expected


def test_lines_under_one_set_owe_once(world: World) -> None:
    Obligation.objects.all().delete()
    line = world.a.line
    made = obligations.adopt(line, world.manager, world.now)
    assert [(one.kind, one.times, one.per, one.source, one.customer_id) for one in made] == [
        ("inspection", 1, "quarter", "HW12", line.customer_id),
        ("report", 1, "quarter", "HW12", line.customer_id),
    ]
    assert obligations.adopt(line, world.manager, world.now) == []
    assert Obligation.objects.filter(contract=line.contract).count() == 2


# --- Done -------------------------------------------------------------------------------------------------------------


def test_k1_what_is_done_counts_once_a_key(world: World) -> None:
    visit = make(world)
    first = done(world, visit, date(2026, 3, 1), "sheet:1")
    audited = Audit.objects.count()
    again = done(world, visit, date(2026, 4, 1), "sheet:1")
    assert (again.pk, again.done_on, Audit.objects.count()) == (first.pk, date(2026, 3, 1), audited)


def test_k1_eight_threads_record_one_sheet_once(shared_world: World) -> None:  # noqa: F811
    visit = make(shared_world)
    found = together([partial(done, shared_world, visit, date(2026, 3, 1), "sheet:1")] * 8)
    assert {one.pk for one in found} == {ObligationDone.objects.get().pk}


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2026, 11, 24), "future"), (date(2025, 12, 31), "term"), (date(2028, 1, 1), "future")],
)
def test_days_that_cannot_count_are_refused(world: World, day: date, code: str) -> None:
    visit = make(world)
    with pytest.raises(InputError) as refusal:
        done(world, visit, day)
    assert (refusal.value.code, refusal.value.field, ObligationDone.objects.count()) == (code, "done_on", 0)


def test_nothing_counts_before_the_signature(world: World) -> None:
    visit = make(world)
    Contract.objects.filter(pk=visit.contract_id).update(state="review")
    with pytest.raises(RuleError) as refusal:
        done(world, visit, date(2026, 3, 1))
    assert refusal.value.code == "unsigned"


def test_an_entry_by_mistake_is_taken_back_once_with_a_reason(world: World) -> None:
    visit = make(world)
    entry = done(world, visit, date(2026, 3, 1))
    take_back = partial(obligations.withdraw, done=entry, actor=world.manager, now=world.now)
    with pytest.raises(InputError):
        take_back(reason="  ")
    take_back(reason="登记错误")
    with pytest.raises(RuleError) as refusal:
        take_back(reason="再次")
    assert (refusal.value.code, ObligationDone.objects.get().withdrawn_why) == ("withdrawn", "登记错误")
    assert standings([visit], date(2026, 11, 23))[0].done == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"times": 0}, "times"),
        ({"times": -1}, "times"),
        ({"times": 367}, "times"),
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"starts_on": date(2028, 1, 1), "ends_on": date(2028, 2, 1)}, "starts_on"),
        ({"kind": "cake"}, "kind"),
        ({"per": "day"}, "per"),
        ({"what": "长" * 121}, "what"),
    ],
)
def test_k1_obligations_that_make_no_sense_are_refused(world: World, wrong: dict[str, Any], field: str) -> None:
    before = (Obligation.objects.count(), Audit.objects.count())
    with pytest.raises(InputError) as refusal:
        make(world, **wrong)
    assert refusal.value.field == field
    assert (Obligation.objects.count(), Audit.objects.count()) == before


# --- Pace -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "done_on", "pace", "due_on"),
    [
        ("2025-12-31", [], Pace.COMING, "2026-03-14"),
        ("2026-01-01", [], Pace.ON_PACE, "2026-03-14"),
        ("2026-02-24", [], Pace.SOON, "2026-03-14"),
        ("2026-03-14", [], Pace.SOON, "2026-03-14"),
        ("2026-03-15", [], Pace.BEHIND, "2026-03-14"),
        ("2026-03-15", ["2026-01-05"], Pace.ON_PACE, "2026-05-26"),
        ("2026-12-31", ["2026-01-05"] * 4, Pace.SOON, "2026-12-31"),
        ("2026-12-31", ["2026-01-05"] * 5, Pace.DONE, None),
        ("2026-12-31", ["2026-01-05"] * 7, Pace.DONE, None),
        ("2027-01-01", ["2026-01-05"] * 5, Pace.ON_PACE, "2027-03-14"),
        ("2028-01-01", ["2027-01-05"] * 5, Pace.ENDED, None),
    ],
)
def test_the_pace_of_five_visits_a_year(day: str, done_on: list[str], pace: Pace, due_on: str | None) -> None:
    contract = Contract(starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))
    visit = Obligation(contract=contract, kind="visit", times=5, per="year")
    found = standing(visit, [date.fromisoformat(one) for one in done_on], date.fromisoformat(day))
    assert (found.pace, found.due_on and found.due_on.isoformat()) == (pace, due_on)


# --- Missed -----------------------------------------------------------------------------------------------------------


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def test_a_missed_period_is_told_once_to_who_answers(world: World) -> None:
    Obligation.objects.all().delete()
    owner = make_user(Role.SERVICE_MANAGER, name="项目经理")
    Contract.objects.filter(pk=world.a.line.contract_id).update(owner=owner)
    inspection = make(world, kind="inspection", times=1, per="quarter")
    assert find_missed(at(date(2026, 12, 31)), URL) == 0
    assert find_missed(at(date(2027, 1, 1)), URL) == 1
    assert find_missed(at(date(2027, 1, 1)), URL) == 0
    miss = ObligationMiss.objects.get()
    assert (miss.first, miss.last, miss.owed, miss.done) == (date(2026, 10, 1), date(2026, 12, 31), 1, 0)
    told = Notification.objects.filter(kind="obligation.missed")
    assert sorted(told.values_list("user__name", flat=True)) == ["部门经理", "项目经理"]
    assert all(line.text.startswith("HT-A") and "2026-12-31" in line.text for line in told)
    assert Outbox.objects.filter(kind="notice").count() == 2
    assert standings([inspection], date(2027, 1, 1))[0].pace == Pace.MISSED


def test_enough_and_more_than_enough_is_no_miss(world: World) -> None:
    Obligation.objects.all().delete()
    inspection = make(world, kind="inspection", times=1, per="quarter")
    for key in ("a", "b"):
        done(world, inspection, date(2026, 10, 5), key)
    assert find_missed(at(date(2027, 1, 1)), URL) == 0


def test_periods_from_before_the_registration_are_nobodys_miss(world: World) -> None:
    Obligation.objects.all().delete()
    make(world, kind="inspection", times=1, per="quarter")
    find_missed(at(date(2027, 4, 1)), URL)
    assert list(ObligationMiss.objects.order_by("first").values_list("first", flat=True)) == [
        date(2026, 10, 1),
        date(2027, 1, 1),
    ]


def test_drafts_and_what_is_no_longer_owed_are_not_missed(world: World) -> None:
    Obligation.objects.all().delete()
    inspection = make(world, kind="inspection", times=1, per="quarter")
    obligations.change(obligation=inspection, is_active=False, actor=world.manager, now=world.now)
    assert find_missed(at(date(2027, 1, 1)), URL) == 0
    obligations.change(obligation=inspection, is_active=True, actor=world.manager, now=world.now)
    Contract.objects.filter(pk=inspection.contract_id).update(state="draft")
    assert find_missed(at(date(2027, 1, 1)), URL) == 0


def test_a_settled_miss_is_listed_no_more(world: World) -> None:
    Obligation.objects.all().delete()
    inspection = make(world, kind="inspection", times=1, per="quarter")
    find_missed(at(date(2027, 1, 1)), URL)
    miss = ObligationMiss.objects.get()
    obligations.settle(miss=miss, reason="客户同意并入一月巡检", actor=world.manager, now=world.now)
    with pytest.raises(RuleError) as refusal:
        obligations.settle(miss=miss, reason="再次", actor=world.manager, now=world.now)
    assert refusal.value.code == "settled"
    assert standings([inspection], date(2027, 1, 1))[0].pace == Pace.ON_PACE
    assert find_missed(at(date(2027, 1, 2)), URL) == 0


def test_four_workers_find_a_miss_once(shared_world: World) -> None:  # noqa: F811
    Obligation.objects.all().delete()
    make(shared_world, kind="inspection", times=1, per="quarter")
    found = together([partial(find_missed, at(date(2027, 1, 1)), URL)] * 4)
    assert (sum(found), ObligationMiss.objects.count()) == (1, 1)


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(world: World) -> Client:
    return logged_in(world.manager, headers={"Accept-Language": "en"})


def test_the_due_list_shows_the_late_first_and_costs_the_same_for_many(world: World, manager: Client) -> None:
    for _ in range(5):
        make(world, what="走访")
    _, few = statements(manager, URL)
    for number in range(45):
        make(world, kind="other", times=1, per="term", what=f"项目 {number}")
    response, many = statements(manager, URL)
    assert (few, many <= 12) == (many, True)
    late = manager.get(f"{URL}?view=late")
    kinds = {row["obligation"].kind for row in late.context["rows"]}
    assert kinds == {"visit"}
    assert response.context["rows"][0]["obligation"].kind == "visit"


def test_something_done_is_recorded_on_the_page_once(world: World, manager: Client) -> None:
    visit = make(world)
    given = {"done_on": "2026-11-20", "what": "第一次走访", "idempotency_key": "k1"}
    for _ in range(2):
        response = manager.post(f"{URL}{visit.pk}/done/", given)
        assert (response.status_code, response.headers["Location"]) == (302, f"{URL}{visit.pk}/")
    assert ObligationDone.objects.filter(obligation=visit).count() == 1
    assert "第一次走访" in text_of(manager.get(f"{URL}{visit.pk}/"))
    wrong = manager.post(f"{URL}{visit.pk}/done/", {"done_on": "2026-11-30", "what": "x"})
    assert (wrong.status_code, list(errors_of(wrong))) == (422, ["done_on"])


def test_an_obligation_is_made_and_changed_and_a_stale_form_is_not(world: World, manager: Client) -> None:
    contract = world.a.line.contract
    made = manager.post(f"{URL}contracts/{contract.pk}/new/", {"kind": "training", "times": "2", "per": "year"})
    row = Obligation.objects.get(kind="training")
    assert (made.status_code, made.headers["Location"]) == (302, f"{URL}{row.pk}/")
    version = version_in(manager.get(f"{URL}{row.pk}/change/"))
    given = {"times": "3", "per": "year", "is_active": "on", "version": version}
    assert manager.post(f"{URL}{row.pk}/change/", given).status_code == 302
    stale = manager.post(f"{URL}{row.pk}/change/", given | {"times": "9"})
    row.refresh_from_db()
    assert (stale.status_code, row.times) == (409, 3)


def test_who_may_what_with_obligations(world: World) -> None:
    visit = make(world)
    entry = done(world, visit, date(2026, 3, 1))
    url = f"{URL}{visit.pk}/"
    expected = {
        Role.MANAGER: (200, 200, 200),
        Role.SERVICE_MANAGER: (200, 200, 200),
        Role.DUTY_MANAGER: (200, 200, 403),
        Role.AGENT: (200, 403, 403),
        Role.ENGINEER: (404, 403, 403),
        Role.CONTACT_ADMIN: (403, 403, 403),
    }
    for role, statuses in expected.items():
        client = logged_in(make_user(role))
        paths = (url, f"{url}done/", f"{URL}done/{entry.pk}/withdraw/")
        assert tuple(client.get(path).status_code for path in paths) == statuses, role


def test_the_portal_tells_customers_what_is_included(world: World) -> None:
    visit = make(world, what="走访")
    done(world, visit, date(2026, 3, 1))
    quotas.grant(contract=visit.contract, kind="training", granted=7, actor=world.manager, now=world.now)
    pages = [logged_in(place.user).get("/portal/contracts/").content.decode() for place in (world.a, world.b)]
    assert ['id="entitlements"' in page for page in pages] == [True, False]
    assert ("2026年12月31日" in pages[0], " 7" in pages[0]) == (True, True)
