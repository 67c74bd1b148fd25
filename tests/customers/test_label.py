"""The key on a device's label, its code, and the sheets to print."""

import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client, override_settings

from customers.domain import asset as assets
from customers.domain import site as sites
from customers.models import Asset, Product
from customers.queries.asset import asset_by_label
from customers.views.label import QUIET, drawn
from tests.customers.pages import HOSTILE, statements, text_of
from tests.factories import logged_in
from tests.world import World


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def test_every_device_gets_a_key_of_its_own_that_never_changes(world: World) -> None:
    keys = {world.a.asset.label_key, world.b.asset.label_key}
    assert len(keys) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", key) for key in keys)
    assets.change(asset=world.a.asset, name="neu", actor=None, now=world.now)
    assert Asset.objects.get(pk=world.a.asset.pk).label_key in keys


def test_devices_that_were_there_before_get_theirs_by_the_migration(world: World) -> None:
    class Rows:
        """The table as it was: the key of A is missing yet."""

        def filter(self, **asked: Any) -> Any:
            assert asked == {"label_key": None}
            return Asset.objects.filter(pk=world.a.asset.pk)

        bulk_update = Asset.objects.bulk_update

    class Old:
        objects = Rows()

    class Past:
        get_model = staticmethod(lambda app, model: Old)

    before = {one.pk: one.label_key for one in Asset.objects.all()}
    import_module("customers.migrations.0003_label").label_present(Past(), None)
    after = {one.pk: one.label_key for one in Asset.objects.all()}
    assert after[world.a.asset.pk] != before[world.a.asset.pk]
    assert len(after[world.a.asset.pk]) == 22
    assert after[world.b.asset.pk] == before[world.b.asset.pk]
    assert apps.get_model("customers", "Asset") is Asset


def test_a_device_is_found_by_its_label_alone(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = asset_by_label(world.a.asset.label_key)
        assert found is not None
        shown = (found, found.site.name, found.customer.name, found.product.code)
    assert shown == (world.a.asset, "A 大厅", "CANARY-A 集团", "KT-300")


@pytest.mark.parametrize("key", ["", "x" * 22, "x" * 5000, "%", "😀", "' or 1=1"])
def test_an_unknown_key_finds_nothing(world: World, key: str) -> None:
    assert asset_by_label(key) is None


def test_the_code_is_drawn_module_by_module() -> None:
    assert drawn([[1, 1, 0], [0, 0, 0], [0, 1, 1]]) == "".join(
        [f"M{QUIET} {QUIET}h2v1H{QUIET}z", f"M{QUIET + 1} {QUIET + 2}h2v1H{QUIET + 1}z"]
    )


def test_the_code_holds_the_address_of_the_label(world: World, agent: Client) -> None:
    """What the path draws is, module for module, the QR code of the address."""
    import segno  # noqa: PLC0415

    with override_settings(BASE_URL="https://care.example.com"):
        page = agent.get(f"/assets/{world.a.asset.pk}/label/").content.decode()
    path = re.search(r'<path d="([^"]+)"', page)
    assert path
    dark = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", path[1]):
        dark |= {(int(x) + i - QUIET, int(y) - QUIET) for i in range(int(width))}
    matrix = segno.make_qr(f"https://care.example.com/d/{world.a.asset.label_key}/", error="m").matrix
    wanted = {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert dark == wanted


def test_one_label_tells_device_serial_site_and_hotline(world: World, agent: Client) -> None:
    response = agent.get(f"/assets/{world.a.asset.pk}/label/")
    page, body = text_of(response), response.content.decode()
    assert [word for word in ("A 三号窗口", "SN-A", "A 大厅", "400-800-1234") if word not in page] == []
    assert "B 三号窗口" not in page
    assert (body.count("<svg"), "style=" in body, "<style" in body, "<script>" in body) == (1, False, False, False)


def test_the_labels_of_a_site_are_on_one_sheet_in_the_same_number_of_statements(world: World, agent: Client) -> None:
    url = f"/sites/{world.a.site.pk}/labels/"
    few = statements(agent, url)[1]
    for i in range(49):
        assets.create(
            site=world.a.site,
            product=Product.objects.get(),
            name=f"窗口 {i:02}",
            serial=f"S{i}",
            actor=None,
            now=world.now,
        )
    response, many = statements(agent, url)
    assert (response.content.decode().count("<svg"), many) == (50, few)


def test_an_empty_site_says_so(world: World, agent: Client) -> None:
    empty = sites.create(
        customer=world.a.customer, name="空", address="x", locality="local", distance_km=1, actor=None, now=world.now
    )
    assert b"<svg" not in agent.get(f"/sites/{empty.pk}/labels/").content


def test_labels_of_foreign_devices_and_sites_are_not_found(world: World) -> None:
    world.report(assignee=world.engineer)
    client = logged_in(world.engineer)
    assert client.get(f"/assets/{world.a.asset.pk}/label/").status_code == 200
    for url in (f"/assets/{world.b.asset.pk}/label/", f"/sites/{world.b.site.pk}/labels/", "/sites/999999/labels/"):
        assert client.get(url).status_code == 404


def test_b3_a_hostile_name_stands_on_the_label_as_it_is(world: World, agent: Client) -> None:
    assets.change(asset=world.a.asset, name=HOSTILE, serial="<b>x</b>", actor=None, now=world.now)
    for url in (f"/assets/{world.a.asset.pk}/label/", f"/sites/{world.a.site.pk}/labels/"):
        body = agent.get(url).content.decode()
        assert ("<img src=x" in body, "<B>X" in body, "{{7*7}}" in body) == (False, False, True)


def test_the_key_is_in_no_answer_of_the_api(world: World, agent: Client) -> None:
    for url in ("/api/v1/assets/", f"/api/v1/assets/{world.a.asset.pk}/"):
        assert world.a.asset.label_key not in agent.get(url).content.decode()
