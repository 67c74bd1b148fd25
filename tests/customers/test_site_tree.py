"""S11 and S12: the tree of a site, a system's page, notes at the device, labels as a PDF file."""

import re
from io import BytesIO
from typing import Any

import pytest
import segno
from django.test import Client, override_settings
from pypdf import PdfReader

from accounts.enums import Role
from customers.domain import asset as assets
from customers.models import Asset, AssetChange
from customers.views.label import QUIET
from tests.customers.pages import HOSTILE, errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


@pytest.fixture
def hall(world: World) -> Asset:
    return make(world, "大厅系统", level="system")


def make(world: World, name: str, **given: Any) -> Asset:
    facts = {"site": world.a.site, "product": world.a.asset.product, "actor": None, "now": world.now}
    return assets.create(**facts | {"name": name} | given)


def tree(world: World) -> str:
    return f"/assets/sites/{world.a.site.pk}/"


def test_the_tree_shows_systems_with_their_parts_below(world: World, agent: Client, hall: Asset) -> None:
    make(world, "一号屏", parent=hall, software_version="5.2")
    body = agent.get(tree(world)).content.decode()
    order = [body.index(name) for name in ("大厅系统</a>", "一号屏</a>", "A 三号窗口</a>")]
    assert order == sorted(order)
    assert re.search(r'tree-1">.*一号屏', body)
    assert ("1 个部件" in body, "5.2" in body) == (True, True)


def test_what_is_retired_is_shown_on_demand(world: World, agent: Client) -> None:
    make(world, "旧终端", state="retired")
    page = text_of(agent.get(tree(world)))
    assert ("旧终端" in page, "显示 1 台已停用设备" in page) == (False, True)
    page = text_of(agent.get(tree(world) + "?retired=1"))
    assert ("旧终端" in page, "已停用" in page) == (True, True)


def test_foreign_sites_are_not_found(world: World) -> None:
    world.report(assignee=world.engineer)
    engineer = logged_in(world.engineer)
    urls = [tree(world), f"/assets/sites/{world.b.site.pk}/", "/assets/sites/999999/"]
    assert [engineer.get(url).status_code for url in urls] == [200, 404, 404]


def test_the_pages_take_the_same_number_of_statements(world: World, agent: Client, hall: Asset) -> None:
    make(world, "一号屏", parent=hall)
    urls = (tree(world), f"/assets/{hall.pk}/", "/assets/")
    few = [statements(agent, url)[1] for url in urls]
    for i in range(48):
        part = make(world, f"屏 {i:02}", serial=f"S{i}", parent=hall)
        assets.change(asset=part, state="spare", actor=None, now=world.now)
        assets.change(asset=hall, software_version=str(i), actor=None, now=world.now)
    assert [statements(agent, url)[1] for url in urls] == few
    assert few[0] <= 12
    assert few[1] <= 20
    assert few[2] <= 12


def test_a_systems_page_lists_its_parts_and_a_parts_page_its_system(world: World, agent: Client, hall: Asset) -> None:
    part = make(world, "一号屏", parent=hall, state="in_repair")
    page = text_of(agent.get(f"/assets/{hall.pk}/"))
    assert [word for word in ("系统部件", "一号屏", "维修中", "登记部件") if word not in page] == []
    page = agent.get(f"/assets/{part.pk}/")
    assert f'href="/assets/{hall.pk}/"' in page.content.decode()
    assert "系统部件" not in text_of(page)


def test_a_part_is_registered_below_its_system(world: World, agent: Client, hall: Asset) -> None:
    url = f"/customers/{world.a.customer.pk}/devices/new/"
    form = agent.get(f"{url}?site={world.a.site.pk}&parent={hall.pk}").content.decode()
    assert re.search(rf'<option value="{hall.pk}" selected>', form)
    values = {"site": world.a.site.pk, "product": world.a.asset.product.pk, "parent": hall.pk}
    values |= {"name": "一号屏", "level": "device", "state": "in_use", "software_version": "5.2"}
    assert agent.post(url, values).status_code == 302
    part = Asset.objects.get(name="一号屏")
    assert (part.parent, part.software_version, part.customer) == (hall, "5.2", world.a.customer)


def test_a_circle_is_refused_at_the_field(world: World, agent: Client, hall: Asset) -> None:
    inner = make(world, "子系统", level="system", parent=hall)
    url = f"/assets/{hall.pk}/change/"
    form = agent.get(url)
    values = {"site": world.a.site.pk, "product": hall.product.pk, "parent": inner.pk, "level": "system"}
    values |= {"name": hall.name, "state": "in_use", "version": version_in(form)}
    response = agent.post(url, values)
    assert (response.status_code, list(errors_of(response))) == (422, ["parent"])
    assert Asset.objects.get(pk=hall.pk).parent is None


def test_an_engineer_notes_what_was_found_at_the_device(world: World) -> None:
    """They may not change what the device is, and see only devices of their tickets."""
    world.report(assignee=world.engineer)
    engineer, url = logged_in(world.engineer), f"/assets/{world.a.asset.pk}/note/"
    form = engineer.get(url)
    values = {"state": "in_repair", "software_version": "5.2.1", "note": "主板返修", "version": version_in(form)}
    assert engineer.post(url, values).status_code == 302
    stored = Asset.objects.get(pk=world.a.asset.pk)
    assert (stored.state, stored.software_version) == ("in_repair", "5.2.1")
    assert set(AssetChange.objects.values_list("kind", "note")) == {("state", "主板返修"), ("version", "主板返修")}
    assert engineer.post(url, values).status_code == 409
    assert engineer.get(f"/assets/{world.a.asset.pk}/change/").status_code == 403
    assert engineer.get(f"/assets/{world.b.asset.pk}/note/").status_code == 404
    assert logged_in(make_user(Role.QUALITY)).get(url).status_code == 403


def test_b3_hostile_words_stand_as_they_are(world: World, agent: Client, hall: Asset) -> None:
    assets.change(asset=hall, name=HOSTILE, software_version="<b>9</b>", note=HOSTILE, actor=None, now=world.now)
    for url in (tree(world), f"/assets/{hall.pk}/"):
        body = agent.get(url).content.decode()
        assert ("<img src=x" in body, "<b>9" in body, "{{7*7}}" in body) == (False, False, True)


# --- Labels as a PDF file ---------------------------------------------------------------------------------------------


def labels(client: Client, query: str) -> PdfReader:
    with override_settings(BASE_URL="https://care.example.com"):
        response = client.get(f"/assets/labels.pdf?{query}")
    assert response.status_code == 200, response.content[:200]
    assert response.headers["Content-Type"] == "application/pdf"
    return PdfReader(BytesIO(response.content))


def test_the_labels_of_a_site_stand_on_a4_sheets_of_21(world: World, agent: Client) -> None:
    for i in range(21):
        make(world, f"窗口 {i:02}", serial=f"S{i:02}")
    make(world, "旧终端", state="retired")
    reader = labels(agent, f"site={world.a.site.pk}")
    texts = [page.extract_text() for page in reader.pages]
    sizes = {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in reader.pages}
    assert (len(texts), sizes) == (2, {(595, 842)})
    assert [text.count("扫码报修") for text in texts] == [21, 1]
    assert [word for word in ("A 三号窗口", "SN-A", "窗口 00", "S00", "400-800-1234") if word not in texts[0]] == []
    assert "旧终端" not in "".join(texts)


def test_only_the_chosen_devices_are_labelled_with_fonts_of_our_own(world: World, agent: Client, hall: Asset) -> None:
    make(world, "一号屏")
    reader = labels(agent, f"asset={world.a.asset.pk}&asset={hall.pk}")
    text = reader.pages[0].extract_text()
    assert ("A 三号窗口" in text, "大厅系统" in text, "一号屏" in text) == (True, True, False)
    fonts = [font.get_object()["/BaseFont"] for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    assert all("Noto" in name for name in fonts), fonts


def test_the_code_on_the_label_leads_to_the_report_form(world: World, agent: Client) -> None:
    """What is drawn are the dark modules of the address, black; the address opens the form without a login."""
    content = labels(agent, f"asset={world.a.asset.pk}").pages[0].get_contents()
    assert content is not None
    drawn = re.findall(r"^(\d+) (\d+) m\n(\d+) \2 l$", content.get_data().decode("latin-1"), re.M)
    dark = {(x - QUIET, int(y) - QUIET) for left, y, right in drawn for x in range(int(left), int(right))}
    matrix = segno.make_qr(f"https://care.example.com/d/{world.a.asset.label_key}/", error="m").matrix
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert Client().get(f"/d/{world.a.asset.label_key}/").status_code == 200


def test_labels_of_others_and_of_nothing(world: World) -> None:
    world.report(assignee=world.engineer)
    engineer = logged_in(world.engineer)
    for query in (f"site={world.b.site.pk}", f"asset={world.b.asset.pk}", "site=x", "asset=999999"):
        assert engineer.get(f"/assets/labels.pdf?{query}").status_code == 404
    page = engineer.get("/assets/labels.pdf", follow=True)
    assert "请先选择设备。" in text_of(page)


def test_too_many_labels_at_once_are_refused_with_the_way_out(
    world: World, agent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customers.views.label.MOST_LABELS", 1)
    make(world, "一号屏")
    page = agent.get(f"/assets/labels.pdf?site={world.a.site.pk}", follow=True)
    assert page.redirect_chain[0][0] == tree(world)
    assert "每次最多打印 1 张标签。 请勾选需要的设备。" in text_of(page)
