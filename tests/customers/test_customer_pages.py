"""S09 and S10: the list of customers and the page of one; creating and changing; who sees and may what."""

import re
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.enums import Role
from contracts.domain import contract as contracts
from contracts.models import Contract
from core.models import Audit
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import site as sites
from customers.models import Customer
from tests.customers.pages import HOSTILE, errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.domain import cancellation

LIST, NEW = "/customers/", "/customers/new/"
LIST_STATEMENTS, PANE_STATEMENTS = 12, 4
FRAME = 4
"""Session, user, roles and the customer: what every answer about a customer asks beside the pane."""
GIVEN = {
    "name": "云州图书馆",
    "code": "TSG",
    "short_name": "",
    "industry": "文化",
    "phone": "021-5555 0188",
    "is_key": "on",
}


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def url_of(customer: Customer, rest: str = "") -> str:
    return f"/customers/{customer.pk}/{rest}"


def names(response: HttpResponse) -> list[str]:
    found = re.findall(r"data-row-link href=\"[^\"]*\">([^<]*?)(?: <span|</a>)", response.content.decode())
    return [name.replace("CANARY-", "").replace(" 集团", "") for name in found]


def row_of(response: HttpResponse, customer: Customer) -> str:
    rows = re.findall(r"<tr data-row>.*?</tr>", response.content.decode(), flags=re.S)
    return next(row for row in rows if f"/customers/{customer.pk}/" in row)


def make_customers(world: World, count: int) -> list[Customer]:
    made = []
    for i in range(count):
        one = customers.create(code=f"N{i:02}", name=f"新客户 {i:02}", actor=None, now=world.now)
        sites.create(
            customer=one,
            name="总部",
            address="路 1 号",
            district=f"{i} 区",
            locality="local",
            distance_km=1,
            actor=None,
            now=world.now,
        )
        contracts.create(
            customer=one,
            number=f"HT-N{i:02}",
            title="维保",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            actor=None,
            now=world.now,
        )
        made.append(one)
    return made


# --- The list ---------------------------------------------------------------------------------------------------------


def test_the_list_tells_open_and_overdue_tickets_and_the_contract(world: World, agent: Client) -> None:
    customers.change(customer=world.a.customer, industry="政务", is_key=True, actor=None, now=world.now)
    sites.change(site=world.a.site, district="金河区", actor=None, now=world.now)
    first, _second = world.report(), world.report()
    type(first).objects.filter(pk=first.pk).update(next_due_at=world.later(hours=-1))
    row = row_of(agent.get(LIST), world.a.customer)
    assert "重点客户" in row
    cells = [text.strip() for text in re.findall(r">([^<>]+)<", row) if text.strip()]
    assert cells[3:7] == ["政务", "金河区", "2", "1"]
    assert "2027-12-31" in row
    assert f"/tickets/?view=all&amp;customer={world.a.customer.pk}" in row
    assert f"/tickets/?view=overdue&amp;customer={world.a.customer.pk}" in row


@pytest.mark.parametrize(
    ("ends_on", "look"),
    [(date(2027, 2, 21), "wb-tone-soon"), (date(2027, 2, 22), "wb-tone-met"), (date(2026, 11, 22), "wb-tone-paused")],
)
def test_a_contract_that_ends_within_90_days_is_marked(world: World, agent: Client, ends_on: date, look: str) -> None:
    Contract.objects.filter(customer=world.a.customer).update(ends_on=ends_on)
    assert look in row_of(agent.get(LIST), world.a.customer)


def test_a_customer_without_contract_says_so(world: World, agent: Client) -> None:
    alone = customers.create(code="X", name="独立客户", actor=None, now=world.now)
    assert "wb-chip" not in row_of(agent.get(LIST), alone)


def test_the_list_is_sorted_by_its_columns_also_those_of_upper_apps(world: World, agent: Client) -> None:
    for name, ends_on in (("甲", date(2027, 3, 1)), ("乙", date(2028, 3, 1))):
        one = customers.create(code=name, name=name, actor=None, now=world.now)
        contracts.create(
            customer=one,
            number=f"HT-{name}",
            title="t",
            starts_on=date(2026, 1, 1),
            ends_on=ends_on,
            actor=None,
            now=world.now,
        )
    customers.create(code="Z", name="无合同", actor=None, now=world.now)
    world.report(world.b)
    assert names(agent.get(LIST, {"sort": "code"})) == ["A", "B", "无合同", "乙", "甲"]
    assert names(agent.get(LIST, {"sort": "contract"})) == ["甲", "A", "B", "乙", "无合同"]
    assert names(agent.get(LIST, {"sort": "-contract"})) == ["乙", "A", "B", "甲", "无合同"]
    assert names(agent.get(LIST, {"sort": "-open"}))[0] == "B"
    assert names(agent.get(LIST, {"sort": "-overdue"}))[0] == "A"
    assert len(names(agent.get(LIST, {"sort": "password"}))) == 5


@pytest.mark.parametrize(
    "asked", ["CANARY-B", " b ", "021-5555 0199", "02155550199", "+86 21 5555 0199", "138 1234 5678"]
)
def test_a_customer_is_found_by_name_code_and_phone(world: World, agent: Client, asked: str) -> None:
    customers.change(customer=world.b.customer, phone="021-55550199", actor=None, now=world.now)
    contacts.create(customer=world.b.customer, name="张三", phone="13812345678", actor=None, now=world.now)
    customers.change(customer=world.a.customer, code="XA", name="Other", actor=None, now=world.now)
    assert names(agent.get(LIST, {"q": asked})) == ["B"]


@pytest.mark.parametrize("asked", ["%", "_", "'; drop table", "\x00", "😀", "a" * 10_000, "！？", "5" * 30])
def test_strange_searches_find_nothing_and_break_nothing(world: World, agent: Client, asked: str) -> None:
    response = agent.get(LIST, {"q": asked})
    assert response.status_code == 200
    if len(asked) < 100 and asked != "\x00":
        assert names(response) == []


def test_the_filters_choose_key_customers_and_those_still_served(world: World, agent: Client) -> None:
    customers.change(customer=world.a.customer, is_key=True, actor=None, now=world.now)
    customers.change(customer=world.b.customer, is_active=False, actor=None, now=world.now)
    assert names(agent.get(LIST, {"is_key": "true"})) == ["A"]
    assert names(agent.get(LIST, {"is_active": "false"})) == ["B"]
    assert names(agent.get(LIST, {"is_key": "nonsense"})) == ["A", "B"]


def test_the_list_asks_as_often_for_50_customers_as_for_5(world: World, agent: Client) -> None:
    make_customers(world, 3)
    few = statements(agent, LIST)[1]
    for one in make_customers_again(world):
        world.report(world.a, customer=one, contact=None, asset=None)
    response, many = statements(agent, LIST)
    assert len(names(response)) == 50
    assert (many, many <= LIST_STATEMENTS) == (few, True)
    assert len(re.findall(r"<[a-z]", response.content.decode())) <= 1500


def make_customers_again(world: World) -> list[Customer]:
    made = []
    for i in range(47):
        one = customers.create(code=f"M{i:02}", name=f"更多客户 {i:02}", actor=None, now=world.now)
        contracts.create(
            customer=one,
            number=f"HT-M{i:02}",
            title="维保",
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 12, 31),
            actor=None,
            now=world.now,
        )
        made.append(one)
    return made


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_tells_health_tabs_and_leads_to_a_new_ticket(world: World, agent: Client) -> None:
    world.report()
    page = agent.get(url_of(world.a.customer)).content.decode()
    assert f"/tickets/new/?customer={world.a.customer.pk}" in page
    tabs = re.findall(r'hx-get="/customers/\d+/\?tab=(\w+)"', page)
    assert tabs == ["overview", "contacts", "sites", "contracts", "tickets", "ratings"]
    assert re.search(r'wb-kpi-value"><a href="/tickets/\?view=all[^"]*">1</a>', page)
    assert re.search(r'wb-kpi-value"><a href="/tickets/\?view=overdue[^"]*">0</a>', page)


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("overview", ["CANARY-A 集团"]),
        ("contacts", ["A 陈敏", "021-5555 0101", "contact-a@example.com"]),
        ("sites", ["A 大厅", "A 路 18 号", "A 三号窗口", "SN-A", "2027-12-31"]),
        ("contracts", ["HT-A", "A 维保", "2026-01-01 – 2027-12-31", "终端设备保修 12 个月", "首次联系", "1天"]),
        ("tickets", ["打印头走纸异常", "WB-2611-00001"]),
    ],
)
def test_each_tab_tells_its_own_also_without_script(world: World, agent: Client, tab: str, words: list[str]) -> None:
    world.report()
    url = url_of(world.a.customer, f"?tab={tab}")
    whole, part = agent.get(url), agent.get(url, headers={"HX-Request": "true", "HX-Target": "customer-tabs"})
    assert [word for word in words if word not in text_of(whole)] == []
    assert [word for word in words[1:] if word not in text_of(part)] == []
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert "CANARY-B" not in text_of(whole)


def test_an_unknown_tab_is_the_first(world: World, agent: Client) -> None:
    first, strange = (agent.get(url_of(world.a.customer, rest)) for rest in ("", "?tab=<b>x"))
    assert re.search(r'tab=overview"[^>]*aria-current="page"', strange.content.decode())
    assert first.status_code == strange.status_code == 200


def test_ended_tickets_stand_below_the_open_ones(world: World, agent: Client) -> None:
    over, still = world.report(subject="over"), world.report(subject="still")
    cancellation.cancel(ticket=over, reason="mistake", note="", actor=world.agent, now=world.now)
    page = text_of(agent.get(url_of(world.a.customer, "?tab=tickets")))
    assert page.index("still") < page.index("over")
    assert still.number in page
    assert over.number in page


@pytest.mark.parametrize("tab", ["overview", "contacts", "sites", "contracts", "tickets", "ratings"])
def test_a_pane_costs_at_most_four_statements_however_long(world: World, agent: Client, tab: str) -> None:
    world.report()
    url, part = url_of(world.a.customer, f"?tab={tab}"), {"HX-Request": "true", "HX-Target": "customer-tabs"}
    agent.get(url, headers=part)
    few = statements(agent, url, headers=part)[1]
    for i in range(12):
        site = sites.create(
            customer=world.a.customer,
            name=f"站点 {i}",
            address="x",
            locality="local",
            distance_km=1,
            actor=None,
            now=world.now,
        )
        contacts.create(customer=world.a.customer, name=f"人 {i}", sites=[site], actor=None, now=world.now)
        world.report(subject=f"ticket {i}")
    many = statements(agent, url, headers=part)[1]
    assert (many, many - FRAME <= PANE_STATEMENTS) == (few, True)


def test_the_overview_tells_who_changed_what(world: World, agent: Client) -> None:
    customers.change(customer=world.a.customer, phone="021-5555 0777", actor=world.manager, now=world.now)
    sites.change(site=world.a.site, name="新大厅", actor=world.agent, now=world.now)
    page = text_of(agent.get(url_of(world.a.customer)))
    assert "部门经理" in page
    assert "+862155550777" in page
    assert "A 大厅 → 新大厅" in page
    assert "B 大厅" not in page


# --- Creating and changing --------------------------------------------------------------------------------------------


def test_a_customer_is_created_and_shown(world: World, agent: Client) -> None:
    response = agent.post(NEW, GIVEN)
    made = Customer.objects.get(code="TSG")
    assert (response.status_code, response.headers["Location"]) == (302, f"/customers/{made.pk}/?tab=sites")
    kept = ("云州图书馆", "云州图书馆", "文化", "+862155550188", True, True)
    assert (made.name, made.short_name, made.industry, made.phone, made.is_key, made.is_active) == kept
    line = Audit.objects.get(subject=f"customers.customer:{made.pk}")
    assert (line.actor, line.action) == (world.agent, "customer.create")


def test_the_same_form_sent_twice_creates_one(world: World, agent: Client) -> None:
    sent = GIVEN | {"idempotency_key": "once-1"}
    answers = [agent.post(NEW, sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Customer.objects.filter(code="TSG").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a" * 121}, "name"),
        ({"name": "CANARY-A 集团"}, "name"),
        ({"name": "nul\x00"}, "name"),
        ({"code": "A"}, "code"),
        ({"code": "x" * 21}, "code"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "2" * 41}, "phone"),
    ],
)
def test_wrong_input_is_said_at_its_field_and_nothing_is_saved(
    world: World, agent: Client, wrong: dict[str, str], field: str
) -> None:
    before = (Customer.objects.count(), Audit.objects.count())
    response = agent.post(NEW, GIVEN | wrong)
    assert (response.status_code, list(errors_of(response))) == (422, [field])
    assert (Customer.objects.count(), Audit.objects.count()) == before


def test_a_customer_is_changed_by_the_version_that_was_shown(world: World, agent: Client) -> None:
    url = url_of(world.a.customer, "change/")
    version = version_in(agent.get(url))
    sent = {"name": "新名", "code": "A", "short_name": "新", "industry": "", "phone": "", "version": version}
    response = agent.post(url, sent)
    assert (response.status_code, response.headers["Location"]) == (302, url_of(world.a.customer))
    world.a.customer.refresh_from_db()
    shown = world.a.customer
    assert (shown.name, shown.short_name, shown.is_active, shown.is_key) == ("新名", "新", False, False)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_stale_form_shows_both_versions_and_changes_nothing(world: World, agent: Client, htmx: bool) -> None:
    url = url_of(world.a.customer, "change/")
    version = version_in(agent.get(url))
    customers.change(customer=world.a.customer, industry="金融", phone="021-55550123", actor=None, now=world.now)
    before = Audit.objects.count()
    sent = {"name": "我的名", "code": "A", "short_name": "A", "is_active": "on", "version": version}
    headers = {"HX-Request": "true"} if htmx else {}
    response = agent.post(url, sent, headers=headers)
    page = text_of(response)
    assert response.status_code == 409
    assert ("金融" in page, "021-5555 0123" in page, 'value="我的名"' in response.content.decode()) == (
        True,
        True,
        True,
    )
    world.a.customer.refresh_from_db()
    assert (world.a.customer.name, world.a.customer.industry) == ("CANARY-A 集团", "金融")
    assert Audit.objects.count() == before
    again = agent.post(url, sent | {"version": version_in(response)}, headers=headers)
    assert again.status_code == (200 if htmx else 302)
    world.a.customer.refresh_from_db()
    assert (world.a.customer.name, world.a.customer.industry) == ("我的名", "")


@pytest.mark.parametrize("version", ["", "0" * 16, "\x00", "x" * 5000])
def test_a_form_without_a_true_version_is_stale(world: World, agent: Client, version: str) -> None:
    url = url_of(world.a.customer, "change/")
    response = agent.post(url, {"name": "x", "code": "A", "version": version})
    world.a.customer.refresh_from_db()
    assert (response.status_code, world.a.customer.name) == (409, "CANARY-A 集团")


def test_in_a_dialog_the_saved_page_is_opened(world: World, agent: Client) -> None:
    response = agent.post(NEW, GIVEN, headers={"HX-Request": "true"})
    made = Customer.objects.get(code="TSG")
    assert response.headers["HX-Redirect"] == f"/customers/{made.pk}/?tab=sites"


def test_b3_hostile_names_stand_as_they_are(world: World, agent: Client) -> None:
    sent = GIVEN | {"name": HOSTILE, "industry": "<script>x</script>", "short_name": "{{7*7}}"}
    assert agent.post(NEW, sent).status_code == 302
    made = Customer.objects.get(name=HOSTILE)
    for url in (LIST, url_of(made), url_of(made, "change/"), url_of(made, "?tab=sites")):
        body = agent.get(url).content.decode()
        assert "<img src=x" not in body
        assert "<script>x" not in body
        assert "49" not in body.split("<h1")[1].split("</h1>")[0]


# --- Who sees, who may ------------------------------------------------------------------------------------------------


def test_an_engineer_sees_only_customers_of_own_tickets_and_no_buttons(world: World) -> None:
    world.report(assignee=world.engineer)
    client = logged_in(world.engineer)
    assert names(client.get(LIST)) == ["A"]
    page = client.get(url_of(world.a.customer))
    assert page.status_code == 200
    assert b"/change/" not in page.content
    assert b"/customers/new/" not in client.get(LIST).content
    assert client.get(url_of(world.b.customer)).status_code == 404
    for url in (NEW, url_of(world.a.customer, "change/")):
        assert (client.get(url).status_code, client.post(url, GIVEN).status_code) == (403, 403)
    foreign = url_of(world.b.customer, "change/")
    assert (client.get(foreign).status_code, client.post(foreign, GIVEN).status_code) == (404, 404)
    world.a.customer.refresh_from_db()
    assert (world.a.customer.name, Customer.objects.count()) == ("CANARY-A 集团", 2)


@pytest.mark.parametrize("role", [Role.CONTACT, Role.CONTACT_ADMIN])
def test_contacts_have_none_of_these_pages(world: World, role: str) -> None:
    user = make_user(role)
    contacts.create(customer=world.a.customer, name="x", user=user, sites=[world.a.site], actor=None, now=world.now)
    client = logged_in(user)
    for url in (LIST, NEW, url_of(world.a.customer), url_of(world.a.customer, "change/"), "/assets/", "/products/"):
        assert client.get(url).status_code == 403, url


@pytest.mark.parametrize("pk", [0, 999_999_999, 2**63, 10**30])
def test_ids_that_are_nobodys_are_not_found(world: World, agent: Client, pk: int) -> None:
    for rest in ("", "change/", "sites/new/", "contacts/new/", "devices/new/"):
        assert agent.get(f"/customers/{pk}/{rest}").status_code == 404, rest


def test_the_combobox_offers_visible_customers(world: World, agent: Client) -> None:
    world.report(assignee=world.engineer)
    everything: Any = agent.get("/customers/options/", {"q": "CANARY"}).content.decode()
    own = logged_in(world.engineer).get("/customers/options/", {"q": "CANARY"}).content.decode()
    assert ("CANARY-A" in everything, "CANARY-B" in everything) == (True, True)
    assert ("CANARY-A" in own, "CANARY-B" in own) == (True, False)
