"""S11 and S12: the tree of sites and devices, the page of a device, registering and changing; the catalogue."""

import re
from datetime import date

import pytest
from django.db.models import Max
from django.http import HttpResponse
from django.test import Client

from accounts.enums import Role
from contracts.domain import contract as contracts
from core.models import Audit
from customers.domain import asset as assets
from customers.domain import customer as customers
from customers.domain import product as products
from customers.domain import site as sites
from customers.models import Asset, Product
from tests.customers.pages import HOSTILE, errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World

LIST = "/assets/"
LIST_STATEMENTS = 12


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def shown(response: HttpResponse) -> list[str]:
    return re.findall(r"data-row-link[^>]*>([^<]+)</a>", response.content.decode())


def groups(response: HttpResponse) -> list[list[str]]:
    found = re.findall(r'scope="rowgroup".*?</th>', response.content.decode(), flags=re.S)
    return [re.findall(r">([^<>]+)</a>", group) for group in found]


def warranty(world: World, starts_on: date, ends_on: date) -> None:
    contracts.add_warranty(
        asset=world.a.asset, line=world.a.line, starts_on=starts_on, ends_on=ends_on, actor=None, now=world.now
    )


# --- The tree ---------------------------------------------------------------------------------------------------------


def test_devices_stand_under_their_sites_and_customers(world: World, agent: Client) -> None:
    second = sites.create(
        customer=world.a.customer,
        name="A 分部",
        address="x",
        locality="local",
        distance_km=1,
        actor=None,
        now=world.now,
    )
    assets.create(site=second, product=Product.objects.get(), name="分部终端", actor=None, now=world.now)
    response = agent.get(LIST)
    assert groups(response) == [["CANARY-A 集团", "A 分部"], ["CANARY-A 集团", "A 大厅"], ["CANARY-B 集团", "B 大厅"]]
    assert shown(response) == ["分部终端", "A 三号窗口", "B 三号窗口"]


def test_the_tree_is_filtered_by_customer_site_product_and_words(world: World, agent: Client) -> None:
    other = products.create(code="UPS", name="电源", kind="hardware", actor=None, now=world.now)
    assets.create(site=world.a.site, product=other, name="A 电源", serial="ups-77", actor=None, now=world.now)
    assert shown(agent.get(LIST, {"customer": world.b.customer.pk})) == ["B 三号窗口"]
    assert shown(agent.get(LIST, {"site": world.a.site.pk})) == ["A 三号窗口", "A 电源"]
    assert shown(agent.get(LIST, {"product": other.pk})) == ["A 电源"]
    assert shown(agent.get(LIST, {"q": "ups-77"})) == ["A 电源"]
    assert shown(agent.get(LIST, {"customer_text": "CANARY-B"})) == ["B 三号窗口"]
    assert shown(agent.get(LIST, {"customer": "x", "site": "-1", "product": "10" * 30})) != []
    for strange in ("%", "_", "\x00", "😀", "a" * 10_000):
        assert agent.get(LIST, {"q": strange}).status_code == 200


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ((date(2026, 11, 24), date(2027, 11, 23)), "2026-11-24"),
        ((date(2026, 1, 1), date(2027, 1, 31)), "2027-01-31"),
        ((date(2025, 1, 1), date(2026, 11, 22)), "2026-11-22"),
    ],
)
def test_the_warranty_stands_beside_the_device(
    world: World, agent: Client, term: tuple[date, date], words: str
) -> None:
    warranty(world, *term)
    row = re.findall(r"<tr data-row>.*?</tr>", agent.get(LIST).content.decode(), flags=re.S)[0]
    assert words in row
    assert ("HT-A" in row, "2027-12-31" in row) == (True, True)


def test_the_days_left_and_the_bar_count_to_the_last_day(world: World, agent: Client) -> None:
    warranty(world, date(2026, 11, 14), date(2026, 12, 3))
    row = re.findall(r"<tr data-row>.*?</tr>", agent.get(LIST).content.decode(), flags=re.S)[0]
    assert re.search(r"\b10\b", re.sub(r"<[^>]+>", " ", row))
    assert re.search(r'class="fill" width="55.0"', row)
    assert "wb-tone-soon" in row


def test_an_empty_site_offers_to_register_a_device(world: World, agent: Client) -> None:
    empty = sites.create(
        customer=world.a.customer, name="空", address="x", locality="local", distance_km=1, actor=None, now=world.now
    )
    page = agent.get(LIST, {"site": empty.pk}).content.decode()
    assert f'href="/customers/{world.a.customer.pk}/devices/new/?site={empty.pk}"' in page


def test_the_tree_asks_as_often_for_40_devices_as_for_5(world: World, agent: Client) -> None:
    product = Product.objects.get()

    def add(count: int, start: int) -> None:
        for i in range(start, start + count):
            owner = customers.create(code=f"C{i}", name=f"客户 {i}", actor=None, now=world.now)
            site = sites.create(
                customer=owner,
                name=f"站点 {i}",
                address="x",
                locality="local",
                distance_km=1,
                actor=None,
                now=world.now,
            )
            asset = assets.create(site=site, product=product, serial=f"X{i}", actor=None, now=world.now)
            contract = contracts.create(
                customer=owner,
                number=f"HT-{i}",
                title="t",
                starts_on=date(2026, 1, 1),
                ends_on=date(2027, 12, 31),
                actor=None,
                now=world.now,
            )
            line = contracts.add_line(
                contract=contract, promise_set=world.a.line.promise_set, actor=None, now=world.now
            )
            contracts.add_warranty(
                asset=asset,
                line=line,
                starts_on=date(2026, 1, 1),
                ends_on=date(2027, 12, 31),
                actor=None,
                now=world.now,
            )

    add(3, 0)
    few = statements(agent, LIST)[1]
    add(45, 3)
    response, many = statements(agent, LIST)
    assert len(shown(response)) == 40
    assert (many, many <= LIST_STATEMENTS) == (few, True)
    assert len(re.findall(r"<[a-z]", response.content.decode())) <= 1500


# --- One device -------------------------------------------------------------------------------------------------------


def test_the_page_tells_facts_verdict_and_code_and_leads_to_a_report(world: World, agent: Client) -> None:
    warranty(world, date(2026, 1, 1), date(2027, 3, 31))
    response = agent.get(f"/assets/{world.a.asset.pk}/")
    page = text_of(response)
    wanted = ["A 三号窗口", "SN-A", "KT-300", "A 大厅", "A 路 18 号", "CANARY-A 集团", "2027年3月31日", "HT-A"]
    assert [word for word in wanted if word not in page] == []
    place = f"customer={world.a.customer.pk}&amp;site={world.a.site.pk}&amp;asset={world.a.asset.pk}"
    assert f"/tickets/new/?{place}" in response.content.decode()
    assert f"/d/{world.a.asset.label_key}/" in page


def test_the_report_form_comes_filled_with_the_device(world: World, agent: Client) -> None:
    place = {"customer": world.a.customer.pk, "site": world.a.site.pk, "asset": world.a.asset.pk}
    page = agent.get("/tickets/new/", place).content.decode()
    assert re.search(rf'<option value="{world.a.asset.pk}" selected', page)
    assert re.search(rf'<option value="{world.a.site.pk}" selected', page)
    assert "CANARY-A" in page


def test_a_foreign_device_is_not_found_and_shows_no_buttons_to_an_engineer(world: World) -> None:
    world.report(assignee=world.engineer)
    client = logged_in(world.engineer)
    own, foreign = f"/assets/{world.a.asset.pk}/", f"/assets/{world.b.asset.pk}/"
    page = client.get(own)
    assert (page.status_code, b"/change/" in page.content) == (200, False)
    for url in (foreign, foreign + "change/", "/assets/999999/", f"/assets/{2**63}/"):
        assert client.get(url).status_code == 404
    before = Asset.objects.get(pk=world.a.asset.pk).name
    assert client.post(own + "change/", {"name": "x"}).status_code == 403
    assert Asset.objects.get(pk=world.a.asset.pk).name == before
    assert shown(client.get(LIST)) == ["A 三号窗口"]


# --- Registering and changing -----------------------------------------------------------------------------------------


def given(world: World, **more: object) -> dict[str, object]:
    product = Product.objects.get(code="KT-300")
    return {"site": world.a.site.pk, "product": product.pk, "name": "", "serial": "ab-1", **more}


def test_a_device_is_registered_with_its_serial_in_capitals(world: World, agent: Client) -> None:
    url = f"/customers/{world.a.customer.pk}/devices/new/"
    response = agent.post(url, given(world, serial=" ab-12x ", accepted_on="2026-11-01"))
    made = Asset.objects.get(serial="AB-12X")
    assert (response.status_code, response.headers["Location"]) == (302, f"/assets/{made.pk}/")
    kept = (world.a.customer.pk, world.a.site.pk, "自助终端", date(2026, 11, 1))
    assert (made.customer_id, made.site_id, made.name, made.accepted_on) == kept


def test_the_site_can_be_chosen_beforehand(world: World, agent: Client) -> None:
    page = agent.get(f"/customers/{world.a.customer.pk}/devices/new/?site={world.a.site.pk}").content.decode()
    assert f'<option value="{world.a.site.pk}" selected' in page


def test_wrong_devices_are_refused_at_the_field(world: World, agent: Client) -> None:
    url = f"/customers/{world.a.customer.pk}/devices/new/"
    before = (Asset.objects.count(), Audit.objects.count())
    for wrong, field in (
        ({"site": world.b.site.pk}, "site"),
        ({"site": ""}, "site"),
        ({"product": 999_999}, "product"),
        ({"serial": "sn-a"}, "serial"),
        ({"serial": "x" * 61}, "serial"),
        ({"accepted_on": "2026-02-30"}, "accepted_on"),
        ({"name": "n" * 81}, "name"),
    ):
        response = agent.post(url, given(world, **wrong))
        assert (response.status_code, list(errors_of(response))) == (422, [field]), wrong
    assert (Asset.objects.count(), Audit.objects.count()) == before


def test_a_device_moves_between_the_sites_of_its_customer_only(world: World, agent: Client) -> None:
    second = sites.create(
        customer=world.a.customer,
        name="A 分部",
        address="x",
        locality="local",
        distance_km=1,
        actor=None,
        now=world.now,
    )
    url = f"/assets/{world.a.asset.pk}/change/"
    version = version_in(agent.get(url))
    refused = agent.post(url, given(world, site=world.b.site.pk, serial="SN-A", version=version))
    assert (refused.status_code, list(errors_of(refused))) == (422, ["site"])
    moved = agent.post(url, given(world, site=second.pk, serial="SN-A", name="搬家", version=version))
    kept = Asset.objects.get(pk=world.a.asset.pk)
    assert (moved.status_code, kept.site_id, kept.name) == (302, second.pk, "搬家")


def test_a_stale_device_form_shows_both_versions(world: World, agent: Client) -> None:
    url = f"/assets/{world.a.asset.pk}/change/"
    version = version_in(agent.get(url))
    assets.change(asset=world.a.asset, serial="SN-NEW", actor=None, now=world.now)
    response = agent.post(url, given(world, serial="SN-MINE", version=version))
    assert response.status_code == 409
    assert ("SN-NEW" in text_of(response), 'value="SN-MINE"' in response.content.decode()) == (True, True)
    assert Asset.objects.get(pk=world.a.asset.pk).serial == "SN-NEW"


def test_b3_a_hostile_device_stands_as_it_is(world: World, agent: Client) -> None:
    agent.post(f"/customers/{world.a.customer.pk}/devices/new/", given(world, name=HOSTILE, serial="<i>1"))
    made = Asset.objects.get(name=HOSTILE)
    for url in (
        LIST,
        f"/assets/{made.pk}/",
        f"/assets/{made.pk}/change/",
        f"/customers/{world.a.customer.pk}/?tab=sites",
    ):
        body = agent.get(url).content.decode()
        assert ("<img src=x" in body, "<I>1" in body, "49}}" in body) == (False, False, False), url


# --- The catalogue ----------------------------------------------------------------------------------------------------


def test_the_catalogue_is_kept_by_few(world: World) -> None:
    for role in (Role.AGENT, Role.DUTY_MANAGER, Role.ENGINEER, Role.FINANCE):
        client = logged_in(make_user(role))
        assert [client.get(url).status_code for url in ("/products/", "/products/new/")] == [403, 403], role
        assert client.post("/products/new/", {"code": "X", "name": "X", "kind": "hardware"}).status_code == 403
    assert Product.objects.count() == 1


def test_a_product_is_added_listed_and_changed(world: World) -> None:
    client = logged_in(world.manager)
    made = client.post("/products/new/", {"code": "UPS", "name": "电源", "kind": "hardware"})
    assert (made.status_code, made.headers["Location"]) == (302, "/products/")
    product = Product.objects.get(code="UPS")
    assert shown(client.get("/products/")) == ["电源", "自助终端"]
    assert shown(client.get("/products/", {"q": "ups"})) == ["电源"]
    url = f"/products/{product.pk}/change/"
    version = version_in(client.get(url))
    assert (
        client.post(url, {"code": "UPS", "name": "不间断电源", "kind": "hardware", "version": version}).status_code
        == 302
    )
    stale = client.post(url, {"code": "UPS", "name": "x", "kind": "hardware", "version": version})
    product.refresh_from_db()
    assert (stale.status_code, product.name) == (409, "不间断电源")
    assert client.post("/products/new/", {"code": "UPS", "name": "y", "kind": "hardware"}).status_code == 422
    assert client.post("/products/new/", {"code": "Q", "name": "y", "kind": "magic"}).status_code == 422
    highest = Product.objects.aggregate(most=Max("pk"))["most"]
    assert client.get(f"/products/{highest + 1}/change/").status_code == 404
