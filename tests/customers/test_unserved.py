"""A customer that we no longer serve: its people are out at once, ours still see what was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.domain import link
from accounts.enums import Purpose, Role
from accounts.models import OneUseLink, User
from contracts.queries.contract import contracts_for
from core.domain import outbox
from core.errors import RuleError
from core.models import Audit
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import invitation
from customers.models import Contact
from customers.queries.customer import assets_for, contacts_for, customers_for, sites_for
from customers.queries.portal_contact import colleagues
from tests.api.caller import Caller
from tests.customers.pages import text_of
from tests.factories import PASSWORD, logged_in, make_user
from tests.world import World
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for

pytestmark = pytest.mark.django_db


def stop(world: World) -> None:
    customers.change(customer=world.a.customer, is_active=False, actor=world.manager, now=world.now)


def start(world: World) -> None:
    customers.change(customer=world.a.customer, is_active=True, actor=world.manager, now=world.now)


@pytest.fixture
def boss(world: World) -> User:
    """The administrator of customer A."""
    user = make_user(Role.CONTACT_ADMIN, email="boss@example.com")
    contacts.create(
        customer=world.a.customer, name="主任", user=user, email="boss@example.com", actor=None, now=world.now
    )
    return user


def test_c7_its_people_are_out_at_once_and_the_others_stay(world: World, boss: User) -> None:
    world.report()
    mine = [logged_in(world.a.user), logged_in(boss)]
    other = logged_in(world.b.user)
    stop(world)
    assert [client.get("/portal/").headers.get("Location", "")[:7] for client in mine] == ["/login/", "/login/"]
    assert other.get("/portal/").status_code == 200
    assert Client().login(username=world.a.user.email, password=PASSWORD) is False
    trail = Audit.objects.filter(action="user.disable").values_list("subject", "actor")
    people = {world.a.user.pk, boss.pk}
    assert set(trail) == {(f"accounts.user:{pk}", world.manager.pk) for pk in people}


def test_c7_links_and_invitations_die_with_it(world: World, boss: User) -> None:
    invited = contacts.create(
        customer=world.a.customer, name="新人", email="new@example.com", actor=None, now=world.now
    )
    invitation.invite(contact=invited, actor=None, now=world.now)
    login = link.issue(purpose=Purpose.LOGIN, key="k", user=boss, now=world.now)
    away = link.issue(purpose=Purpose.LOGIN, key="b", user=world.b.user, now=world.now)
    stop(world)
    start(world)
    living = OneUseLink.objects.filter(withdrawn_at=None)
    assert [one.digest for one in living] == [link.digest(away)]
    assert link.look_at(login, Purpose.LOGIN, world.now) is None
    outbox.drain(world.now)
    assert not Audit.objects.filter(action="user.create", changes__email="new@example.com").exists()


def test_they_see_nothing_even_with_a_session_that_was_forgotten(world: World, boss: User) -> None:
    """The visibility functions refuse by themselves, whatever the login says."""
    world.report()
    stop(world)
    for user in (User.objects.get(pk=world.a.user.pk), User.objects.get(pk=boss.pk)):
        lists: list[Callable[[Any], Any]] = [customers_for, sites_for, assets_for, contacts_for, contracts_for]
        assert [list(one(user)) for one in [*lists, tickets_for]] == [[]] * 6


def test_staff_still_see_its_history(world: World) -> None:
    ticket = world.report()
    client = logged_in(world.agent)
    stop(world)
    assert client.get(f"/tickets/{ticket.number}/").status_code == 200
    for tab in ("overview", "contacts", "sites", "contracts", "tickets"):
        page = client.get(f"/customers/{world.a.customer.pk}/", {"tab": tab})
        assert page.status_code == 200, tab
        assert "已停止服务" in text_of(page)


def test_what_is_served_again_opens_again_but_for_those_who_were_disabled_before(world: World, boss: User) -> None:
    invitation.disable(contact=world.a.contact, actor=None, now=world.now)
    stop(world)
    assert {one.state for one in colleagues(world.agent, world.now) if one.contact.user} >= {"disabled"}
    start(world)
    assert User.objects.get(pk=boss.pk).is_active
    assert not User.objects.get(pk=world.a.user.pk).is_active
    assert Contact.objects.get(pk=world.a.contact.pk).is_active is False


def test_nobody_is_invited_or_enabled_meanwhile(world: World) -> None:
    free = contacts.create(customer=world.a.customer, name="新人", email="new@example.com", actor=None, now=world.now)
    stop(world)
    acts: list[Callable[..., None]] = [invitation.invite, invitation.enable]
    for act in acts:
        with pytest.raises(RuleError, match="no longer served|不再服务"):
            act(contact=Contact.objects.get(pk=free.pk), actor=None, now=world.now)
    late = make_user(Role.CONTACT)
    contacts.create(customer=world.a.customer, name="后来", user=late, actor=None, now=world.now)
    assert not User.objects.get(pk=late.pk).is_active
    assert not OneUseLink.objects.exists()


def test_nothing_new_is_reported_by_any_way(world: World) -> None:
    stop(world)
    with pytest.raises(RuleError):
        world.report()
    answer = Caller(world.agent).post(
        "/tickets/", {"customer": world.a.customer.pk, "subject": "x", "kind": "fault", "severity": 2}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "not_served")
    assert Client().get(f"/d/{world.a.asset.label_key}/").status_code == 404
    assert not Ticket.objects.exists()


def test_an_open_case_is_finished_by_us_and_followed_by_nobody(world: World) -> None:
    ticket = world.report(caller_phone="021-55550101")
    stop(world)
    answer = Client().post("/follow/", {"number": ticket.number, "phone": "021-55550101"})
    assert answer.status_code == 422
    assert logged_in(world.agent).get(f"/tickets/{ticket.number}/resolve/").status_code == 200


def test_twice_is_once(world: World) -> None:
    stop(world)
    before = Audit.objects.count()
    stop(world)
    assert Audit.objects.count() == before
