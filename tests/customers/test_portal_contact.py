"""S46: the customer's administrator keeps colleagues; invitations. A1, A3, A8, A9, A16, C1-C7."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.domain import link
from accounts.domain.api_token import issue
from accounts.domain.user import grant_role
from accounts.enums import Purpose, Role, Scope
from accounts.models import ApiToken, OneUseLink, User
from core import clock
from core.errors import InputError, RuleError
from core.models import Audit, Outbox
from core.permissions import can
from customers.domain import contact as contacts
from customers.domain import invitation
from customers.models import Contact
from tests.accounts.test_login import strip_tokens
from tests.factories import PASSWORD, logged_in, make_user
from tests.letters import address_in, delivered
from tests.world import World

LIST = "/portal/contacts/"
PERSON = {"name": "孙丽", "position": "窗口主管", "phone": "138 0013 8111", "email": "sun.li@example.com"}
NEW = {"name": "孙丽丽", "password": "spring 2026 rain", "again": "spring 2026 rain"}


@pytest.fixture(autouse=True)
def base_url(settings: Any) -> None:
    settings.BASE_URL = "https://desk.example.com"


@pytest.fixture
def boss(world: World) -> Client:
    """The administrator of customer A, who is also its contact 陈敏, logged in."""
    grant_role(user=world.a.user, role=Role.CONTACT_ADMIN, now=world.now)
    return logged_in(User.objects.get(pk=world.a.user.pk))


@pytest.fixture
def colleague(world: World) -> Contact:
    """Somebody of customer A without a login."""
    return contacts.create(customer=world.a.customer, actor=None, now=world.now, sites=[world.a.site], **PERSON)


def act(client: Client, contact: Contact, name: str) -> HttpResponse:
    return client.post(f"{LIST}{contact.pk}/{name}/")


def invited(client: Client, contact: Contact, world: World) -> str:
    """The path of the link in the invitation."""
    assert act(client, contact, "invite").status_code == 302
    (letter,) = delivered(world.now)
    return address_in(letter)


def accepted(contact: Contact, world: World) -> User:
    """The login of a contact who was invited and accepted."""
    invitation.invite(contact=contact, actor=None, now=world.now)
    token = address_in(delivered(world.now)[0]).split("/")[-2]
    user = invitation.accept(token=token, name="孙丽", password=PASSWORD, now=world.now)
    assert user is not None
    return user


def states(client: Client) -> dict[str, str]:
    return {row.contact.name: str(row.state) for row in client.get(LIST).context["rows"]}


def test_the_list_shows_the_own_people_with_the_state_of_their_login(
    boss: Client, colleague: Contact, world: World
) -> None:
    contacts.create(customer=world.a.customer, name="钱进", actor=None, now=world.now)
    assert states(boss) == {"A 陈敏": "active", "孙丽": "not_invited", "钱进": "not_invited"}
    invited(boss, colleague, world)
    assert states(boss)["孙丽"] == "invited"
    act(boss, colleague, "disable")
    assert states(boss)["孙丽"] == "disabled"
    body = boss.get(LIST).content.decode()
    assert "CANARY-B" not in body
    assert "B 陈敏" not in body


def test_an_invitation_that_is_over_is_none(boss: Client, colleague: Contact, world: World) -> None:
    invited(boss, colleague, world)
    with clock.frozen(world.later(days=7)):
        boss.force_login(world.a.user)
        assert states(boss)["孙丽"] == "not_invited"


def test_as_many_statements_for_fifty_people_as_for_five(boss: Client, world: World) -> None:
    def statements(people: int) -> int:
        for number in range(people - Contact.objects.filter(customer=world.a.customer).count()):
            contacts.create(
                customer=world.a.customer, name=f"P{people}-{number}", sites=[world.a.site], actor=None, now=world.now
            )
        with CaptureQueriesContext(connection) as asked:
            assert len(boss.get(LIST).context["rows"]) == people
        return len(asked)

    boss.get(LIST)
    assert statements(5) == statements(50) <= 10


def test_a_colleague_is_added_and_invited_at_once(boss: Client, world: World) -> None:
    given = PERSON | {"sites": [world.a.site.pk], "may_report": "on", "invite_now": "on"}
    assert boss.post(f"{LIST}new/", given).headers["Location"] == LIST
    added = Contact.objects.get(name="孙丽")
    assert (added.customer, added.phone, added.email) == (world.a.customer, "+8613800138111", "sun.li@example.com")
    assert (list(added.sites.all()), added.may_report, added.user) == ([world.a.site], True, None)
    assert states(boss)["孙丽"] == "invited"
    (letter,) = delivered(world.now)
    assert "sun.li@example.com" in letter.to[0]


def test_a_colleague_to_be_invited_needs_an_address(boss: Client, world: World) -> None:
    response = boss.post(f"{LIST}new/", {"name": "孙丽", "invite_now": "on"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["email"])
    assert not Contact.objects.filter(name="孙丽").exists()
    assert not Outbox.objects.filter(kind="invitation").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [({"name": ""}, "name"), ({"phone": "1"}, "phone"), ({"email": "x"}, "email"), ({"name": "a\x00"}, "name")],
)
def test_bad_input_is_said_at_its_field_and_changes_nothing(
    boss: Client, world: World, given: dict[str, str], field: str
) -> None:
    before = Contact.objects.count()
    response = boss.post(f"{LIST}new/", PERSON | given)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert Contact.objects.count() == before


def test_a3_sites_of_another_customer_do_not_exist(boss: Client, colleague: Contact, world: World) -> None:
    """The same answer as for a site that nobody has."""
    version = boss.get(f"{LIST}{colleague.pk}/").context["version"]
    bodies = []
    for site in (world.b.site.pk, 10**9):
        response = boss.post(f"{LIST}{colleague.pk}/", PERSON | {"sites": [site], "version": version})
        assert response.status_code == 422
        bodies.append([error.replace(str(site), "N") for error in response.context["form"].errors["sites"]])
    assert bodies[0] == bodies[1]
    assert list(colleague.sites.all()) == [world.a.site]


def test_sites_and_name_are_changed(boss: Client, colleague: Contact, world: World) -> None:
    version = boss.get(f"{LIST}{colleague.pk}/").context["version"]
    assert boss.post(f"{LIST}{colleague.pk}/", PERSON | {"name": "孙莉", "version": version}).status_code == 302
    colleague.refresh_from_db()
    assert (colleague.name, list(colleague.sites.all()), colleague.may_report) == ("孙莉", [], False)
    stale = boss.post(f"{LIST}{colleague.pk}/", PERSON | {"version": version})
    colleague.refresh_from_db()
    assert (stale.status_code, colleague.name) == (409, "孙莉")


def test_a6_a_login_is_not_redirected_by_changing_the_address(boss: Client, colleague: Contact, world: World) -> None:
    user = accepted(colleague, world)
    version = boss.get(f"{LIST}{colleague.pk}/").context["version"]
    extra = {"email": "evil@example.org", "user": world.b.user.pk, "customer": world.b.customer.pk, "is_active": ""}
    assert boss.post(f"{LIST}{colleague.pk}/", PERSON | extra | {"version": version}).status_code == 302
    colleague.refresh_from_db()
    user.refresh_from_db()
    assert (colleague.email, colleague.user, colleague.customer) == ("sun.li@example.com", user, world.a.customer)
    assert (colleague.is_active, user.email, user.role_codes) == (True, "sun.li@example.com", {Role.CONTACT})


ACTS = ["invite", "disable", "enable"]


@pytest.mark.parametrize("name", [*ACTS, ""])
def test_a1_people_of_another_customer_do_not_exist(boss: Client, world: World, name: str) -> None:
    before = Audit.objects.count(), Outbox.objects.count()
    for pk in (world.b.contact.pk, 10**9):
        path = f"{LIST}{pk}/{name}/" if name else f"{LIST}{pk}/"
        assert boss.post(path, PERSON).status_code == 404
        assert boss.get(path).status_code == (405 if name else 404)
    assert (Audit.objects.count(), Outbox.objects.count()) == before


@pytest.mark.parametrize("name", [*ACTS, ""])
def test_nobody_acts_on_themselves(boss: Client, world: World, name: str) -> None:
    path = f"{LIST}{world.a.contact.pk}/{name}/" if name else f"{LIST}{world.a.contact.pk}/"
    before = Audit.objects.count()
    assert boss.post(path, PERSON).status_code == 403
    assert (Audit.objects.count(), states(boss)["A 陈敏"]) == (before, "active")


@pytest.mark.parametrize("name", ACTS)
def test_a9_a_plain_contact_reaches_none_of_it(world: World, colleague: Contact, name: str) -> None:
    client = logged_in(world.a.user)
    assert [client.get(LIST).status_code, act(client, colleague, name).status_code] == [403, 403]
    assert not Outbox.objects.filter(kind="invitation").exists()


def test_a9_who_may_admit_a_contact(world: World, colleague: Contact, boss: Client) -> None:
    own, foreign = User.objects.get(pk=world.a.user.pk), make_user(Role.CONTACT_ADMIN)
    contacts.create(customer=world.b.customer, name="B 主任", user=foreign, actor=None, now=world.now)
    people = {
        "own": own,
        "foreign": foreign,
        "agent": world.agent,
        "engineer": world.engineer,
        "manager": world.manager,
    }
    assert {name for name, user in people.items() if can(user, "customers.admit_contact", colleague)} == {
        "own",
        "agent",
        "manager",
    }
    assert {name for name, user in people.items() if can(user, "customers.change_colleague", colleague)} == {"own"}
    invitation.disable(contact=world.a.contact, actor=None, now=world.now)
    assert not can(User.objects.get(pk=own.pk), "customers.admit_contact", colleague)


# --- Invitations ------------------------------------------------------------------------------------------------------


def test_an_invited_person_sets_name_and_password_and_is_in(boss: Client, colleague: Contact, world: World) -> None:
    client = Client()
    path = invited(boss, colleague, world)
    assert path.startswith("/welcome/invite/")
    page = client.get(path)
    assert "CANARY-A 集团" in page.content.decode()
    assert client.post(path, NEW).headers["Location"] == "/"
    user = User.objects.get(email="sun.li@example.com")
    assert (user.kind, user.name, user.role_codes, user.check_password(NEW["password"])) == (
        "contact",
        "孙丽丽",
        {Role.CONTACT},
        True,
    )
    colleague.refresh_from_db()
    assert (colleague.user, colleague.name) == (user, "孙丽丽")
    assert int(client.session["_auth_user_id"]) == user.pk
    assert states(boss)["孙丽丽"] == "active"
    assert client.post("/logout/").status_code == 302
    assert client.post("/login/", {"name": user.email, "password": NEW["password"]}).status_code == 302


def test_the_trail_says_who_let_them_in(boss: Client, colleague: Contact, world: World) -> None:
    path = invited(boss, colleague, world)
    Client().post(path, NEW)
    lines = Audit.objects.filter(subject=f"customers.contact:{colleague.pk}").order_by("pk")
    assert [(line.action, line.actor_id) for line in lines][-2:] == [
        ("contact.invite", world.a.user.pk),
        ("contact.change", User.objects.get(email="sun.li@example.com").pk),
    ]
    assert path.split("/")[-2] not in str([line.changes for line in lines])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "1234567890123", "again": "1234567890123"}, "password"),
        ({"again": "another 1 secret"}, "again"),
        ({"name": "a\u202eb"}, "name"),
    ],
)
def test_bad_input_leaves_the_invitation_standing(
    boss: Client, colleague: Contact, world: World, given: dict[str, str], field: str
) -> None:
    path = invited(boss, colleague, world)
    response = Client().post(path, NEW | given)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert not User.objects.filter(email="sun.li@example.com").exists()
    assert Client().post(path, NEW).status_code == 302


def test_c4_looking_never_accepts(boss: Client, colleague: Contact, world: World) -> None:
    path = invited(boss, colleague, world)
    looker = Client()
    for _ in range(5):
        assert [looker.get(path).status_code, looker.head(path).status_code] == [200, 200]
    assert (OneUseLink.objects.get().used_at, Session.objects.filter().count()) == (None, 1)
    assert not User.objects.filter(email="sun.li@example.com").exists()
    assert Client().post(path, NEW).status_code == 302


def test_c2_an_invitation_ends_and_works_once(boss: Client, colleague: Contact, world: World) -> None:
    path = invited(boss, colleague, world)
    with clock.frozen(world.later(days=7) - timedelta(seconds=1)):
        assert Client().get(path).status_code == 200
    with clock.frozen(world.later(days=7)):
        assert [Client().get(path).status_code, Client().post(path, NEW).status_code] == [404, 404]
    assert Client().post(path, NEW).status_code == 302
    again = Client().post(path, NEW | {"password": "a second 1 try", "again": "a second 1 try"})
    assert again.status_code == 404
    assert User.objects.get(email="sun.li@example.com").check_password(NEW["password"])


@pytest.mark.parametrize("token", ["", "null", "0", "a" * 43, "a" * 10_000, "%00", "é" * 43])
def test_c3_what_is_no_invitation_gets_the_one_answer(world: World, token: str) -> None:
    dead = strip_tokens(Client().get(f"/login/link/{'a' * 43}/").content.decode())
    response = Client().get(f"/welcome/invite/{token}/")
    assert (response.status_code, strip_tokens(response.content.decode())) == (404, dead)


ENDS: dict[str, Any] = {
    "disabled": lambda contact, now: invitation.disable(contact=contact, actor=None, now=now),
    "disabled and enabled": lambda contact, now: [
        invitation.disable(contact=contact, actor=None, now=now),
        invitation.enable(contact=contact, actor=None, now=now),
    ],
    "invited again": lambda contact, now: invitation.invite(contact=contact, actor=None, now=now),
    "address corrected": lambda contact, now: contacts.change(
        contact=contact, email="sun.l@example.com", actor=None, now=now
    ),
    "given a login": lambda contact, now: contacts.change(
        contact=contact, user=make_user(Role.CONTACT), actor=None, now=now
    ),
}


@pytest.mark.parametrize("end", list(ENDS.values()), ids=list(ENDS))
def test_what_ends_an_invitation(boss: Client, colleague: Contact, world: World, end: Any) -> None:
    path = invited(boss, colleague, world)
    end(colleague, world.now)
    assert [Client().get(path).status_code, Client().post(path, NEW).status_code] == [404, 404]
    assert not User.objects.filter(email="sun.li@example.com").exists()


def test_an_invitation_withdrawn_before_the_mail_left_is_not_sent(
    boss: Client, colleague: Contact, world: World
) -> None:
    act(boss, colleague, "invite")
    act(boss, colleague, "disable")
    assert delivered(world.now) == []


def test_c6_inviting_does_not_tell_whether_an_address_has_an_account(
    boss: Client, colleague: Contact, world: World
) -> None:
    """Staff, another customer's contact, nobody: the same answer and the same state; only the reader is told."""
    answers = []
    for email in (world.agent.email, world.b.user.email, "free@example.com"):
        contacts.change(contact=colleague, email=email, actor=None, now=world.now)
        answer = act(boss, colleague, "invite")
        body = strip_tokens(boss.get(LIST).content.decode()).replace(email, "EMAIL")
        answers.append((answer.status_code, answer.headers["Location"], body))
    assert answers == [answers[0]] * 3
    contacts.change(contact=colleague, email=world.b.user.email, actor=None, now=world.now)
    path = invited(boss, colleague, world)
    response = Client().post(path, NEW)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["__all__"])
    colleague.refresh_from_db()
    assert (colleague.user, world.b.user.contact) == (None, world.b.contact)


def test_who_can_log_in_already_is_not_invited(colleague: Contact, world: World) -> None:
    accepted(colleague, world)
    with pytest.raises(RuleError, match="has_login"):
        invitation.invite(contact=colleague, actor=None, now=world.now)
    invitation.disable(contact=colleague, actor=None, now=world.now)
    assert [box.state for box in Outbox.objects.filter(kind="invitation")] == ["sent"]


def test_without_an_address_or_disabled_nobody_is_invited(colleague: Contact, world: World) -> None:
    contacts.change(contact=colleague, email="", actor=None, now=world.now)
    with pytest.raises(InputError) as refusal:
        invitation.invite(contact=colleague, actor=None, now=world.now)
    assert refusal.value.field == "email"
    contacts.change(contact=colleague, email="sun.li@example.com", actor=None, now=world.now)
    invitation.disable(contact=colleague, actor=None, now=world.now)
    with pytest.raises(RuleError, match="disabled"):
        invitation.invite(contact=colleague, actor=None, now=world.now)
    assert not OneUseLink.objects.exists()


# --- Disabling --------------------------------------------------------------------------------------------------------


def test_c7_a_disabled_contact_is_out_at_once_and_stays_out(boss: Client, colleague: Contact, world: World) -> None:
    user = accepted(colleague, world)
    client, asking = logged_in(user), Client()
    asking.post("/login/link/", {"email": user.email})
    path = address_in(delivered(world.now)[0])
    assert client.get("/account/password/").status_code == 200
    assert act(boss, colleague, "disable").status_code == 302
    assert client.get("/account/password/").status_code == 302
    assert asking.post(path).status_code == 404
    assert Client().post("/login/", {"name": user.email, "password": PASSWORD}).status_code == 422
    act(boss, colleague, "enable")
    assert client.get("/account/password/").status_code == 302
    assert asking.post(path).status_code == 404
    assert Client().post("/login/", {"name": user.email, "password": PASSWORD}).status_code == 302


def test_disabling_and_enabling_twice_is_once(colleague: Contact, world: World) -> None:
    accepted(colleague, world)
    for _ in range(2):
        invitation.disable(contact=colleague, actor=None, now=world.now)
    for _ in range(2):
        invitation.enable(contact=colleague, actor=None, now=world.now)
    trail = Audit.objects.filter(action__in=["user.disable", "user.enable"]).values_list("action", flat=True)
    assert sorted(trail) == ["user.disable", "user.enable"]
    colleague.refresh_from_db()
    assert (colleague.is_active, colleague.user and colleague.user.is_active) == (True, True)


def test_a15_tokens_of_a_disabled_contact_are_revoked(colleague: Contact, world: World) -> None:
    user = accepted(colleague, world)
    issue(user=user, name="x", scope=Scope.READ, expires_at=world.later(days=9), now=world.now)
    invitation.disable(contact=colleague, actor=None, now=world.now)
    assert ApiToken.objects.get().revoked_at == world.now


def test_a16_a_login_that_moves_to_another_customer_sees_only_that_one(world: World, settings: Any) -> None:
    """The session of before sees nothing of A from the next request on; an invitation of before is dead."""
    ticket = world.report()
    session = logged_in(world.a.user)
    assert session.get(f"/portal/tickets/{ticket.number}/").status_code == 200
    contacts.change(contact=world.a.contact, user=None, actor=None, now=world.now)
    contacts.change(contact=world.b.contact, user=None, actor=None, now=world.now)
    contacts.change(contact=world.b.contact, user=world.a.user, actor=None, now=world.now)
    assert session.get(f"/portal/tickets/{ticket.number}/").status_code == 404
    assert "CANARY-A" not in session.get("/portal/").content.decode()


def test_a17_every_act_needs_its_token(world: World, boss: Client, colleague: Contact) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = boss.cookies
    paths = [f"{LIST}new/", f"{LIST}{colleague.pk}/", *(f"{LIST}{colleague.pk}/{name}/" for name in ACTS)]
    assert [strict.post(path, PERSON).status_code for path in paths] == [403] * 5


def test_another_purpose_is_no_invitation(colleague: Contact, world: World) -> None:
    subject = f"customers.contact:{colleague.pk}"
    token = link.issue(
        purpose=Purpose.RATING, key="k", subject=subject, facts={"email": colleague.email}, now=world.now
    )
    assert invitation.accept(token=token, name="x", password=PASSWORD, now=world.now) is None
    assert OneUseLink.objects.get().used_at is None
