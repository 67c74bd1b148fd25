"""S40: departments and teams, made, changed and removed by administrators."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.domain import department as departments
from accounts.domain import team as teams
from accounts.domain import user as users
from accounts.enums import Role
from accounts.models import Department, Team, User
from core.errors import InputError, RuleError
from core.models import Audit
from tests.contracts.contract_life import make_life
from tests.customers.pages import errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World

pytestmark = pytest.mark.django_db
LIST = "/settings/teams/"


@pytest.fixture
def now(morning: datetime) -> datetime:
    return morning


@pytest.fixture
def admin(now: datetime) -> User:
    return make_user(Role.ADMIN)


@pytest.fixture
def boss(admin: User) -> Client:
    return logged_in(admin)


@pytest.fixture
def lin(now: datetime) -> User:
    return make_user(Role.AGENT, name="林伟")


@pytest.fixture
def service(lin: User, now: datetime) -> Department:
    return departments.create(name="客户服务部", head=lin, actor=None, now=now)


@pytest.fixture
def hotline(service: Department, now: datetime) -> Team:
    return teams.create(name="热线组", department=service, actor=None, now=now)


def lines(action: str) -> list[tuple[Any, str, dict[str, Any]]]:
    found = Audit.objects.filter(action=action).order_by("id")
    return [(line.actor, line.subject, line.changes) for line in found]


def team_of(pk: int) -> tuple[str, int, int | None, bool]:
    team = Team.objects.get(pk=pk)
    return team.name, team.department_id, team.lead_id, team.on_duty


def test_a_department_and_a_team_are_made(boss: Client, admin: User, lin: User) -> None:
    answer = boss.post("/settings/departments/new/", {"name": " 客户服务部 ", "head": lin.pk})
    assert answer.headers["Location"] == LIST
    department = Department.objects.get()
    assert (department.name, department.head) == ("客户服务部", lin)
    assert lines("department.create") == [
        (admin, f"accounts.department:{department.pk}", {"name": ["", "客户服务部"], "head": [None, lin.pk]})
    ]
    given = {"name": "热线组", "department": department.pk, "lead": lin.pk, "on_duty": "on"}
    assert boss.post(f"{LIST}new/", given).headers["Location"] == LIST
    team = Team.objects.get()
    assert team_of(team.pk) == ("热线组", department.pk, lin.pk, True)
    assert User.objects.get(pk=lin.pk).team == team
    assert [line[0] for line in lines("team.create")] == [admin]
    assert lines("user.change") == [(admin, f"accounts.user:{lin.pk}", {"team": [None, team.pk]})]
    body = text_of(boss.get(LIST))
    assert all(word in body for word in ("客户服务部", "热线组", "林伟"))


def test_the_new_team_knows_the_department_one_came_from(boss: Client, service: Department) -> None:
    form = boss.get(f"{LIST}new/?department={service.pk}").context["form"]
    assert form["department"].value() == str(service.pk)
    assert boss.get(f"{LIST}new/?department=x").status_code == 200


def test_changes_are_noted_exactly(boss: Client, admin: User, hotline: Team, lin: User, now: datetime) -> None:
    other = departments.create(name="运维部", actor=None, now=now)
    url = f"{LIST}{hotline.pk}/change/"
    given = {"name": "运维组", "department": other.pk, "lead": lin.pk, "on_duty": "on"}
    given["version"] = version_in(boss.get(url))
    assert boss.post(url, given).headers["Location"] == LIST
    assert team_of(hotline.pk) == ("运维组", other.pk, lin.pk, True)
    changes = {
        "name": ["热线组", "运维组"],
        "department": [hotline.department_id, other.pk],
        "lead": [None, lin.pk],
        "on_duty": [False, True],
    }
    assert lines("team.change") == [(admin, f"accounts.team:{hotline.pk}", changes)]
    assert User.objects.get(pk=lin.pk).team_id == hotline.pk
    url = f"/settings/departments/{other.pk}/change/"
    assert boss.post(url, {"name": "系统部", "version": version_in(boss.get(url))}).status_code == 302
    assert lines("department.change") == [
        (admin, f"accounts.department:{other.pk}", {"name": ["运维部", "系统部"]}),
    ]


def test_a_lead_who_stays_is_moved_nowhere(boss: Client, hotline: Team, lin: User, now: datetime) -> None:
    """Who leads two teams belongs to the one that he or she was put into last."""
    teams.change(team=hotline, lead=lin, actor=None, now=now)
    other = teams.create(name="第二组", department=hotline.department, lead=lin, actor=None, now=now)
    teams.change(team=hotline, lead=lin, name="第一组", actor=None, now=now)
    assert User.objects.get(pk=lin.pk).team == other


def test_a_lead_disabled_meanwhile_is_kept_until_another_is_named(
    boss: Client, hotline: Team, lin: User, now: datetime
) -> None:
    teams.change(team=hotline, lead=lin, actor=None, now=now)
    users.disable_user(user=lin, now=now)
    url = f"{LIST}{hotline.pk}/change/"
    given = {
        "name": "改名组",
        "department": hotline.department_id,
        "lead": lin.pk,
        "version": version_in(boss.get(url)),
    }
    assert boss.post(url, given).status_code == 302
    assert team_of(hotline.pk) == ("改名组", hotline.department_id, lin.pk, False)
    assert boss.post(f"{LIST}new/", given | {"name": "别组"}).status_code == 422


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "热线组"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"department": ""}, "department"),
        ({"department": "999"}, "department"),
        ({"lead": "999"}, "lead"),
        ({"lead": "contact"}, "lead"),
    ],
)
def test_bad_input_is_said_at_its_field_and_makes_nothing(
    boss: Client, hotline: Team, given: dict[str, str], field: str
) -> None:
    contact = make_user(Role.CONTACT)
    typed = {"name": "新组", "department": hotline.department_id} | given
    if typed.get("lead") == "contact":
        typed["lead"] = contact.pk
    before = Audit.objects.count()
    response = boss.post(f"{LIST}new/", typed)
    assert (response.status_code, list(errors_of(response))) == (422, [field])
    assert (Team.objects.count(), Audit.objects.count()) == (1, before)


def test_a_taken_name_and_a_strange_head_are_refused(service: Department, hotline: Team, now: datetime) -> None:
    contact = make_user(Role.CONTACT)
    for act, values, field in (
        (departments.create, {"name": "客户服务部"}, "name"),
        (departments.create, {"name": "新部", "head": contact}, "head"),
        (teams.create, {"name": "热线组", "department": service}, "name"),
        (teams.create, {"name": "新组", "department": service, "lead": contact}, "lead"),
    ):
        with pytest.raises(InputError) as refusal:
            act(**values, actor=None, now=now)  # type: ignore[operator]
        assert refusal.value.field == field
    assert (Department.objects.count(), Team.objects.count()) == (1, 1)


def test_a_stale_form_shows_both_versions(boss: Client, hotline: Team, now: datetime) -> None:
    url = f"{LIST}{hotline.pk}/change/"
    given = {"name": "我的组", "department": hotline.department_id, "version": version_in(boss.get(url))}
    teams.change(team=hotline, name="别人的组", actor=None, now=now)
    response = boss.post(url, given)
    assert (response.status_code, "别人的组" in text_of(response)) == (409, True)
    assert Team.objects.get().name == "别人的组"


def test_a_double_click_makes_one(boss: Client) -> None:
    for _click in range(2):
        given = {"name": "客户服务部", "idempotency_key": "k1"}
        assert boss.post("/settings/departments/new/", given).headers["Location"] == LIST
    assert len(lines("department.create")) == 1


def test_what_nothing_refers_to_is_removed(boss: Client, admin: User, hotline: Team) -> None:
    pk, department = hotline.pk, hotline.department_id
    assert boss.post(f"{LIST}{pk}/remove/").headers["Location"] == LIST
    assert boss.post(f"/settings/departments/{department}/remove/").headers["Location"] == LIST
    assert (Team.objects.count(), Department.objects.count()) == (0, 0)
    assert lines("team.remove") == [(admin, f"accounts.team:{pk}", {"name": ["热线组", None]})]
    assert lines("department.remove") == [(admin, f"accounts.department:{department}", {"name": ["客户服务部", None]})]
    assert boss.post(f"{LIST}{pk}/remove/").status_code == 404


def test_what_is_in_use_stays_and_says_why(boss: Client, hotline: Team, now: datetime) -> None:
    users.disable_user(user=make_user(Role.AGENT, team=hotline), now=now)
    team = boss.post(f"{LIST}{hotline.pk}/remove/")
    assert (team.status_code, "1" in text_of(team)) == (409, True)
    department = boss.post(f"/settings/departments/{hotline.department_id}/remove/")
    assert (department.status_code, "热线组" in text_of(department)) == (409, True)
    assert (Team.objects.count(), Department.objects.count()) == (1, 1)
    assert lines("team.remove") == lines("department.remove") == []


def test_a_department_that_a_contract_names_stays(world: World) -> None:
    life = make_life(world)
    life.submitted()
    Team.objects.filter(department=life.sales).delete()
    with pytest.raises(RuleError, match="in_use"):
        departments.remove(department=life.sales, actor=None, now=world.now)
    assert Department.objects.filter(pk=life.sales.pk).exists()
    assert lines("department.remove") == []


def test_a_manager_reads_and_others_see_nothing(service: Department, hotline: Team) -> None:
    manager = logged_in(make_user(Role.MANAGER))
    body = manager.get(LIST).content.decode()
    assert ("热线组" in body, "/change/" in body, "/remove/" in body) == (True, False, False)
    for role in (Role.MANAGER, Role.DIRECTOR, Role.AGENT, Role.CONTACT, Role.CONTACT_ADMIN):
        client = logged_in(make_user(role))
        for url in (f"{LIST}new/", f"{LIST}{hotline.pk}/change/", f"{LIST}{hotline.pk}/remove/"):
            assert client.post(url, {"name": "x"}).status_code == 403
        assert client.post(f"/settings/departments/{service.pk}/remove/").status_code == 403
        assert client.get(LIST).status_code == (200 if role == Role.MANAGER else 403)
    assert (Team.objects.get().name, Department.objects.count()) == ("热线组", 1)


def test_as_many_statements_for_thirty_teams_as_for_three(boss: Client, lin: User, now: datetime) -> None:
    def asked(size: int) -> int:
        for number in range(Department.objects.count(), size):
            parent = departments.create(name=f"D{number}", head=lin, actor=None, now=now)
            teams.create(name=f"T{number}", department=parent, lead=lin, actor=None, now=now)
        response, count = statements(boss, LIST)
        assert len(response.context["departments"]) == size
        return count

    boss.get(LIST)
    assert asked(3) == asked(30) <= 9
