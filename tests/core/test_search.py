"""S08: the page and the box in the bar; hostile words; who gets there."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.enums import Role
from core.domain import search as domain
from core.management.commands.search import Command
from core.queries import search
from core.queries.search import MOST_HITS, Group, Hit
from customers.domain import asset as assets
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.models import CustomerWords
from tests.factories import logged_in, make_user
from tests.tickets.desk import HTMX
from tests.world import World

PAGE, HITS = "/search/", "/search/hits/"
STATEMENTS = 8
HOSTILE = [
    "'; drop table tickets_ticket; --",
    "打印' or '1'='1",
    '打印" or 1=1',
    "%%打印",
    "打_印",
    "\\打印\\",
    "打印\x00机",
    "打印\ud800机",
    "打\u200b印",
    "😀😀打印",
    "{打印,机}",
    "ARRAY['打印']",
    "打印" * 5000,
    "a@" * 5000,
    "((((((((((((((((((((",
    "%_%_%_%_",
    "]['\"\\{},()",
    "$1 $2",
    "%(q)s %s",
]


@pytest.fixture(autouse=True)
def _no_last_searches() -> None:
    cache.clear()


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def ask(client: Client, typed: str, **more: str) -> HttpResponse:
    response = client.get(PAGE, {"q": typed, **more})
    assert response.status_code == 200, response.headers
    return response


def titles(response: HttpResponse) -> dict[str, list[str]]:
    """The titles of the hits by the part of the product to which they lead."""
    listed: dict[str, list[str]] = {}
    for hit in response.context["found"].hits:
        kind = "contacts" if hit.url.endswith("tab=contacts") else hit.url.split("/")[1]
        listed.setdefault(kind, []).append(hit.title)
    return listed


# --- What is found ----------------------------------------------------------------------------------------------------


def test_hits_stand_in_groups_tickets_first(world: World, agent: Client) -> None:
    world.report(subject="A 打印")
    found = titles(ask(agent, "CANARY-A"))
    assert found == {"tickets": ["A 打印"], "customers": ["CANARY-A 集团"]}
    assert titles(ask(agent, "SN-A")) == {"tickets": ["A 打印"], "assets": ["A 三号窗口"]}
    assert titles(ask(agent, "contact-a@")) == {"tickets": ["A 打印"], "contacts": ["A 陈敏"]}


@pytest.mark.parametrize("typed", ["021-5555 0101", "02155550101", "+86 21 5555 0101", "5555 0101", "（021）55550101"])
def test_a_contact_is_found_by_phone_in_any_spacing(world: World, agent: Client, typed: str) -> None:
    assert titles(ask(agent, typed))["contacts"] == ["A 陈敏", "B 陈敏"]


def test_a_contact_is_found_by_extension(world: World, agent: Client) -> None:
    contacts.create(
        customer=world.a.customer, name="总机", phone="0512-66660000转803", actor=world.agent, now=world.now
    )
    assert titles(ask(agent, "0512 6666 0000 转 803")) == {"contacts": ["总机"]}
    assert titles(ask(agent, "0512 6666 0000 转 804")) == {}


def test_a_new_name_counts_at_once_and_the_old_one_no_more(world: World, agent: Client) -> None:
    world.report(subject="走纸异常")
    customers.change(customer=world.a.customer, name="江南港务", short_name="港务", actor=world.admin, now=world.now)
    assets.change(asset=world.a.asset, serial="XY-77", actor=world.admin, now=world.now)
    assert titles(ask(agent, "江南港务")) == {"tickets": ["走纸异常"], "customers": ["江南港务"]}
    assert titles(ask(agent, "xy-77")) == {"tickets": ["走纸异常"], "assets": ["A 三号窗口"]}
    assert titles(ask(agent, "CANARY-A")) == {}


def test_pairs_that_stand_apart_are_no_hit(world: World, agent: Client) -> None:
    customers.create(code="P", name="打印 印机 公司", actor=world.admin, now=world.now)
    assert titles(ask(agent, "打印机")) == {}


def test_there_is_more_than_eight(world: World, agent: Client) -> None:
    for number in range(MOST_HITS + 1):
        customers.create(code=f"M{number}", name=f"众多公司 {number}", actor=world.admin, now=world.now)
    response = ask(agent, "众多")
    assert len(titles(response)["customers"]) == MOST_HITS
    assert escape("/customers/?q=%E4%BC%97%E5%A4%9A") in response.content.decode()


def test_rebuilding_mends_what_came_past_the_product(world: World, agent: Client) -> None:
    CustomerWords.objects.update(text="", grams=[])
    assert titles(ask(agent, "CANARY-A")) == {}
    domain.rebuild()
    assert titles(ask(agent, "CANARY-A")) == {"customers": ["CANARY-A 集团"]}
    Command().handle(rebuild=True)


# --- The page ---------------------------------------------------------------------------------------------------------


def test_enter_opens_the_first_and_a_number_its_ticket(world: World, agent: Client) -> None:
    ticket, newer = world.report(subject="走纸异常"), world.report(subject="走纸异常，又一次")
    opened = agent.get(PAGE, {"q": "走纸", "open": "1"})
    assert (opened.status_code, opened.headers["Location"]) == (302, f"/tickets/{newer.number}/")
    by_number = agent.get(PAGE, {"q": ticket.number.lower()})
    assert (by_number.status_code, by_number.headers["Location"]) == (302, f"/tickets/{ticket.number}/")
    assert agent.get(PAGE, {"q": "没有这种词", "open": "1"}).status_code == 200


def test_nothing_found_says_what_else_to_try(world: World, agent: Client) -> None:
    assert "wb-empty" in ask(agent, "没有这种词").content.decode()
    assert "wb-empty" not in ask(agent, "").content.decode()


@pytest.mark.parametrize("typed", ["印", "%", "_", "\\", "……", "😀", "\x00", "a"])
def test_too_little_to_look_for_is_said_and_asks_nothing(world: World, agent: Client, typed: str) -> None:
    world.report(subject="打印 % _ \\ …… 😀 a")
    response = agent.get(PAGE, {"q": typed}, headers=HTMX)
    assert (response.status_code, titles(response)) == (200, {})
    assert ("wb-notice" in response.content.decode()) == (typed != "\x00")


def test_a_long_query_is_cut_with_a_note(world: World, agent: Client) -> None:
    response = ask(agent, "打印" * 5000)
    assert "wb-notice" in response.content.decode()
    assert len(response.context["query"].typed) == 100


def test_typing_asks_for_the_results_alone(world: World, agent: Client) -> None:
    body = agent.get(PAGE, {"q": "CANARY"}, headers=HTMX).content.decode()
    assert body.count("<html") == 0
    assert body.count("CANARY-A 集团") == 1


def test_the_box_in_the_bar_offers_the_first_and_the_page(world: World, agent: Client) -> None:
    world.report(subject="走纸异常")
    options = agent.get(HITS, {"q": "走纸"}).context["options"]
    assert [option["label"] for option in options[:-1]] == ["走纸异常"]
    assert options[-1]["value"] == "/search/?q=%E8%B5%B0%E7%BA%B8"
    assert agent.get(HITS, {"q": "没有这种词"}).content.strip() == b""
    assert 'data-combobox="/search/hits/"' in agent.get("/tickets/").content.decode()


def test_the_last_searches_are_ones_own_and_at_most_eight(world: World, agent: Client) -> None:
    for number in range(10):
        customers.create(code=f"R{number}", name=f"回头客 {number:02}", actor=world.admin, now=world.now)
        ask(agent, f"回头客 {number:02}")
    ask(agent, "没有这种词")
    ask(agent, "回头客 05")
    expected = ["05", "09", "08", "07", "06", "04", "03", "02"]
    assert ask(agent, "").context["recent"] == [f"回头客 {number}" for number in expected]
    assert ask(logged_in(world.other_agent), "").context["recent"] == []


def test_the_statements_are_the_same_for_few_and_many(world: World, agent: Client) -> None:
    def count(typed: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            ask(agent, typed)
        return len(asked)

    for number in range(5):
        world.report(subject=f"甲种 {number}")
    for number in range(50):
        world.report(subject=f"乙种 {number}")
    few, many = count("甲种"), count("乙种")
    assert few == many <= STATEMENTS


# --- Hostile words ----------------------------------------------------------------------------------------------------


@pytest.mark.timeout(20)
@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_d3_d4_b11_hostile_words_are_words(world: World, agent: Client, typed: str) -> None:
    """They find what holds them literally or nothing; none of them gets into the text of a statement."""
    world.report(subject="打印机")
    for path, headers in ((PAGE, {}), (PAGE, HTMX), (HITS, {})):
        with BindWatch() as seen:
            response = agent.get(path, {"q": typed.encode("utf-8", "surrogatepass")}, headers=headers)
        assert response.status_code == 200
        assert not any("打印" in sql or "drop table" in sql for sql in seen.statements)


class BindWatch:
    """The statements as they go to the server: texts with places for values."""

    def __enter__(self) -> "BindWatch":
        self.statements: list[str] = []
        self.wrapper = connection.execute_wrapper(self._note)
        self.wrapper.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.wrapper.__exit__(*error)

    def _note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements.append(sql)
        return execute(sql, params, many, context)


@pytest.mark.parametrize(
    ("typed", "found"), [("100%", ["100%"]), ("a_b", ["a_b"]), ("a\\b", ["a\\b"]), ("a'b", ["a'b"])]
)
def test_signs_of_patterns_stand_for_themselves(world: World, agent: Client, typed: str, found: list[str]) -> None:
    for subject in ("100%", "1000", "a_b", "axb", "a\\b", "a'b"):
        world.report(subject=subject)
    assert titles(ask(agent, typed)).get("tickets") == found


def test_texts_of_the_product_and_the_person_are_shown_as_texts(world: World, agent: Client) -> None:
    world.report(subject="<script>alert(1)</script>")
    assert "<script>alert" not in ask(agent, "<script>alert(1)").content.decode()


# --- Who gets there ---------------------------------------------------------------------------------------------------


def test_contacts_and_strangers_have_no_search(world: World) -> None:
    assert logged_in(world.a.user).get(PAGE, {"q": "打印"}).status_code in (403, 404)
    assert Client().get(HITS, {"q": "打印"}).status_code in (302, 401, 404)


def test_a_source_of_the_same_name_replaces_the_other(db: None) -> None:
    user, before = make_user(Role.AGENT), dict(search._sources)
    try:
        search._sources.clear()
        search.register("x", 2, lambda user, query: [Group("X", [Hit("x", "/x/")])])
        search.register("a", 1, lambda user, query: [Group("A", [Hit("a", "/a/"), Hit("e", "/e/", exact=True)])])
        search.register("x", 3, lambda user, query: [Group("Y", [Hit("y", "/y/")]), Group("empty", [])])
        found = search.search(user, search.Query("ab"))
    finally:
        search._sources.clear()
        search._sources.update(before)
    assert [group.label for group in found.groups] == ["A", "Y"]
    assert found.first == Hit("e", "/e/", exact=True)
