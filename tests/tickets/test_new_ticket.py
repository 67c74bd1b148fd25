"""S05: a new ticket. What is shown before it is saved, what is refused and where, and that it is saved once."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.enums import Role
from core.models import Outbox
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import site as sites
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.domain import cancellation
from tickets.domain.resolution import resolve
from tickets.models import Message, Ticket

NEW, CUSTOMERS = "/tickets/new/", "/tickets/new/customers/"
CHOICES, PREVIEW = "/tickets/new/choices/", "/tickets/new/preview/"


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def form(world: World, **given: Any) -> dict[str, Any]:
    """What an agent sends: a level 2 fault at customer A's device."""
    facts = {
        "customer": world.a.customer.pk,
        "customer_text": world.a.customer.name,
        "contact": world.a.contact.pk,
        "asset": world.a.asset.pk,
        "severity": "2",
        "kind": "fault",
        "channel": "phone",
        "subject": "打印头走纸异常",
        "description": "票据模糊，已重启两次。",
        "assignee": "me",
        "idempotency_key": "5a6c6f5e-0000-4000-8000-000000000001",
    }
    return {name: value for name, value in (facts | given).items() if value is not None}


def text(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def errors(response: HttpResponse) -> dict[str, str]:
    """The message of each refused field, and nothing was saved."""
    page = text(response, 422)
    assert Ticket.objects.count() == 0
    return dict(re.findall(r'<p class="wb-error" id="id_(\w+)_error">.*?</svg>([^<]*)</p>', page))


# --- Saved ------------------------------------------------------------------------------------------------------------


def test_a_ticket_is_recorded_and_opened(world: World, agent: Client) -> None:
    response = agent.post(NEW, form(world, occurred_at="2026-11-23T09:40"))
    ticket = Ticket.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/tickets/{ticket.number}/")
    assert (ticket.customer, ticket.contact, ticket.asset) == (world.a.customer, world.a.contact, world.a.asset)
    assert (ticket.site, ticket.assignee, ticket.created_by) == (world.a.site, world.agent, world.agent)
    assert (ticket.subject, ticket.description) == ("打印头走纸异常", "票据模糊，已重启两次。")
    assert (ticket.severity, ticket.kind, ticket.channel, ticket.coverage) == (2, "fault", "phone", "contract")
    assert (ticket.occurred_at, ticket.reported_at) == (world.later(minutes=-20), world.now)
    assert {clock.target: clock.due_at for clock in ticket.clocks.all()}["on_site"] == world.later(hours=12)


def test_answered_on_the_spot_meets_the_first_answer(world: World, agent: Client) -> None:
    agent.post(NEW, form(world, answered="on", assignee=""))
    ticket = Ticket.objects.get()
    assert ticket.events.filter(kind="responded", at=world.now).count() == 1
    assert ticket.assignee is None


def test_it_can_be_given_to_somebody_at_once(world: World, agent: Client) -> None:
    agent.post(NEW, form(world, assignee=world.engineer.pk))
    assert Ticket.objects.get().assignee == world.engineer


def test_a_caller_who_is_no_contact_yet(world: World, agent: Client) -> None:
    agent.post(NEW, form(world, contact="", caller_name="门卫", caller_phone="021-5555 0188"))
    ticket = Ticket.objects.get()
    assert (ticket.contact, ticket.caller_name, ticket.caller_phone) == (None, "门卫", "021-5555 0188")


def test_sent_twice_is_saved_once(world: World, agent: Client) -> None:
    answers = [agent.post(NEW, form(world)) for _ in range(2)]
    assert Ticket.objects.count() == 1
    assert Outbox.objects.filter(kind="ticket.receipt").count() == 1
    assert {answer.headers["Location"] for answer in answers} == {f"/tickets/{Ticket.objects.get().number}/"}


def test_the_same_key_with_another_text_is_asked_about(world: World, agent: Client) -> None:
    agent.post(NEW, form(world))
    page = text(agent.post(NEW, form(world, subject="另一件事")), 409)
    assert Ticket.objects.count() == 1
    assert 'value="另一件事"' in page
    fresh = re.search(r'name="idempotency_key" value="([0-9a-f-]{36})"', page)
    assert fresh
    sent = form(world, subject="另一件事", idempotency_key=fresh[1], anyway="1")
    assert agent.post(NEW, sent).status_code == 302
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("key", [None, "", "x" * 81, "a\x00b"])
def test_without_a_key_nothing_is_saved(world: World, agent: Client, key: str | None) -> None:
    page = text(agent.post(NEW, form(world, idempotency_key=key)), 422)
    assert Ticket.objects.count() == 0
    assert 'value="打印头走纸异常"' in page


def test_a_refused_form_can_be_sent_again_with_its_key(world: World, agent: Client) -> None:
    assert agent.post(NEW, form(world, subject="")).status_code == 422
    assert agent.post(NEW, form(world)).status_code == 302


# --- Refused ----------------------------------------------------------------------------------------------------------


def test_what_is_missing_is_named_and_what_was_typed_stays(world: World, agent: Client) -> None:
    sent = form(world, customer="", customer_text="", contact="", asset="", severity=None, subject="  ")
    response = agent.post(NEW, sent)
    page = response.content.decode()
    assert set(errors(response)) == {"customer", "severity", "subject"}
    assert errors(response)["customer"] == "请从列表中选择客户。"
    assert "票据模糊，已重启两次。</textarea>" in page
    assert '<a href="#id_customer_text">' in page
    assert 'id="id_customer_text"' in page
    assert '<a href="#id_severity">' in page
    assert 'id="id_severity"' in page
    assert "wb-error-summary" in page


@pytest.mark.parametrize("name", ["contact", "site", "asset"])
def test_what_belongs_to_another_customer_is_refused_at_its_field(world: World, agent: Client, name: str) -> None:
    asked = form(world, contact="", asset="") | {name: getattr(world.b, name).pk}
    response = agent.post(NEW, asked)
    assert set(errors(response)) == {name}
    assert "CANARY-B" not in response.content.decode()
    assert getattr(world.b, name).name not in response.content.decode()


def test_a_device_of_another_site_is_refused(world: World, agent: Client) -> None:
    other = sites.create(
        customer=world.a.customer,
        name="A 二厅",
        address="A 路 20 号",
        locality="local",
        distance_km=9,
        actor=None,
        now=world.now,
    )
    assert set(errors(agent.post(NEW, form(world, site=other.pk)))) == {"asset"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("subject", "x" * 161),
        ("subject", "a\x00b"),
        ("subject", "\u3000 "),
        ("description", "x" * 1_000_000),
        ("description", "a\x00b"),
        ("caller_name", "x" * 61),
        ("caller_phone", "1" * 21),
        ("customer", "999999999"),
        ("customer", "9" * 40),
        ("customer", "1 or 1"),
        ("contact", "x"),
        ("asset", "\x00"),
        ("severity", "5"),
        ("severity", "\x00"),
        ("kind", "training"),
        ("channel", "api"),
        ("maintenance", "none"),
        ("occurred_at", "yesterday"),
        ("occurred_at", "0001-01-01T00:00"),
        ("occurred_at", "2026-11-23T23:59"),
        ("assignee", "999999999"),
        ("assignee", "admin"),
    ],
)
def test_wrong_input_is_named_at_its_field(world: World, agent: Client, name: str, value: str) -> None:
    assert set(errors(agent.post(NEW, form(world, contact="", asset="") | {name: value}))) == {name}


def test_a_customer_who_left_is_not_found(world: World, agent: Client) -> None:
    world.b.customer.is_active = False
    world.b.customer.save()
    assert "customer" in errors(agent.post(NEW, form(world, customer=world.b.customer.pk, contact="", asset="")))
    assert "CANARY-B" not in text(agent.get(CUSTOMERS, {"q": "CANARY"}))


# --- Before it is saved -----------------------------------------------------------------------------------------------


def test_promise_and_verdict_are_those_of_the_ticket(world: World, agent: Client) -> None:
    """What the preview says is due is what the clocks of the saved ticket say."""
    page = text(agent.get(PREVIEW, form(world)))
    assert "HT-A" in page
    assert "在保" in page
    shown = [datetime.fromisoformat(at) for at in re.findall(r'<time datetime="([^"]*)"', page)]
    agent.post(NEW, form(world, assignee=""))
    assert shown == [clock.due_at for clock in Ticket.objects.get().clocks.order_by("due_at", "pk")]
    assert shown[3] == world.later(hours=12)


def test_the_page_itself_shows_them_for_a_customer_in_the_address(world: World, agent: Client) -> None:
    page = text(agent.get(NEW, {"customer": world.a.customer.pk, "asset": world.a.asset.pk, "severity": 2}))
    assert "HT-A" in page
    assert 'value="CANARY-A 集团"' in page
    assert f'<option value="{world.a.asset.pk}" selected>' in page


def test_before_the_severity_is_known_it_says_so(world: World, agent: Client) -> None:
    assert "选好影响程度后" in text(agent.get(PREVIEW, form(world, severity=None)))
    assert "选好影响程度后" not in text(agent.get(PREVIEW, form(world)))


@pytest.mark.parametrize("path", [PREVIEW, CHOICES, CUSTOMERS])
@pytest.mark.parametrize("junk", ["\x00", "9" * 40, "-1", "x" * 5000, "\ud83d"])
def test_junk_counts_as_not_known(world: World, agent: Client, path: str, junk: str) -> None:
    sent = junk.encode("utf-8", "surrogatepass")
    names = ("customer", "customer_text", "contact", "site", "asset", "severity", "kind", "channel", "maintenance", "q")
    for name in names:
        assert agent.get(path, form(world) | {name: sent}).status_code == 200
    assert agent.get(NEW, dict.fromkeys(names, sent)).status_code == 200


def test_choices_are_the_customers_own(world: World, agent: Client) -> None:
    page = text(agent.get(CHOICES, {"customer": world.a.customer.pk}))
    for name in ("contact", "site", "asset"):
        assert getattr(world.a, name).name in page
        assert getattr(world.b, name).name not in page
    assert 'id="preview" hx-swap-oob="innerHTML"' in page


def test_a_device_brings_its_site_and_a_site_only_its_devices(world: World, agent: Client) -> None:
    chosen = {"customer": world.a.customer.pk, "asset": world.a.asset.pk}
    assert f'<option value="{world.a.site.pk}" selected>' in text(agent.get(CHOICES, chosen))
    page = text(agent.get(CHOICES, chosen | {"site": world.b.site.pk}))
    assert f'<option value="{world.a.site.pk}" selected>' in page


def test_the_kind_of_maintenance_is_asked_only_for_software(world: World, agent: Client) -> None:
    def asked(kind: str) -> bool:
        return 'name="maintenance"' in text(agent.get(PREVIEW, form(world, kind=kind)))

    assert {kind: asked(kind) for kind in ("fault", "usability")} == {"fault": False, "usability": True}
    agent.post(NEW, form(world, kind="usability", maintenance="perfective"))
    assert Ticket.objects.get().maintenance == "perfective"


# --- Reported already? ------------------------------------------------------------------------------------------------


def test_what_may_be_reported_already_is_shown_with_its_reason_if_it_is_visible(world: World, agent: Client) -> None:
    seen = world.report(subject="一样的故障")
    world.report(world.b, subject="别家的故障")
    over = world.report(subject="过去的故障")
    cancellation.cancel(ticket=over, reason="mistake", note="", actor=world.agent, now=world.now)
    page = text(agent.get(PREVIEW, form(world)))
    assert re.findall(r"..的故障", page) == ["一样的故障"]
    assert f"/tickets/{seen.number}/" in page
    assert ("同一设备" in page, "7 天内问题相近" in page) == (True, False)
    theirs = world.report(subject="工程师的工单", assignee=world.engineer)
    page = text(logged_in(world.engineer).get(PREVIEW, form(world)))
    assert re.findall(r"/tickets/(WB-[\d-]+)/", page) == [theirs.number]


@pytest.mark.parametrize(
    ("subject", "days", "resolved", "found"),
    [
        ("打印头走纸异常，票据模糊", 6, False, True),
        ("打印头走纸异常，票据模糊", 6, True, True),
        ("打印头走纸异常，票据模糊", 8, False, False),
        ("网络不通", 1, False, False),
    ],
)
def test_similar_words_of_the_customer_within_seven_days(
    world: World, agent: Client, subject: str, days: int, resolved: bool, found: bool
) -> None:
    ticket = world.report(subject=subject, asset=None, now=world.later(days=-days))
    if resolved:
        soon = world.later(days=-days, minutes=1)
        resolve(ticket=ticket, solution="重启", cause="software", actor=world.agent, now=soon)
    page = text(agent.get(PREVIEW, form(world, asset="")))
    assert (ticket.number in page) is found
    response = agent.post(NEW, form(world, asset=""))
    assert response.status_code == (409 if found else 302)


def test_a_repetition_is_asked_about_and_recorded_all_the_same(world: World, agent: Client) -> None:
    seen = world.report()
    page = text(agent.post(NEW, form(world)), 409)
    assert Ticket.objects.count() == 1
    assert "这个问题可能已有工单，请选择处理方式。" in page
    assert page.index('name="anyway"') < page.index('id="id_subject"')
    assert (f'name="append" value="{seen.number}"' in page, 'value="打印头走纸异常"' in page) == (True, True)
    assert agent.post(NEW, form(world, anyway="1")).status_code == 302
    assert Ticket.objects.count() == 2


def test_enter_in_a_field_presses_the_plain_button(world: World, agent: Client) -> None:
    """A browser takes the first button of the form."""
    world.report()
    page = text(agent.post(NEW, form(world)), 409)
    first = re.search(r"<button[^>]*>", page[page.index('<form id="report"') :])
    assert first
    assert first[0] == "<button hidden>"


def test_a_repetition_becomes_the_customers_words_in_the_ticket_that_is_there(world: World, agent: Client) -> None:
    seen = world.report()
    sent = form(world, append=seen.number, severity=None)
    answers = [agent.post(NEW, sent) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {f"/tickets/{seen.number}/"}
    said = Message.objects.get(ticket=seen)
    assert (said.body, said.from_contact, said.internal) == (
        "打印头走纸异常\n票据模糊，已重启两次。",
        world.a.contact,
        False,
    )
    assert (Ticket.objects.count(), Ticket.objects.get().customer_waits) == (1, True)


@pytest.mark.parametrize("number", ["WB-0001-99999", "\x00", "x" * 500])
def test_adding_to_a_ticket_that_is_not_there(world: World, agent: Client, number: str) -> None:
    assert agent.post(NEW, form(world, append=number)).status_code == 404
    theirs = world.report(world.b)
    assert agent.post(NEW, form(world, append=theirs.number)).status_code == 404
    assert logged_in(world.engineer).post(NEW, form(world, append=world.report().number)).status_code == 404
    assert Message.objects.count() == 0


def test_adding_nothing_says_so(world: World, agent: Client) -> None:
    seen = world.report()
    assert agent.post(NEW, form(world, append=seen.number, subject=" ", description="")).status_code == 422
    assert Message.objects.count() == 0


# --- Without script ---------------------------------------------------------------------------------------------------


def test_the_name_typed_finds_the_customer_without_script(world: World, agent: Client) -> None:
    sent = form(world, customer="", contact="", asset="", customer_text="CANARY-A", find="")
    page = text(agent.post(NEW, sent))
    assert f'name="customer" value="{world.a.customer.pk}"' in page
    assert world.a.asset.name in page
    assert 'value="打印头走纸异常"' in page
    assert "has-error" not in page
    assert Ticket.objects.count() == 0


def test_of_several_that_fit_one_is_picked(world: World, agent: Client) -> None:
    sent = form(world, customer="", contact="", asset="", customer_text="CANARY", find="")
    page = text(agent.post(NEW, sent))
    found = re.findall(r'name="find" value="(\d+)">([^<]*)<', page)
    assert [name for _pk, name in found] == ["CANARY-A 集团", "CANARY-B 集团"]
    page = text(agent.post(NEW, sent | {"find": found[1][0]}))
    assert f'name="customer" value="{world.b.customer.pk}"' in page
    assert world.b.asset.name in page


def test_a_name_that_fits_one_customer_is_enough_to_record(world: World, agent: Client) -> None:
    agent.post(NEW, form(world, customer="", contact="", asset="", customer_text="CANARY-B"))
    assert Ticket.objects.get().customer == world.b.customer


# --- Who --------------------------------------------------------------------------------------------------------------


def test_contacts_and_staff_who_may_not_report_are_refused(world: World) -> None:
    for user in (world.a.user, make_user(Role.FINANCE), make_user(None)):
        client = logged_in(user)
        assert {client.get(path).status_code for path in (NEW, CHOICES, PREVIEW)} == {403}
        assert client.post(NEW, form(world)).status_code == 403
    assert Ticket.objects.count() == 0


def test_an_engineer_reports_for_the_customers_he_knows_of(world: World) -> None:
    engineer = logged_in(world.engineer)
    assert "CANARY" not in text(engineer.get(CUSTOMERS, {"q": "CANARY"}))
    assert set(errors(engineer.post(NEW, form(world, contact="", asset="")))) == {"customer"}
    world.report(assignee=world.engineer)
    assert "CANARY-A" in text(engineer.get(CUSTOMERS, {"q": "CANARY"}))
    assert engineer.post(NEW, form(world, anyway="1")).status_code == 302
    assert engineer.post(NEW, form(world, assignee=world.agent.pk, idempotency_key="k2")).status_code == 422


def test_the_combobox_offers_few_and_by_every_word(world: World, agent: Client) -> None:
    for number in range(25):
        customers.create(code=f"X{number}", name=f"城东中学 {number}", short_name="", actor=None, now=world.now)
    found = text(agent.get(CUSTOMERS, {"q": "城东 中学"}))
    assert found.count('role="option"') == 20
    assert text(agent.get(CUSTOMERS, {"q": "城东 集团"})).count('role="option"') == 0


def test_contacts_who_left_are_not_offered(world: World, agent: Client) -> None:
    gone = contacts.create(customer=world.a.customer, name="已离职", phone="", email="", actor=None, now=world.now)
    gone.is_active = False
    gone.save()
    assert "已离职" not in text(agent.get(CHOICES, {"customer": world.a.customer.pk}))
