"""Sites: registering, changing, who may."""

from typing import Any

import pytest
from django.test import Client

from core.models import Audit
from customers.domain import site as sites
from customers.models import Site
from tests.customers.pages import HOSTILE, errors_of, text_of, version_in
from tests.factories import logged_in
from tests.world import World

GIVEN = {
    "name": "北楼",
    "address": "云州市北塔区北路 1 号",
    "district": "北塔区",
    "locality": "remote",
    "distance_km": "42",
}


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def test_a_site_is_registered_at_its_customer(world: World, agent: Client) -> None:
    response = agent.post(f"/customers/{world.a.customer.pk}/sites/new/", GIVEN)
    made = Site.objects.get(name="北楼")
    assert (response.status_code, response.headers["Location"]) == (302, f"/customers/{world.a.customer.pk}/?tab=sites")
    kept = (made.customer_id, made.address, made.district, made.locality, made.distance_km)
    assert kept == (world.a.customer.pk, "云州市北塔区北路 1 号", "北塔区", "remote", 42)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"address": "a" * 201}, "address"),
        ({"locality": "moon"}, "locality"),
        ({"distance_km": "-1"}, "distance_km"),
        ({"distance_km": "32768"}, "distance_km"),
        ({"distance_km": "NaN"}, "distance_km"),
        ({"distance_km": "9" * 400}, "distance_km"),
    ],
)
def test_wrong_sites_are_refused_at_the_field(world: World, agent: Client, wrong: dict[str, Any], field: str) -> None:
    before = (Site.objects.count(), Audit.objects.count())
    response = agent.post(f"/customers/{world.a.customer.pk}/sites/new/", GIVEN | wrong)
    assert (response.status_code, list(errors_of(response))) == (422, [field])
    assert (Site.objects.count(), Audit.objects.count()) == before


def test_a_site_is_changed_and_a_stale_form_is_not(world: World, agent: Client) -> None:
    url = f"/sites/{world.a.site.pk}/change/"
    version = version_in(agent.get(url))
    assert agent.post(url, GIVEN | {"version": version}).status_code == 302
    stale = agent.post(url, GIVEN | {"name": "我的", "version": version})
    kept = Site.objects.get(pk=world.a.site.pk)
    assert (stale.status_code, kept.name, kept.distance_km) == (409, "北楼", 42)
    assert ("北楼" in text_of(stale), 'value="我的"' in stale.content.decode()) == (True, True)


def test_foreign_sites_are_not_found_and_engineers_change_none(world: World) -> None:
    world.report(assignee=world.engineer)
    client = logged_in(world.engineer)
    urls = {
        f"/sites/{world.a.site.pk}/change/": 403,
        f"/customers/{world.a.customer.pk}/sites/new/": 403,
        f"/sites/{world.b.site.pk}/change/": 404,
        f"/customers/{world.b.customer.pk}/sites/new/": 404,
        f"/sites/{10**20}/change/": 404,
    }
    for url, status in urls.items():
        assert (client.get(url).status_code, client.post(url, GIVEN).status_code) == (status, status), url
    assert sorted(Site.objects.values_list("name", flat=True)) == ["A 大厅", "B 大厅"]


def test_b3_a_hostile_site_stands_as_it_is(world: World, agent: Client) -> None:
    sites.change(site=world.a.site, name=HOSTILE, address=HOSTILE, district=HOSTILE[:40], actor=None, now=world.now)
    for url in (
        "/customers/",
        f"/customers/{world.a.customer.pk}/?tab=sites",
        "/assets/",
        f"/assets/{world.a.asset.pk}/",
    ):
        body = agent.get(url).content.decode()
        assert ("<img src=x" in body, "&lt;img src=x" in body) == (False, True), url
