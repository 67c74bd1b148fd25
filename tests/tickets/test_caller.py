"""Requests of people who are no authorised callers are confirmed with one who is [004]."""

from typing import Any

import pytest

from accounts.enums import Role
from core.errors import InputError, RuleError
from core.models import Audit
from customers.domain import contact as contacts
from customers.models import CallerCheck
from tests.customers.pages import text_of
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.domain.caller import confirm
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(world: World) -> Ticket:
    """Somebody unknown asked for it; customer A's contact is an authorised caller."""
    return world.report(contact=None, caller_name="路人")


def url(ticket: Ticket) -> str:
    return f"/tickets/{ticket.number}/"


def test_it_is_confirmed_once_with_a_note_in_the_story(world: World, asked: Ticket) -> None:
    client = logged_in(world.agent)
    page = client.get(url(asked)).content.decode()
    assert f'action="{url(asked)}confirm-caller/"' in page
    for _time in range(2):
        answer = client.post(f"{url(asked)}confirm-caller/", {"contact": world.a.contact.pk})
    assert answer.status_code == 409
    check = CallerCheck.objects.get()
    kept = (check.subject, check.contact, check.customer_id, check.actor, check.at)
    assert kept == (
        f"tickets.ticket:{asked.number}",
        world.a.contact,
        world.a.customer.pk,
        world.agent,
        world.now,
    )
    note = Message.objects.get(ticket=asked)
    assert (note.internal, "A 陈敏" in note.body) == (True, True)
    line = Audit.objects.get(action="caller.confirm")
    assert (line.actor, line.customer_id) == (world.agent, world.a.customer.pk)
    after = client.get(url(asked))
    assert ("confirm-caller" in after.content.decode(), "A 陈敏" in text_of(after)) == (False, True)


def test_an_authorised_callers_request_needs_none(world: World) -> None:
    ticket = world.report()
    assert 'id="caller"' not in logged_in(world.agent).get(url(ticket)).content.decode()
    contacts.change(contact=world.a.contact, may_report=False, actor=None, now=world.now)
    assert 'id="caller"' in logged_in(world.agent).get(url(ticket)).content.decode()


def test_only_an_authorised_caller_of_the_customer_confirms(world: World, asked: Ticket) -> None:
    who: dict[str, Any] = {"ticket": asked, "actor": world.agent, "now": world.now}
    with pytest.raises(InputError):
        confirm(contact=world.b.contact, **who)
    contacts.change(contact=world.a.contact, may_report=False, actor=None, now=world.now)
    with pytest.raises(InputError, match="not_authorised"):
        confirm(contact=world.a.contact, **who)
    assert (CallerCheck.objects.exists(), Message.objects.exists()) == (False, False)


def test_a_second_confirmation_leaves_no_second_note(world: World, asked: Ticket) -> None:
    who: dict[str, Any] = {"ticket": asked, "contact": world.a.contact, "actor": world.agent, "now": world.now}
    confirm(**who)
    with pytest.raises(RuleError, match="confirmed"):
        confirm(**who)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("sent", ["", "0", "x", "9" * 30, "-1", "²"])
def test_nobody_chosen_confirms_nothing(world: World, asked: Ticket, sent: str) -> None:
    answer = logged_in(world.agent).post(f"{url(asked)}confirm-caller/", {"contact": sent})
    assert (answer.status_code, CallerCheck.objects.exists()) == (302, False)


def test_a1_who_may_not(world: World, asked: Ticket) -> None:
    sent = {"contact": world.a.contact.pk}
    people = ((world.engineer, 404), (make_user(Role.STORES), 404), (world.a.user, 403))
    for user, status in people:
        assert logged_in(user).post(f"{url(asked)}confirm-caller/", sent).status_code == status
    assert not CallerCheck.objects.exists()
