"""Care plans: the rhythm of visits, reminders once each, who may."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.domain import user as users
from accounts.enums import Role
from accounts.models import User
from core.errors import InputError
from core.models import Audit, Notification
from customers.domain import care_plan as plans
from customers.domain import customer as customers
from customers.domain.care_plan import months_after
from customers.models import CarePlan
from customers.queries.care_plan import care_plans_for
from tests.customers.pages import errors_of, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World

TODAY = date(2026, 11, 23)


def make_plan(world: World, **given: Any) -> CarePlan:
    values = {"every_months": 12, "next_on": TODAY + timedelta(days=14), "owner": world.agent}
    return plans.create(**values | {"customer": world.a.customer, "actor": None, "now": world.now} | given)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 23), 12, date(2027, 11, 23)),
        (date(2026, 11, 23), 36, date(2029, 11, 23)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_end_where_the_month_is_shorter(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


def told() -> list[tuple[str, str]]:
    return sorted(Notification.objects.filter(kind="care").values_list("user__name", "key"))


@pytest.mark.django_db
def test_the_owner_is_told_14_days_before_and_on_the_day_once_each(world: World) -> None:
    plan = make_plan(world)
    ahead, due = f"care:{plan.pk}:{plan.next_on}:ahead", f"care:{plan.pk}:{plan.next_on}:due"
    assert plans.remind(world.now - timedelta(days=1)) == 0
    for hours in (0, 1, 30, 24 * 13):
        assert plans.remind(world.later(hours=hours)) == 1
    assert told() == [("王芳", ahead)]
    for hours in (24 * 14, 24 * 14 + 1, 24 * 20):
        plans.remind(world.later(hours=hours))
    assert told() == [("王芳", ahead), ("王芳", due)]


@pytest.mark.django_db
def test_the_day_is_the_offices_not_that_of_greenwich(world: World) -> None:
    make_plan(world, next_on=date(2026, 11, 24))
    just_before = world.now.replace(hour=15, minute=59)
    plans.remind(just_before)
    assert [key.rpartition(":")[2] for _name, key in told()] == ["ahead"]
    plans.remind(just_before + timedelta(minutes=1))
    assert [key.rpartition(":")[2] for _name, key in told()] == ["ahead", "due"]


@pytest.mark.django_db
def test_who_is_away_is_stood_in_for_by_the_managers_and_unserved_customers_rest(world: World) -> None:
    plan = make_plan(world, next_on=TODAY)
    users.disable_user(user=world.agent, now=world.now)
    plans.remind(world.now)
    assert [name for name, _key in told()] == ["部门经理"]
    Notification.objects.all().delete()
    customers.change(customer=world.a.customer, is_active=False, actor=None, now=world.now)
    assert plans.remind(world.now) == 0
    assert told() == []
    assert CarePlan.objects.get().pk == plan.pk


@pytest.mark.django_db
def test_a_visit_moves_the_next_one_on_from_its_day(world: World) -> None:
    plan = make_plan(world, every_months=6, next_on=date(2026, 11, 1))
    plans.visited(care_plan=plan, on=date(2026, 8, 31), actor=world.agent, now=world.now)
    assert CarePlan.objects.get().next_on == date(2027, 2, 28)
    plans.visited(care_plan=plan, on=date(2026, 8, 31), actor=world.agent, now=world.now)
    assert Audit.objects.filter(action="care_plan.visited").count() == 1
    with pytest.raises(InputError) as refusal:
        plans.visited(care_plan=plan, on=TODAY + timedelta(days=1), actor=world.agent, now=world.now)
    assert (refusal.value.field, CarePlan.objects.get().next_on) == ("on", date(2027, 2, 28))


@pytest.mark.django_db
def test_key_customers_are_visited_once_a_year_at_least(world: World) -> None:
    customers.change(customer=world.a.customer, is_key=True, actor=None, now=world.now)
    with pytest.raises(InputError) as refusal:
        make_plan(world, every_months=13)
    assert refusal.value.field == "every_months"
    plan = make_plan(world)
    with pytest.raises(InputError):
        plans.change(care_plan=plan, every_months=24, actor=None, now=world.now)
    assert CarePlan.objects.get().every_months == 12


def given(world: World, **more: Any) -> dict[str, Any]:
    return {"every_months": "6", "next_on": "2026-12-01", "owner": str(world.agent.pk), "note": "先约刘主任"} | more


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


@pytest.mark.django_db
def test_the_plan_is_made_changed_and_worked_off_on_the_customers_page(world: World, agent: Client) -> None:
    home = f"/customers/{world.a.customer.pk}/"
    url = f"{home}care/"
    assert agent.post(url, given(world)).headers["Location"] == home
    version = version_in(agent.get(url))
    assert agent.post(url, given(world, every_months="3", version=version)).status_code == 302
    assert agent.post(url, given(world, every_months="9", version=version)).status_code == 409
    assert "2026-12-01" in text_of(agent.get(home))
    assert agent.post(f"{url}visited/", {"on": "2026-11-20"}).headers["Location"] == home
    kept = CarePlan.objects.get()
    assert (kept.every_months, kept.next_on, kept.note) == (3, date(2027, 2, 20), "先约刘主任")
    trail = Audit.objects.filter(subject=f"customers.careplan:{kept.pk}").order_by("id")
    assert list(trail.values_list("action", "customer_id")) == [
        (action, world.a.customer.pk) for action in ("care_plan.create", "care_plan.change", "care_plan.visited")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"every_months": "0"}, "every_months"),
        ({"every_months": "37"}, "every_months"),
        ({"every_months": "1e3"}, "every_months"),
        ({"next_on": "2026-02-30"}, "next_on"),
        ({"next_on": ""}, "next_on"),
        ({"owner": "999999"}, "owner"),
        ({"note": "长" * 501}, "note"),
    ],
)
def test_a_bad_plan_is_refused_at_the_field(world: World, agent: Client, wrong: dict[str, str], field: str) -> None:
    answer = agent.post(f"/customers/{world.a.customer.pk}/care/", given(world, **wrong))
    assert (answer.status_code, list(errors_of(answer))) == (422, [field])
    assert not CarePlan.objects.exists()


@pytest.mark.django_db
def test_a_customers_contact_is_no_owner(world: World, agent: Client) -> None:
    answer = agent.post(f"/customers/{world.a.customer.pk}/care/", given(world, owner=str(world.a.user.pk)))
    assert (answer.status_code, CarePlan.objects.exists()) == (422, False)


@pytest.mark.django_db
def test_a3_engineers_look_contacts_never_and_foreign_ones_are_not_found(world: World) -> None:
    make_plan(world)
    make_plan(world, customer=world.b.customer)
    world.report(assignee=world.engineer)
    client = logged_in(world.engineer)
    for place, status in ((world.a, 403), (world.b, 404)):
        for rest, sent in (("care/", given(world)), ("care/visited/", {"on": "2026-11-20"})):
            assert client.post(f"/customers/{place.customer.pk}/{rest}", sent).status_code == status
    assert [plan.customer for plan in care_plans_for(world.engineer)] == [world.a.customer]
    for role in (Role.CONTACT, Role.CONTACT_ADMIN):
        assert not care_plans_for(make_user(role)).exists()
    assert not care_plans_for(User.objects.get(pk=world.a.user.pk)).exists()
    assert set(CarePlan.objects.values_list("next_on", flat=True)) == {TODAY + timedelta(days=14)}


@pytest.mark.django_db
def test_the_list_shows_sorts_and_filters_by_the_next_visit(world: World, agent: Client) -> None:
    customers.change(customer=world.b.customer, is_key=True, actor=None, now=world.now)
    make_plan(world)
    assert [row["customer"].code for row in agent.get("/customers/", {"care": "due"}).context["rows"]] == ["A"]
    assert [row["customer"].code for row in agent.get("/customers/", {"care": "none"}).context["rows"]] == ["B"]
    assert [row["customer"].code for row in agent.get("/customers/", {"sort": "-care"}).context["rows"]] == ["A", "B"]
    assert "2026-12-07" in text_of(agent.get("/customers/"))
    missing = [f"/customers/{place.customer.pk}/" for place in (world.a, world.b)]
    assert ['<p class="wb-notice">' in agent.get(url).content.decode() for url in missing] == [False, True]
