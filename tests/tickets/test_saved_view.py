"""S03: saved views, their tabs, pins and columns; whose they are."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.enums import Role
from core.models import Audit
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.domain import saved_view
from tickets.domain.saved_view import Facts
from tickets.models import SavedView, ViewPin
from tickets.tables import COLUMNS, SHIPPED_COLUMNS, columns_of

LIST = "/tickets/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def make(world: World, name: str = "我的急件", query: str = "view=all&severity=1", **given: Any) -> SavedView:
    facts = {"name": name, "query": query} | given
    owner = facts.pop("actor", world.agent)
    return saved_view.save(facts=Facts(**facts), actor=owner, now=world.now)


def tabs(client: Client, **asked: Any) -> list[tuple[str, str]]:
    page = client.get(LIST, asked).content.decode()
    return re.findall(r"data-view[^>]*>([^<]*?)(?: <strong>(\d+)</strong>)?</a>", page)


def subjects(client: Client, **asked: Any) -> list[str]:
    return re.findall(r"data-row-link>([^<]*)</a>", client.get(LIST, asked).content.decode())


def heads(client: Client, **asked: Any) -> list[str]:
    head = client.get(LIST, asked).content.decode().split("<thead>")[1].split("</thead>")[0]
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<th [^>]*>(.*?)</th>", head)]


def word(column: str) -> str:
    """The head of a column."""
    with translation.override("zh-hans"):
        return next(str(one.label) for one in COLUMNS if one.key == column)


# --- Saving and looking -----------------------------------------------------------------------------------------------


def test_saving_keeps_only_what_the_list_knows(world: World, agent: Client) -> None:
    looked = (
        f"view=all&severity=1&assignee={world.agent.pk}&sort=-updated&page=3&since=7-x&bogus=1&channel=&kind=nonsense"
    )
    response = agent.post("/tickets/views/new/", {"name": " 我的急件 ", "query": looked, "is_shared": "on"})
    view = SavedView.objects.get()
    assert response.headers["Location"] == f"/tickets/?v={view.pk}"
    assert (view.owner, view.name, view.is_shared) == (world.agent, "我的急件", True)
    assert view.query == "view=all&severity=1&assignee=me&sort=-updated"
    assert view.columns == ",".join(SHIPPED_COLUMNS)
    assert ViewPin.objects.get().user == world.agent


def test_a_view_is_one_address_and_its_tab_counts(world: World, agent: Client) -> None:
    world.report(subject="grave", severity=1)
    world.report(subject="plain")
    view = make(world)
    assert subjects(agent, v=view.pk) == ["grave"]
    assert ("我的急件", "1") in tabs(agent)
    assert [name for name, _count in tabs(agent)][5:] == ["等备件", "我的急件", "全部未结", "已结"]
    assert subjects(agent, v=view.pk, severity="2") == ["plain"]
    assert subjects(agent, v=view.pk, severity="") == ["grave", "plain"]
    page = agent.get(LIST, {"v": view.pk, "severity": "2"}).content.decode()
    assert "已改动" in page
    assert "已改动" not in agent.get(LIST, {"v": view.pk}).content.decode()


def test_me_is_whoever_looks(world: World, agent: Client) -> None:
    world.report(subject="hers", assignee=world.agent)
    world.report(subject="theirs", assignee=world.other_agent)
    view = make(world, query="view=all&assignee=me", is_shared=True)
    assert subjects(agent, v=view.pk) == ["hers"]
    assert subjects(logged_in(world.other_agent), v=view.pk) == ["theirs"]


def test_flags_of_a_saved_view_can_be_taken_off(world: World, agent: Client) -> None:
    world.report(subject="mail", channel="email")
    world.report(subject="call")
    view = make(world, query="view=all&channel=email")
    page = agent.get(LIST, {"v": view.pk}).content.decode()
    found = re.search(r'class="wb-flag" href="(\?[^"]*)"', page)
    assert found is not None
    assert sorted(subjects(agent, **dict(re.findall(r"(\w+)=([^&;]*)", found[1])))) == ["call", "mail"]


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 30, "1 or 1=1", "\x00"])
def test_a_view_that_is_none_is_404(world: World, agent: Client, key: str) -> None:
    for path in (LIST, "/tickets/rows/", "/tickets/tabs/", "/tickets/next/"):
        assert agent.get(path, {"v": key}).status_code == 404


def test_counting_pinned_views_costs_no_further_statement(world: World, agent: Client) -> None:
    world.report(subject="one")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            agent.get(LIST, {"view": "all"})
        return len(asked)

    agent.get(LIST)
    before = cost()
    for n, query in enumerate(
        ["view=all&severity=2", "view=mine&kind=fault", "view=ended", "view=all&mark=needs_review"]
    ):
        make(world, name=f"v{n}", query=query)
    assert cost() == before
    assert [count for name, count in tabs(agent) if name.startswith("v")] == ["1", "0", "", "0"]


# --- Whose ------------------------------------------------------------------------------------------------------------


def test_anothers_private_view_does_not_exist(world: World) -> None:
    view = make(world)
    other = logged_in(world.other_agent)
    assert other.get(LIST, {"v": view.pk}).status_code == 404
    for path in ("", "pin/", "delete/", "restore/"):
        assert other.post(f"/tickets/views/{view.pk}/{path}", {"name": "x"}).status_code == 404
    assert "我的急件" not in other.get("/tickets/views/").content.decode()
    view.refresh_from_db()
    assert (view.name, view.deleted_at) == ("我的急件", None)


def test_a_shared_view_is_seen_by_all_and_changed_by_owner_or_duty_manager(world: World) -> None:
    view = make(world, is_shared=True)
    other, duty = logged_in(world.other_agent), logged_in(world.duty_manager)
    assert other.get(LIST, {"v": view.pk}).status_code == 200
    assert other.post(f"/tickets/views/{view.pk}/", {"name": "mine now"}).status_code == 403
    assert other.post(f"/tickets/views/{view.pk}/delete/").status_code == 403
    answer = duty.post(f"/tickets/views/{view.pk}/", {"name": "急件", "is_shared": "on"})
    assert answer.status_code == 302
    view.refresh_from_db()
    assert (view.name, view.query, view.owner) == ("急件", "view=all&severity=1", world.agent)
    assert set(Audit.objects.filter(action__startswith="view.").values_list("action", "actor__name")) == {
        ("view.share", "王芳"),
        ("view.change", "李主任"),
    }


def test_who_does_not_work_at_the_desk_cannot_share(world: World) -> None:
    engineer = logged_in(world.engineer)
    assert "is_shared" not in engineer.get("/tickets/views/new/?view=all").content.decode()
    engineer.post("/tickets/views/new/", {"name": "外勤", "query": "view=all", "is_shared": "on"})
    assert SavedView.objects.get().is_shared is False
    contact = logged_in(world.a.user)
    assert contact.get("/tickets/views/").status_code == 403


def test_a_shared_view_shows_nobody_more_than_they_may_see(world: World) -> None:
    world.report(subject="not for engineers")
    view = make(world, query="view=all", is_shared=True)
    assert subjects(logged_in(world.engineer), v=view.pk) == []


# --- Names, pins, deletion --------------------------------------------------------------------------------------------


def test_names_are_needed_and_once_a_person(world: World, agent: Client) -> None:
    make(world)
    for name, text in (("", "这个字段是必填项"), ("我的急件", "您已有同名视图"), ("长" * 41, "")):
        response = agent.post("/tickets/views/new/", {"name": name, "query": "view=all"}, headers=HTMX)
        assert response.status_code == 422
        assert not text or text in response.content.decode() or name == ""
    assert SavedView.objects.count() == 1
    assert make(world, actor=world.other_agent).owner == world.other_agent


def test_pinning_is_each_persons_own(world: World) -> None:
    view = make(world, is_shared=True)
    other = logged_in(world.other_agent)
    assert "我的急件" not in dict(tabs(other))
    other.post(f"/tickets/views/{view.pk}/pin/", {"on": "1"})
    other.post(f"/tickets/views/{view.pk}/pin/", {"on": "1"})
    assert "我的急件" in dict(tabs(other))
    logged_in(world.agent).post(f"/tickets/views/{view.pk}/pin/", {"on": "0"})
    assert list(ViewPin.objects.values_list("user", flat=True)) == [world.other_agent.pk]


def test_a_deleted_view_is_gone_for_all_and_can_be_brought_back(world: World, agent: Client) -> None:
    view = make(world, is_shared=True)
    assert agent.post(f"/tickets/views/{view.pk}/delete/").headers["Location"] == "/tickets/views/"
    assert logged_in(world.other_agent).get(LIST, {"v": view.pk}).status_code == 404
    assert "我的急件" not in dict(tabs(agent))
    assert f"/tickets/views/{view.pk}/restore/" in agent.get("/tickets/views/").content.decode()
    agent.post(f"/tickets/views/{view.pk}/restore/")
    assert "我的急件" in dict(tabs(agent))


def test_a_view_whose_name_was_taken_meanwhile_stays_deleted(world: World, agent: Client) -> None:
    view = make(world)
    saved_view.remove(view=view, actor=world.agent, now=world.now)
    make(world)
    agent.post(f"/tickets/views/{view.pk}/restore/")
    view.refresh_from_db()
    assert view.deleted_at is not None


def test_changing_may_take_over_what_is_looked_at(world: World, agent: Client) -> None:
    view = make(world)
    url = f"/tickets/views/{view.pk}/"
    form = agent.get(url, {"v": view.pk, "severity": "2"}, headers=HTMX).content.decode()
    assert 'name="renew"' in form
    agent.post(url, {"name": "二级", "query": f"v={view.pk}&severity=2", "renew": "on", "density": "compact"})
    view.refresh_from_db()
    assert (view.name, view.query, view.density) == ("二级", "view=all&severity=2", "compact")
    assert 'id="queue" data-density="compact"' in agent.get(LIST, {"v": view.pk}).content.decode()


# --- Columns ----------------------------------------------------------------------------------------------------------


def test_columns_are_a_persons_own_and_keep_their_order(world: World, agent: Client) -> None:
    world.report(subject="one", assignee=world.agent)
    assert heads(agent) == ["选择", "时限", "级别", "问题", "状态", "责任人", "质保", "更新"]
    sent = {"column": ["reported", "kind", "severity"], "query": "view=mine&severity=2"}
    assert agent.post("/tickets/columns/", sent).headers["Location"] == "/tickets/?view=mine&severity=2"
    assert heads(agent) == ["选择", "时限", "级别", "问题", word("kind"), "报修时间"]
    other = logged_in(world.other_agent)
    assert heads(other, view="all") == ["选择", "时限", "级别", "问题", "状态", "责任人", "质保", "更新"]
    agent.post("/tickets/columns/", {"query": "view=mine"})
    assert heads(agent) == ["选择", "时限", "问题"]
    agent.post("/tickets/columns/", {"reset": "1", "query": "view=mine"})
    assert heads(agent) == ["选择", "时限", "级别", "问题", "状态", "责任人", "质保", "更新"]


def test_a_saved_view_has_its_own_columns(world: World, agent: Client) -> None:
    world.report(subject="one", severity=1)
    view = make(world, columns="channel", is_shared=True)
    other = logged_in(world.other_agent)
    assert heads(other, v=view.pk) == ["选择", "时限", "问题", word("channel")]
    sent = {"column": ["kind"], "query": f"v={view.pk}"}
    assert other.post("/tickets/columns/", sent).status_code == 403
    agent.post("/tickets/columns/", sent)
    assert heads(other, v=view.pk) == ["选择", "时限", "问题", word("kind")]
    assert "此视图的列由创建者设定" in other.get("/tickets/columns/", {"v": view.pk}).content.decode()


def test_a_row_drawn_anew_has_the_columns_of_its_list(world: World, agent: Client) -> None:
    ticket = world.report(subject="one", severity=1)
    view = make(world, columns="channel")
    behind = HTMX | {"HX-Current-URL": f"http://testserver/tickets/?v={view.pk}"}
    row = agent.get(f"/tickets/{ticket.number}/row/", headers=behind).content.decode()
    assert re.findall(r'data-label="([^"]*)"', row) == ["时限", word("channel")]
    plain = agent.get(f"/tickets/{ticket.number}/row/", headers=HTMX).content.decode()
    assert re.findall(r'data-label="([^"]*)"', plain) == ["时限", "级别", "状态", "责任人", "质保", "更新"]


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", SHIPPED_COLUMNS), ("none", ()), ("updated,severity", ("severity", "updated")), ("password,kind", ("kind",))],
)
def test_unknown_columns_are_left_out(text: str, columns: tuple[str, ...]) -> None:
    assert columns_of(text) == columns


@pytest.mark.parametrize("role", [Role.AGENT, Role.ENGINEER, Role.TRAINER])
def test_every_member_of_staff_may_save_views(world: World, role: Role) -> None:
    client = logged_in(make_user(role))
    assert client.post("/tickets/views/new/", {"name": "v", "query": "view=all"}).status_code == 302
