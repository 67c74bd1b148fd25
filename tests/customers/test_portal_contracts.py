"""S46: contracts and warranties in the portal, each contact within what they may see."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.enums import Role
from contracts.domain import contract as contracts
from contracts.models import Contract, ContractLine, PromiseSet
from contracts.queries.contract import contracts_for, lines_for
from contracts.views.portal import home_card
from customers.domain import asset as assets
from customers.domain import contact as contacts
from customers.domain import site as sites
from customers.models import Asset, Product, Site
from tests.customers.pages import HOSTILE, statements, text_of
from tests.factories import logged_in, make_user
from tests.world import World

URL = "/portal/contracts/"
TERM = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 3, 31)}


@dataclass
class Portal:
    """Customer A has a second site with a device and a contract of its own."""

    world: World
    plain: Client
    head: Client
    plain_user: Any
    head_user: Any
    other_site: Site
    other_asset: Asset
    other_contract: Contract


@pytest.fixture
def portal(world: World) -> Portal:
    a = world.a
    site = sites.create(
        customer=a.customer, name="A 分部", address="x", locality="remote", distance_km=300, actor=None, now=world.now
    )
    asset = assets.create(site=site, product=Product.objects.get(), name="分部终端", actor=None, now=world.now)
    contract = contracts.create(
        customer=a.customer, number="HT-A2", title="分部维保", actor=None, now=world.now, **TERM
    )
    contracts.add_line(
        contract=contract, promise_set=PromiseSet.objects.get(code="L4"), site=site, actor=None, now=world.now
    )
    head_user = make_user(Role.CONTACT_ADMIN)
    contacts.create(customer=a.customer, name="主任", user=head_user, actor=None, now=world.now)
    contacts.assign_sites(contact=a.contact, sites=[a.site], actor=None, now=world.now)
    return Portal(world, logged_in(a.user), logged_in(head_user), a.user, head_user, site, asset, contract)


def page(client: Client) -> str:
    response: HttpResponse = client.get(URL)
    assert response.status_code == 200
    return text_of(response)


def test_a_contact_sees_the_contracts_and_devices_of_own_sites(portal: Portal) -> None:
    words = page(portal.plain)
    assert [word for word in ("A 维保", "HT-A", "A 三号窗口", "SN-A", "2027年12月31日") if word not in words] == []
    assert [word for word in ("分部维保", "HT-A2", "分部终端", "HT-B", "B 三号窗口", "CANARY-B") if word in words] == []


def test_the_customers_administrator_sees_all_of_the_customer(portal: Portal) -> None:
    words = page(portal.head)
    wanted = ("A 维保", "分部维保", "HT-A2", "分部终端", "A 三号窗口", "2027年3月31日")
    assert [word for word in wanted if word not in words] == []
    assert [word for word in ("HT-B", "B 三号窗口", "CANARY-B") if word in words] == []


def test_the_queries_give_each_what_covers_their_sites(portal: Portal) -> None:
    own = Contract.objects.get(number="HT-A")
    assert set(contracts_for(portal.plain_user)) == {own}
    assert set(contracts_for(portal.head_user)) == {own, portal.other_contract}
    assert set(lines_for(portal.plain_user)) == {portal.world.a.line}
    assert set(lines_for(portal.head_user)) == {portal.world.a.line, portal.other_contract.lines.get()}
    mixed = contracts.add_line(
        contract=portal.other_contract,
        promise_set=PromiseSet.objects.get(code="L4"),
        asset=portal.world.a.asset,
        actor=None,
        now=portal.world.now,
    )
    assert set(contracts_for(portal.plain_user)) == {own, portal.other_contract}
    assert set(lines_for(portal.plain_user)) == {portal.world.a.line, mixed}


def ended(found: QuerySet[Contract]) -> None:
    """Yesterday was the last day of these."""
    ContractLine.objects.filter(contract__in=found).update(ends_on=date(2026, 11, 22))
    found.update(ends_on=date(2026, 11, 22))


def test_drafts_and_contracts_that_are_over_are_not_shown(portal: Portal) -> None:
    Contract.objects.filter(number="HT-A").update(state="draft")
    ended(Contract.objects.filter(number="HT-A2"))
    words = page(portal.head)
    assert ("A 维保" in words, "分部维保" in words) == (False, False)
    assert "HT-A" not in words.replace("HT-A2", "")


def test_the_warranty_is_told_to_its_last_day(portal: Portal) -> None:
    world = portal.world
    for ends_on, words in ((date(2026, 11, 23), "2026年11月23日"), (date(2027, 3, 31), "2027年3月31日")):
        contracts.add_warranty(
            asset=world.a.asset,
            line=world.a.line,
            starts_on=date(2026, 1, 1),
            ends_on=ends_on,
            actor=None,
            now=world.now,
        )
        assert words in page(portal.plain)


def test_a_device_without_cover_is_told_what_we_do_next(portal: Portal) -> None:
    ended(Contract.objects.filter(customer=portal.world.a.customer))
    words = page(portal.plain)
    assert "2026年11月22日" in words
    assert "报价" in words


def test_what_is_promised_is_told_by_impact_where_it_differs(portal: Portal) -> None:
    """HW12 promises every fault the same; L4 promises a visit within a day where all is down."""
    words, head = page(portal.plain), page(portal.head)
    assert "首次联系" in words
    assert "5 分" in words
    assert "系统全部停用" not in words or "终端设备保修 12 个月" in words
    assert "四级故障响应" in head
    assert "四级故障响应" not in words


def test_nothing_internal_is_in_the_page(portal: Portal) -> None:
    body = portal.head.get(URL).content.decode()
    internal = (
        "HOTLINE",
        "PAPERS",
        "row 0",
        "tell_customer",
        "duty_manager",
        "label_key",
        portal.world.a.asset.label_key,
    )
    assert [word for word in internal if word in body] == []


def test_b3_hostile_titles_stand_as_they_are(portal: Portal) -> None:
    Contract.objects.filter(number="HT-A").update(title=HOSTILE)
    assets.change(asset=portal.world.a.asset, name=HOSTILE, actor=None, now=portal.world.now)
    body = portal.plain.get(URL).content.decode()
    assert ("<img src=x" in body, body.count("&lt;img src=x") >= 2) == (False, True)


def test_staff_and_strangers_do_not_get_in(portal: Portal) -> None:
    assert logged_in(portal.world.agent).get(URL).status_code == 403
    assert Client().get(URL).status_code == 302


def test_a_disabled_contact_sees_nothing_of_the_customer(portal: Portal) -> None:
    contacts.change(contact=portal.world.a.contact, is_active=False, actor=None, now=portal.world.now)
    response = portal.plain.get(URL)
    if response.status_code == 200:
        assert [word for word in ("HT-A", "A 三号窗口") if word in text_of(response)] == []


def test_the_page_asks_as_often_for_30_devices_as_for_one(portal: Portal) -> None:
    world = portal.world
    portal.plain.get(URL)
    few = statements(portal.plain, URL)[1]
    for i in range(40):
        asset = assets.create(
            site=world.a.site, product=Product.objects.get(), name=f"窗口 {i:02}", actor=None, now=world.now
        )
        contract = contracts.create(
            customer=world.a.customer, number=f"HT-A-{i}", title=f"第 {i} 号", actor=None, now=world.now, **TERM
        )
        contracts.add_line(
            contract=contract, promise_set=world.a.line.promise_set, asset=asset, actor=None, now=world.now
        )
    response, many = statements(portal.plain, URL)
    assert many == few
    assert len(re.findall(r"<li>", response.content.decode().split('id="devices"')[1])) >= 30


def test_the_card_on_the_home_page_costs_one_statement(portal: Portal, django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/portal/")
    request.user = portal.plain_user
    user = type(portal.plain_user).objects.get(pk=portal.plain_user.pk)
    _ = user.role_codes
    with django_assert_num_queries(1):
        card = home_card(request, user)
    assert ("A 维保" in card, "2027年12月31日" in card, "分部维保" in card) == (True, True, False)
