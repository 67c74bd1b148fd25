"""Who exists, which roles they hold, what they see of each other."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.domain import user as users
from accounts.domain.team import create_team
from accounts.enums import Role, UserKind
from accounts.models import User
from accounts.queries.user import assignable_users, duty_managers, on_duty_staff, users_for, visible_user
from core import clock
from core.errors import InputError, RuleError
from core.models import Audit
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def trail(user: User) -> list[str]:
    return list(
        Audit.objects.filter(subject=f"accounts.user:{user.pk}").order_by("id").values_list("action", flat=True)
    )


def test_a_new_user_is_stored_clean_and_audited() -> None:
    admin = make_user(Role.ADMIN)
    user = make_user(
        Role.AGENT, email=" Li.Min@Example.COM ", staff_no=" A7 ", name=" 李  敏 ", actor=admin, password=PASSWORD
    )
    user = User.objects.get(pk=user.pk)
    assert (user.email, user.staff_no, user.name, user.role_codes) == (
        "li.min@example.com",
        "A7",
        "李 敏",
        {Role.AGENT},
    )
    line = Audit.objects.get(subject=f"accounts.user:{user.pk}")
    assert (line.actor, line.action) == (admin, "user.create")
    assert line.changes == {"kind": "staff", "email": user.email, "staff_no": "A7", "name": "李 敏", "roles": ["agent"]}
    assert PASSWORD not in user.password


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("email", {"email": "no address"}),
        ("email", {"email": ""}),
        ("email", {"email": "lın@example.com"}),
        ("email", {"email": "\u212aim@example.com"}),
        ("email", {"email": "a@example.com\x00"}),
        ("email", {"email": "a" * 250 + "@example.com"}),
        ("staff_no", {"staff_no": "a@b"}),
        ("staff_no", {"staff_no": "７"}),
        ("staff_no", {"staff_no": "1" * 21}),
        ("staff_no", {"staff_no": "7", "role": Role.CONTACT}),
        ("name", {"name": " "}),
        ("name", {"name": "x" * 61}),
        ("name", {"name": "a\x00b"}),
        ("phone", {"phone": "call me"}),
        ("role", {"roles": [Role.CONTACT]}),
        ("role", {"roles": ["root"]}),
        ("role", {"role": Role.CONTACT, "roles": [Role.ADMIN]}),
        ("role", {"role": Role.CLIENT, "roles": [Role.AGENT]}),
        ("password", {"password": "short"}),
        ("password", {"password": "1234567890123"}),
        ("password", {"password": "x1" * 200}),
        ("password", {"role": Role.CLIENT, "password": PASSWORD}),
    ],
)
def test_bad_input_is_refused_at_its_field_and_leaves_nothing(field: str, given: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refusal:
        make_user(**given)
    assert refusal.value.field == field
    assert not User.objects.exists()
    assert not Audit.objects.filter(action="user.create").exists()


@pytest.mark.parametrize("email", ["a@x.cn", "A@X.CN", " a@x.cn "])
def test_a10_the_same_address_in_other_letters_is_taken(email: str) -> None:
    make_user(email="a@x.cn")
    with pytest.raises(InputError, match="email_taken"):
        make_user(email=email)


@pytest.mark.parametrize("email", ["a@x.cn.evil.com", "aa@x.cn", "a@x.com"])
def test_a10_a_near_address_is_somebody_else(email: str) -> None:
    assert make_user(email="a@x.cn").pk != make_user(email=email).pk


def test_a10_staff_numbers_are_unique_in_any_case() -> None:
    make_user(staff_no="wb1")
    with pytest.raises(InputError, match="staff_no_taken"):
        make_user(staff_no="WB1")


@pytest.mark.parametrize("column", ["email", "staff_no"])
def test_a10_the_database_says_so_too(column: str) -> None:
    make_user(email="a@x.cn", staff_no="wb1")
    other = {"email": "b@x.cn", "staff_no": "wb2"} | {column: {"email": "a@x.cn", "staff_no": "Wb1"}[column]}
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(kind=UserKind.STAFF, name="x", **other)


def test_the_database_takes_no_address_in_capitals() -> None:
    with pytest.raises(IntegrityError, match="user_email_lower"), transaction.atomic():
        User.objects.create(kind=UserKind.STAFF, name="x", email="A@x.cn")


def test_roles_are_granted_once_and_taken_once() -> None:
    user = make_user(Role.AGENT)
    for _ in range(2):
        users.grant_role(user=user, role=Role.MANAGER, now=clock.now())
    assert (user.role_codes, user.session_version) == ({Role.AGENT, Role.MANAGER}, 1)
    for _ in range(2):
        users.revoke_role(user=user, role=Role.AGENT, now=clock.now())
    assert (user.role_codes, user.session_version) == ({Role.MANAGER}, 2)
    assert trail(user) == ["user.create", "user.grant_role", "user.revoke_role"]


def test_a_role_of_another_kind_is_refused() -> None:
    contact = make_user(Role.CONTACT)
    with pytest.raises(InputError, match="role"):
        users.grant_role(user=contact, role=Role.ADMIN, now=clock.now())
    assert User.objects.get(pk=contact.pk).role_codes == {Role.CONTACT}


def test_the_last_administrator_stays() -> None:
    admin = make_user(Role.ADMIN)
    gone = make_user(Role.ADMIN)
    users.disable_user(user=gone, now=clock.now())
    with pytest.raises(RuleError, match="last_admin"):
        users.revoke_role(user=admin, role=Role.ADMIN, now=clock.now())
    with pytest.raises(RuleError, match="last_admin"):
        users.disable_user(user=admin, now=clock.now())
    assert User.objects.get(pk=admin.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_the_same_time() -> None:
    admins = [make_user(Role.ADMIN), make_user(Role.ADMIN)]

    def remove(admin: User) -> str:
        try:
            users.disable_user(user=User.objects.get(pk=admin.pk), now=clock.now())
        except RuleError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, admins)) == ["done", "last_admin"]
    assert User.objects.filter(is_active=True).count() == 1


def test_disabling_twice_is_once() -> None:
    user = make_user(Role.AGENT)
    for _ in range(2):
        users.disable_user(user=user, now=clock.now())
    for _ in range(2):
        users.enable_user(user=user, now=clock.now())
    assert trail(user) == ["user.create", "user.disable", "user.enable"]
    assert user.session_version == 1


def test_c7_changing_a_password_needs_the_present_one() -> None:
    user = make_user(password=PASSWORD)
    with pytest.raises(InputError) as refusal:
        users.change_password(user=user, current="guess", new="another 1 secret", now=clock.now())
    assert refusal.value.field == "current"
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


@pytest.mark.parametrize("new", [PASSWORD, "short", "12345678901", "x" * 300])
def test_a_weak_or_the_same_password_is_refused(new: str) -> None:
    user = make_user(password=PASSWORD)
    with pytest.raises(InputError) as refusal:
        users.change_password(user=user, current=PASSWORD, new=new, now=clock.now())
    assert refusal.value.field == "new"
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_a_password_like_ones_name_is_refused() -> None:
    user = make_user(email="lin.weiguo@example.com", password=PASSWORD)
    with pytest.raises(InputError, match="password_weak"):
        users.change_password(user=user, current=PASSWORD, new="lin.weiguo@example", now=clock.now())


def test_no_password_in_the_trail() -> None:
    user = make_user(password=PASSWORD)
    users.change_password(user=user, current=PASSWORD, new="another 1 secret", now=clock.now())
    users.set_password(user=user, password="third 3 secret", now=clock.now())
    assert trail(user) == ["user.create", "user.change_password", "user.set_password"]
    text = str(list(Audit.objects.values_list("changes", flat=True)))
    assert not any(secret in text for secret in (PASSWORD, "another 1 secret", "third 3 secret", "md5$"))


def test_d10_the_trail_cannot_be_changed() -> None:
    lines = Audit.objects.filter(subject=f"accounts.user:{make_user().pk}")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        lines.update(action="x")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        lines.delete()
    assert lines.get().action == "user.create"


def test_preferences_take_only_what_exists() -> None:
    user = make_user()
    users.set_preferences(user=user, theme="dark", shortcuts=False)
    for field, value in [("theme", "pink"), ("language", "fr"), ("timezone", "Mars/Base"), ("shortcuts", None)]:
        with pytest.raises(InputError) as refusal:
            users.set_preferences(user=user, **{field: value})
        assert refusal.value.field == field
    user.refresh_from_db()
    assert (user.theme, user.shortcuts, user.language, user.timezone) == ("dark", False, "zh-hans", "Asia/Shanghai")


def test_who_sees_whom() -> None:
    agent, admin, contact, client = (make_user(role) for role in (Role.AGENT, Role.ADMIN, Role.CONTACT, Role.CLIENT))
    partner, stranger = make_user(Role.PARTNER), make_user(Role.PARTNER)
    create_team(name="East", department="Service", lead=partner, now=clock.now())
    mate = make_user(Role.PARTNER, team=partner.team)
    everybody = {agent, admin, contact, client, partner, stranger, mate}
    assert set(users_for(admin)) == everybody
    assert set(users_for(agent)) == everybody - {contact, client}
    assert set(users_for(partner)) == {partner, mate}
    assert set(users_for(stranger)) == {stranger}
    assert set(users_for(contact)) == {contact}
    users.disable_user(user=contact, now=clock.now())
    assert set(users_for(contact)) == set()


@pytest.mark.parametrize("pk", [0, -1, 2**63, 10**30])
def test_d3_a_number_beyond_the_column_is_nobody(pk: int) -> None:
    assert visible_user(make_user(Role.ADMIN), pk) is None


def test_who_can_be_given_work() -> None:
    named = {role: make_user(role) for role in Role}
    users.disable_user(user=make_user(Role.AGENT), now=clock.now())
    users.grant_role(user=named[Role.AGENT], role=Role.ENGINEER, now=clock.now())
    roles = [Role.AGENT, Role.DUTY_MANAGER, Role.ENGINEER, Role.TRAINER, Role.SERVICE_MANAGER, Role.PARTNER]
    assert sorted(user.pk for user in assignable_users()) == sorted(named[role].pk for role in roles)


def test_who_is_on_duty() -> None:
    team = create_team(name="Hotline", department="Service", on_duty=True, now=clock.now())
    agent = make_user(Role.AGENT, team=team)
    users.disable_user(user=make_user(Role.AGENT, team=team), now=clock.now())
    manager = make_user(Role.DUTY_MANAGER)
    assert (list(on_duty_staff()), list(duty_managers())) == ([agent], [manager])
