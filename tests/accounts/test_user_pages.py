"""S40: the administrator's pages of colleagues and REST clients. A1, A7, A9, C1-C4, C7."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client

from accounts.domain import access, link
from accounts.domain import user as users
from accounts.domain.api_token import authenticate, issue
from accounts.domain.team import create_team
from accounts.enums import Purpose, Role, Scope, UserKind
from accounts.models import ApiToken, OneUseLink, User
from core import clock
from core.errors import RuleError, StaleError
from core.models import Audit, Outbox
from tests.customers.pages import HOSTILE, errors_of, statements, text_of, version_in
from tests.factories import PASSWORD, logged_in, make_user
from tests.letters import address_in, delivered
from tests.world import World
from tickets.domain.assignment import assign

pytestmark = pytest.mark.django_db
LIST, NEW = "/settings/users/", "/settings/users/new/"
ANNA = {
    "name": "安娜",
    "email": "An.Na@Example.com",
    "staff_no": "WB7",
    "phone": "138 0013 8007",
    "roles": ["agent", "engineer"],
    "first_access": "password",
}
CHOSEN = {"new": "spring 2026 rain", "again": "spring 2026 rain"}


@pytest.fixture(autouse=True)
def base_url(settings: Any) -> None:
    settings.BASE_URL = "https://desk.example.com"


@pytest.fixture
def now(morning: datetime) -> datetime:
    return morning


@pytest.fixture
def admin(now: datetime) -> User:
    return make_user(Role.ADMIN, name="Admin")


@pytest.fixture
def boss(admin: User) -> Client:
    return logged_in(admin)


@pytest.fixture
def anna(admin: User, now: datetime) -> User:
    """An agent with a password of her own."""
    return make_user(Role.AGENT, name="安娜", email="anna@example.com", staff_no="WB7", password=PASSWORD)


def path(user: User, act: str = "") -> str:
    return f"{LIST}{user.pk}/" + (f"{act}/" if act else "")


def form_of(boss: Client, user: User, **given: Any) -> dict[str, Any]:
    """What the change form sends where only `given` was typed anew."""
    version = version_in(boss.get(path(user, "change")))
    held = {name: getattr(user, name) for name in ("name", "email", "staff_no", "phone")}
    return held | {"roles": sorted(user.role_codes), "version": version} | given


def trail(user: User) -> list[tuple[str, dict[str, Any]]]:
    lines = Audit.objects.filter(subject=f"accounts.user:{user.pk}").order_by("id")
    return list(lines.values_list("action", "changes"))


def secret_in(response: HttpResponse) -> str:
    found = re.search(r'id="secret">([^<]+)<', response.content.decode())
    assert found, response.content[:500]
    return found[1]


def log_in(name: str, password: str) -> Client:
    client = Client()
    assert client.post("/login/", {"name": name, "password": password}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


# --- The list and the page --------------------------------------------------------------------------------------------


def names(client: Client, ask: str) -> list[str]:
    return [row.user.name for row in client.get(LIST + ask).context["rows"]]


def test_the_list_finds_by_what_one_knows_of_a_person(boss: Client, anna: User, now: datetime) -> None:
    users.change_user(user=anna, phone="138 0013 8007", now=now)
    team = create_team(name="Hotline", department="Service", lead=anna, now=now)
    bob = make_user(Role.ENGINEER, name="Bob")
    users.disable_user(user=bob, now=now)
    make_user(Role.CLIENT, name="Monitor")
    make_user(Role.CONTACT, name="Contact")
    assert names(boss, "") == ["Admin", "Monitor", "安娜", "Bob"]
    for asked in ("q=安娜", "q=anna@ex", "q=wb7", "q=13800138007", "q=8007", f"team={team.pk}", "role=agent"):
        assert names(boss, f"?{asked}") == ["安娜"], asked
    assert names(boss, "?role=client") == ["Monitor"]
    assert names(boss, "?is_active=false") == ["Bob"]
    assert names(boss, "?q=安娜&role=engineer") == []
    assert names(boss, "?team=999&role=nobody") == names(boss, "")


def test_the_list_says_who_gets_in(boss: Client, anna: User, now: datetime) -> None:
    made = {
        "a": make_user(name="a", password=PASSWORD),
        "b": make_user(name="b", password=PASSWORD, must_change_password=True),
        "c": make_user(name="c"),
        "d": make_user(name="d"),
        "e": make_user(Role.CLIENT, name="e"),
        "f": make_user(Role.CLIENT, name="f"),
        "g": make_user(name="g"),
    }
    access.invite(user=made["c"], actor=None, now=now)
    issue(user=made["e"], name="x", scope=Scope.READ, expires_at=now + timedelta(days=1), now=now)
    users.disable_user(user=made["g"], now=now)
    rows = {row.user.name: row for row in boss.get(LIST).context["rows"]}
    assert {name: str(rows[name].access) for name in made} == {
        "a": "ready",
        "b": "temporary",
        "c": "invited",
        "d": "none",
        "e": "token",
        "f": "none",
        "g": "disabled",
    }
    assert (rows["c"].until, rows["b"].until) == (now + timedelta(days=7), None)


def test_a_manager_reads_and_changes_nothing(anna: User) -> None:
    client = logged_in(make_user(Role.MANAGER))
    assert "安娜" in names(client, "")
    body = client.get(path(anna)).content.decode()
    assert "anna@example.com" in body
    assert not re.search(r"/(change|invite|password|disable|tokens)/", body.split("<main")[1])
    for act in ("change", "disable", "invite", "password", "enable", "tokens/new"):
        assert client.post(path(anna, act), {}).status_code == 403
    assert client.post(NEW, ANNA).status_code == 403
    assert trail(anna)[1:] == []


@pytest.mark.parametrize("role", [Role.AGENT, Role.DIRECTOR, Role.CONTACT, Role.CONTACT_ADMIN])
def test_others_see_no_list(role: Role, anna: User) -> None:
    client = logged_in(make_user(role))
    assert [client.get(url).status_code for url in (LIST, path(anna), NEW, path(anna, "change"))] == [403] * 4


def test_contacts_are_kept_with_their_customer(boss: Client) -> None:
    contact = make_user(Role.CONTACT, password=PASSWORD)
    assert [boss.get(path(contact)).status_code, boss.get(path(contact, "change")).status_code] == [404, 404]
    for act in ("change", "disable", "invite", "password"):
        assert boss.post(path(contact, act), {}).status_code == 404
    assert User.objects.get(pk=contact.pk).check_password(PASSWORD)


def test_what_was_typed_is_shown_as_text(boss: Client) -> None:
    user = make_user(name=HOSTILE)
    for url in (LIST, path(user), path(user, "disable")):
        body = boss.get(url).content.decode()
        assert "<img src=x" not in body
        assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in body


def test_as_many_statements_for_fifty_people_as_for_five(boss: Client, now: datetime) -> None:
    def asked(people: int) -> int:
        for _number in range(people - User.objects.count()):
            user = make_user(Role.AGENT, roles=[Role.AGENT, Role.ENGINEER])
            access.invite(user=user, actor=None, now=now)
        response, count = statements(boss, LIST)
        assert len(response.context["rows"]) == people
        return count

    boss.get(LIST)
    assert asked(5) == asked(50) <= 11


# --- New --------------------------------------------------------------------------------------------------------------


def test_a_new_colleague_with_a_temporary_password(boss: Client, admin: User, now: datetime) -> None:
    team = create_team(name="Hotline", department="Service", now=now)
    response = boss.post(NEW, ANNA | {"team": team.pk})
    password = secret_in(response)
    user = User.objects.get(email="an.na@example.com")
    assert (user.kind, user.name, user.staff_no, user.phone, user.team) == (
        UserKind.STAFF,
        "安娜",
        "WB7",
        "138 0013 8007",
        team,
    )
    assert user.role_codes == {Role.AGENT, Role.ENGINEER}
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", password)
    assert [action for action, _changes in trail(user)] == ["user.create", "user.set_password"]
    assert Audit.objects.get(action="user.create", subject=f"accounts.user:{user.pk}").actor == admin
    assert password not in boss.get(path(user)).content.decode()
    assert not Outbox.objects.exists()


def test_c7_a_temporary_password_must_be_changed_at_the_first_login(boss: Client) -> None:
    password = secret_in(boss.post(NEW, ANNA))
    client = log_in("wb7", password)
    assert [client.get(url).headers["Location"] for url in ("/account/", "/tickets/")] == ["/account/password/"] * 2
    assert client.post("/account/password/", {"current": password, **CHOSEN}).status_code == 302
    assert is_in(client)
    again = Client()
    assert again.post("/login/", {"name": "wb7", "password": password}).status_code == 422
    assert is_in(log_in("wb7", CHOSEN["new"]))


def test_a_new_colleague_is_invited_by_mail(boss: Client, admin: User, now: datetime) -> None:
    response = boss.post(NEW, ANNA | {"first_access": "invitation"})
    user = User.objects.get(email="an.na@example.com")
    assert (response.status_code, response.headers["Location"]) == (302, path(user))
    assert [action for action, _changes in trail(user)] == ["user.create", "user.invite"]
    (letter,) = delivered(now)
    assert letter.to[0].endswith("<an.na@example.com>")
    address = address_in(letter)
    browser = Client()
    page = browser.get(address)
    assert (page.status_code, "an.na@example.com" in page.content.decode()) == (200, True)
    assert browser.get(address).status_code == 200
    assert browser.post(address, CHOSEN).headers["Location"] == "/"
    assert is_in(browser)
    assert is_in(log_in("an.na@example.com", CHOSEN["new"]))
    assert [Client().get(address).status_code, Client().post(address, CHOSEN).status_code] == [404, 404]
    assert trail(user)[-1] == ("user.change_password", {})


def test_a_new_rest_client_has_one_role_and_no_password(boss: Client) -> None:
    given = {"name": "Monitor", "email": "ops@example.com", "roles": ["admin"], "first_access": "password"}
    response = boss.post(NEW + "?kind=client", given)
    client = User.objects.get(email="ops@example.com")
    assert (response.status_code, response.headers["Location"]) == (302, path(client))
    assert (client.kind, client.role_codes, client.has_usable_password()) == (UserKind.CLIENT, {Role.CLIENT}, False)


def test_a_double_click_makes_one_person(boss: Client) -> None:
    given = ANNA | {"idempotency_key": "k1"}
    assert boss.post(NEW, given).status_code == 200
    user = User.objects.get(email="an.na@example.com")
    assert boss.post(NEW, given).headers["Location"] == path(user)
    assert len(trail(user)) == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"email": "x"}, "email"),
        ({"email": "TAKEN@example.com"}, "email"),
        ({"staff_no": "ADM1"}, "staff_no"),
        ({"staff_no": "a b"}, "staff_no"),
        ({"phone": "call me"}, "phone"),
        ({"team": "999"}, "team"),
        ({"roles": []}, "roles"),
        ({"roles": ["contact_admin"]}, "roles"),
        ({"roles": ["client"]}, "roles"),
        ({"first_access": ""}, "first_access"),
        ({"first_access": "none"}, "first_access"),
    ],
)
def test_bad_input_is_said_at_its_field_and_makes_nobody(boss: Client, given: dict[str, Any], field: str) -> None:
    make_user(email="taken@example.com", staff_no="adm1")
    before = (User.objects.count(), Audit.objects.count())
    response = boss.post(NEW, ANNA | given)
    assert (response.status_code, list(errors_of(response))) == (422, [field])
    assert (User.objects.count(), Audit.objects.count()) == before
    assert not Outbox.objects.exists()


# --- Change -----------------------------------------------------------------------------------------------------------


def test_every_field_is_changed_and_noted_and_nothing_else(
    boss: Client, admin: User, anna: User, now: datetime
) -> None:
    team = create_team(name="Hotline", department="Service", now=now)
    client = logged_in(anna)
    given = form_of(boss, anna, name="安 娜", email="Anna2@example.com", staff_no="", phone="8007", team=team.pk)
    assert boss.post(path(anna, "change"), given).headers["Location"] == path(anna)
    line = Audit.objects.get(action="user.change")
    assert (line.actor, line.subject) == (admin, f"accounts.user:{anna.pk}")
    assert line.changes == {
        "name": ["安娜", "安 娜"],
        "email": ["anna@example.com", "anna2@example.com"],
        "staff_no": ["WB7", ""],
        "phone": ["", "8007"],
        "team": [None, team.pk],
    }
    stored = User.objects.get(pk=anna.pk)
    assert (stored.name, stored.email, stored.staff_no, stored.phone, stored.team) == (
        "安 娜",
        "anna2@example.com",
        "",
        "8007",
        team,
    )
    assert is_in(client)
    assert boss.post(path(anna, "change"), form_of(boss, stored, team=team.pk)).status_code == 302
    assert Audit.objects.filter(action="user.change").count() == 1


def test_other_roles_end_the_sessions(boss: Client, anna: User) -> None:
    client = logged_in(anna)
    given = form_of(boss, anna, roles=["engineer", "manager"])
    assert boss.post(path(anna, "change"), given).status_code == 302
    assert User.objects.get(pk=anna.pk).role_codes == {Role.ENGINEER, Role.MANAGER}
    assert trail(anna)[1:] == [
        ("user.grant_role", {"role": [None, "engineer"]}),
        ("user.grant_role", {"role": [None, "manager"]}),
        ("user.revoke_role", {"role": ["agent", None]}),
    ]
    assert not is_in(client)


def test_a9_nobody_changes_their_own_roles_or_access(boss: Client, admin: User) -> None:
    make_user(Role.ADMIN)
    assert "roles" not in boss.get(path(admin, "change")).context["form"].fields
    given = form_of(boss, admin, name="Boss", roles=["admin", "director"])
    assert boss.post(path(admin, "change"), given).status_code == 302
    assert [boss.post(path(admin, act)).status_code for act in ("disable", "password", "invite")] == [403] * 3
    stored = User.objects.get(pk=admin.pk)
    assert (stored.name, stored.role_codes, stored.is_active) == ("Boss", {Role.ADMIN}, True)
    assert [action for action, _changes in trail(admin)] == ["user.create", "user.change"]


@pytest.mark.parametrize(
    ("given", "field"),
    [({"email": "admin2@example.com"}, "email"), ({"staff_no": "x1"}, "staff_no"), ({"roles": ["client"]}, "roles")],
)
def test_a_change_that_cannot_be_changes_nothing(boss: Client, anna: User, given: dict[str, Any], field: str) -> None:
    make_user(email="admin2@example.com", staff_no="X1")
    response = boss.post(path(anna, "change"), form_of(boss, anna, name="Other") | given)
    assert (response.status_code, list(errors_of(response))) == (422, [field])
    assert User.objects.get(pk=anna.pk).name == "安娜"
    assert trail(anna)[1:] == []


@pytest.mark.parametrize(
    ("meanwhile", "seen"),
    [({"name": "安妮"}, "安妮"), ({"roles": [Role.AGENT, Role.MANAGER]}, f"{Role.AGENT.label}、{Role.MANAGER.label}")],
)
def test_a_stale_form_shows_both_versions(
    boss: Client, anna: User, now: datetime, meanwhile: dict[str, Any], seen: str
) -> None:
    given = form_of(boss, anna, phone="8007")
    users.change_user(user=anna, now=now, **meanwhile)
    response = boss.post(path(anna, "change"), given)
    assert response.status_code == 409
    assert seen in text_of(response)
    assert User.objects.get(pk=anna.pk).phone == ""
    assert boss.post(path(anna, "change"), given | {"version": version_in(response)}).status_code == 302
    assert User.objects.get(pk=anna.pk).phone == "8007"


def test_the_domain_refuses_for_every_caller(admin: User, anna: User, now: datetime) -> None:
    with pytest.raises(StaleError):
        users.change_user(user=anna, version="0" * 16, name="X", now=now)
    with pytest.raises(RuleError, match="last_admin"):
        users.change_user(user=admin, name="X", roles=[Role.AGENT], now=now)
    with pytest.raises(RuleError, match="role"):
        users.change_user(user=anna, name="X", roles=[Role.CONTACT], now=now)
    with pytest.raises(TypeError):
        users.change_user(user=anna, kind="client", now=now)
    assert set(User.objects.values_list("name", flat=True)) == {"Admin", "安娜"}
    assert (trail(admin)[1:], trail(anna)[1:]) == ([], [])


# --- Access -----------------------------------------------------------------------------------------------------------


def test_an_invitation_again_ends_the_first(boss: Client, now: datetime) -> None:
    user = make_user()
    assert boss.post(path(user, "invite")).status_code == 302
    (first,) = delivered(now)
    assert boss.post(path(user, "invite")).status_code == 302
    (second,) = delivered(now)
    assert [Client().get(address_in(letter)).status_code for letter in (first, second)] == [404, 200]


def test_c2_an_invitation_ends_after_seven_days(now: datetime) -> None:
    user = make_user()
    access.invite(user=user, actor=None, now=now)
    address = address_in(delivered(now)[0])
    with clock.frozen(now + timedelta(days=7, seconds=-1)):
        assert Client().get(address).status_code == 200
    with clock.frozen(now + timedelta(days=7)):
        assert [Client().get(address).status_code, Client().post(address, CHOSEN).status_code] == [404, 404]
    assert not User.objects.get(pk=user.pk).has_usable_password()


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda user, now: users.change_user(user=user, email="new@example.com", now=now),
        lambda user, now: users.set_password(user=user, password=PASSWORD, temporary=False, now=now),
        lambda user, now: access.hand_password(user=user, actor=None, now=now),
        lambda user, now: users.disable_user(user=user, now=now),
    ],
)
def test_c2_an_invitation_ends_with_what_it_was_for(now: datetime, meanwhile: Any) -> None:
    user = make_user()
    access.invite(user=user, actor=None, now=now)
    address = address_in(delivered(now)[0])
    meanwhile(user, now)
    before = User.objects.get(pk=user.pk).password
    assert [Client().get(address).status_code, Client().post(address, CHOSEN).status_code] == [404, 404]
    assert User.objects.get(pk=user.pk).password == before


def test_an_invitation_withdrawn_before_it_left_is_not_mailed(now: datetime) -> None:
    make_user(Role.ADMIN)
    user = make_user()
    access.invite(user=user, actor=None, now=now)
    users.disable_user(user=user, now=now)
    assert delivered(now) == []


def test_c3_a_link_for_something_else_opens_nothing(now: datetime) -> None:
    user = make_user()
    other = link.issue(purpose=Purpose.INVITE, key="x", subject="customers.contact:1", facts={"email": "x"}, now=now)
    login = link.issue(purpose=Purpose.LOGIN, key="y", user=user, facts={"next": "/"}, now=now)
    for token in (other, login, "x", "x" * 43, "é" * 43):
        assert Client().post(f"/welcome/join/{token}/", CHOSEN).status_code == 404
    access.invite(user=user, actor=None, now=now)
    token = address_in(delivered(now)[0]).split("/")[-2]
    assert Client().get(f"/welcome/invite/{token}/").status_code == 404
    assert not OneUseLink.objects.exclude(used_at=None).exists()


def test_a_weak_password_leaves_the_invitation(now: datetime) -> None:
    user = make_user()
    access.invite(user=user, actor=None, now=now)
    address = address_in(delivered(now)[0])
    for given, field in (
        ({"new": "short", "again": "short"}, "new"),
        ({"new": CHOSEN["new"], "again": "x"}, "again"),
        ({}, "new"),
    ):
        response = Client().post(address, given)
        assert (response.status_code, field in errors_of(response)) == (422, True)
    assert not User.objects.get(pk=user.pk).has_usable_password()
    assert Client().post(address, CHOSEN).status_code == 302


def test_a_new_temporary_password_ends_the_old_one_and_the_sessions(boss: Client, anna: User) -> None:
    client = logged_in(anna)
    password = secret_in(boss.post(path(anna, "password")))
    assert not is_in(client)
    stored = User.objects.get(pk=anna.pk)
    assert (stored.check_password(password), stored.check_password(PASSWORD)) == (True, False)
    assert stored.must_change_password
    assert trail(anna)[1:] == [("user.set_password", {"temporary": True})]


def test_who_has_a_password_is_not_invited(boss: Client, anna: User) -> None:
    assert boss.post(path(anna, "invite")).status_code == 409
    client = make_user(Role.CLIENT)
    assert [boss.post(path(client, act)).status_code for act in ("invite", "password")] == [409, 409]
    assert not Outbox.objects.exists()
    assert trail(anna)[1:] == trail(client)[1:] == []


def test_the_disabled_person_is_out_at_once(boss: Client, admin: User, anna: User, now: datetime) -> None:
    client = logged_in(anna)
    _token, text = issue(user=anna, name="x", scope=Scope.READ, expires_at=now + timedelta(days=9), now=now)
    assert is_in(client)
    assert boss.post(path(anna, "disable")).headers["Location"] == path(anna)
    assert not is_in(client)
    assert authenticate(text, now) is None
    line = Audit.objects.get(action="user.disable")
    assert (line.actor, line.changes) == (admin, {"is_active": [True, False]})
    assert [boss.post(path(anna, act)).status_code for act in ("invite", "password")] == [409, 409]
    assert boss.post(path(anna, "enable")).status_code == 302
    assert is_in(log_in("wb7", PASSWORD))
    assert (is_in(client), authenticate(text, now)) == (False, None)


def test_before_disabling_one_reads_what_the_person_holds(boss: Client, anna: User, now: datetime) -> None:
    assert "wb-notice-warning" not in boss.get(path(anna, "disable")).content.decode()
    create_team(name="Hotline", department="Service", lead=anna, head=anna, now=now)
    create_team(name="Field", department="Service", lead=anna, now=now)
    context = boss.get(path(anna, "disable")).context
    assert [str(one) for one in context["teams"]] == ["Field", "Hotline"]
    assert [str(one) for one in context["departments"]] == ["Service"]
    assert User.objects.get(pk=anna.pk).is_active


def test_open_tickets_are_counted_before_disabling(world: World) -> None:
    boss, agent = logged_in(make_user(Role.ADMIN)), world.agent
    for ticket in (world.report(), world.report()):
        assign(ticket=ticket, assignee=agent, actor=agent, now=world.now)
    world.report()
    page = boss.get(path(agent, "disable")).content.decode()
    found = re.search(rf'<li><a href="/tickets/\?view=all&amp;assignee={agent.pk}">([^<]*)</a>', page)
    assert found
    assert found[1].startswith("2 ")


def test_the_last_administrator_cannot_be_disabled(boss: Client, admin: User, now: datetime) -> None:
    other = make_user(Role.ADMIN)
    boss_too = logged_in(other)
    users.disable_user(user=admin, now=now)
    assert boss_too.post(path(other, "disable")).status_code == 403
    with pytest.raises(RuleError, match="last_admin"):
        users.disable_user(user=other, now=now)
    assert User.objects.get(pk=other.pk).is_active


# --- Tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_revoked_at_once(boss: Client, admin: User, now: datetime) -> None:
    client = make_user(Role.CLIENT)
    given = {"name": "server 1", "scope": "write", "days": "90", "idempotency_key": "k1"}
    text = secret_in(boss.post(path(client, "tokens/new"), given))
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.scope, token.expires_at) == (
        client,
        "server 1",
        Scope.WRITE,
        now + timedelta(days=90),
    )
    assert authenticate(text, now) == token
    assert boss.post(path(client, "tokens/new"), given).headers["Location"] == path(client)
    page = boss.get(path(client)).content.decode()
    assert ("server 1" in page, text in page, ApiToken.objects.count()) == (True, False, 1)
    for _click in range(2):
        assert boss.post(path(client, f"tokens/{token.pk}/revoke")).headers["Location"] == path(client)
    assert authenticate(text, now) is None
    assert [action for action, _changes in trail(client)] == ["user.create", "api_token.issue", "api_token.revoke"]
    assert Audit.objects.get(action="api_token.revoke").actor == admin


@pytest.mark.parametrize("given", [{"name": ""}, {"scope": "root"}, {"days": "400"}])
def test_a_token_that_cannot_be_is_not_made(boss: Client, given: dict[str, str]) -> None:
    client = make_user(Role.CLIENT)
    response = boss.post(path(client, "tokens/new"), {"name": "x", "scope": "read", "days": "30"} | given)
    assert (response.status_code, list(errors_of(response))) == (422, list(given))
    assert not ApiToken.objects.exists()


def test_somebody_elses_token_is_not_found_at_this_person(boss: Client, anna: User, now: datetime) -> None:
    client = make_user(Role.CLIENT)
    token, _text = issue(user=client, name="x", scope=Scope.READ, expires_at=now + timedelta(days=1), now=now)
    assert boss.post(path(anna, f"tokens/{token.pk}/revoke")).status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_no_secret_is_kept_anywhere(boss: Client) -> None:
    password = secret_in(boss.post(NEW, ANNA | {"idempotency_key": "k1"}))
    kept = str(list(Audit.objects.values())) + str(list(Outbox.objects.values()))
    kept += str([session.get_decoded() for session in Session.objects.all()])
    assert password not in kept
