"""What search finds of tickets, in the queue, in the API and on the search page, and for whom."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.enums import Role
from core.grams import query_of
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.domain import assignment, resolution, undo, words
from tickets.domain import ticket as tickets
from tickets.models import Event, Ticket, TicketWords
from tickets.queries.search import found, with_words
from tickets.queries.ticket import tickets_for


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def subjects(user: Any, typed: str) -> list[str]:
    (group,) = found(user, query_of(typed))
    return [hit.title for hit in group.hits]


# --- By what a ticket is found ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "打印",
        "印头",
        "走纸异常",
        "打印 异响",
        "异响 打印头",
        "TK9",
        "周师傅",
        "138 0013 8000",
        "+8613800138000",
        "0013 8000",
    ],
)
def test_a_ticket_is_found_by_its_own_words(world: World, typed: str) -> None:
    world.report(
        subject="打印头走纸异常", description="TK9-300 有异响", caller_name="周师傅", caller_phone="13800138000"
    )
    world.report(subject="触摸屏不准")
    assert subjects(world.agent, typed) == ["打印头走纸异常"]


@pytest.mark.parametrize(
    "typed", ["集团 打印", "CANARY-A 打印", "SN-A 打印", "三号窗口 打印", "A 陈敏 打印", "打印 sn-a 集团"]
)
def test_and_by_its_customer_contact_and_device(world: World, typed: str) -> None:
    world.report(subject="打印头")
    world.report(subject="触摸屏")
    world.report(world.b, subject="硬盘")
    assert subjects(world.agent, typed) == ["打印头"]


def test_words_that_one_alone_does_not_hold_find_nothing(world: World) -> None:
    world.report(subject="打印头")
    assert subjects(world.agent, "打印 没有这种词") == []
    assert subjects(world.agent, "SN-B 打印") == []


def test_its_number_comes_first_then_the_newest(world: World) -> None:
    first = world.report(subject="甲")
    for number in range(10):
        world.report(subject=f"与 {first.number} 有关 {number}")
    listed = subjects(world.agent, first.number.lower())
    assert (listed[:2], len(listed)) == (["甲", f"与 {first.number} 有关 9"], 8)


def test_a_changed_subject_device_or_solution_counts_at_once(world: World) -> None:
    ticket = world.report(subject="打印头")
    change = tickets.Changes(subject="读卡器")
    tickets.change(ticket=ticket, changes=change, actor=world.agent, now=world.now)
    assert (subjects(world.agent, "打印"), subjects(world.agent, "读卡")) == ([], ["读卡器"])
    assignment.assign(ticket=ticket, assignee=world.agent, actor=world.agent, now=world.now)
    resolution.resolve(ticket=ticket, solution="更换进纸轮", cause="hardware", actor=world.agent, now=world.now)
    assert subjects(world.agent, "进纸轮") == ["读卡器"]
    last = Event.objects.filter(ticket=ticket).latest("seq")
    undo.undo(ticket=ticket, event=last, actor=world.agent, now=world.now)
    assert subjects(world.agent, "进纸轮") == []


def test_an_act_that_changes_no_word_writes_none(world: World) -> None:
    ticket = world.report()
    TicketWords.objects.update(text="untouched")
    assignment.claim(ticket=ticket, actor=world.agent, now=world.now)
    assert TicketWords.objects.get().text == "untouched"


def test_building_anew_gives_what_the_acts_wrote(world: World) -> None:
    ticket = world.report(description="说明", caller_name="周师傅", caller_phone="021-55550101")
    assignment.assign(ticket=ticket, assignee=world.agent, actor=world.agent, now=world.now)
    resolution.resolve(ticket=ticket, solution="更换", cause="hardware", actor=world.agent, now=world.now)
    kept = list(TicketWords.objects.values_list("pk", "text", "grams"))
    TicketWords.objects.all().delete()
    assert words.build() == 1
    assert list(TicketWords.objects.values_list("pk", "text", "grams")) == kept


def test_internal_notes_are_found_by_nobody(world: World) -> None:
    from tickets.domain.message import note

    ticket = world.report(subject="打印头")
    note(ticket=ticket, body="客户态度恶劣", actor=world.agent, now=world.now)
    assert subjects(world.agent, "态度恶劣") == []


# --- Lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["打印", "打", "%", "SN-A", "集团", "02155550101", "021-5555 0101"])
def test_the_queue_and_the_api_find_the_same(world: World, agent: Client, typed: str) -> None:
    world.report(subject="100% 打印")
    world.report(world.b, subject="硬盘")
    expected = sorted(with_words(tickets_for(world.agent), query_of(typed)).values_list("subject", flat=True))
    assert expected
    page = agent.get("/tickets/", {"view": "all", "q": typed}).content.decode()
    assert sorted(re.findall(r"data-row-link[^>]*>([^<]*)</a>", page)) == expected
    listed = agent.get("/api/v1/tickets/", {"q": typed}).json()["results"]
    assert sorted(one["subject"] for one in listed) == expected


@pytest.mark.parametrize("typed", ["'; drop table x; --", "%_\\", "打\x00印", "😀", "\u200b", "a" * 101])
def test_d3_hostile_words_in_lists_are_answered(world: World, agent: Client, typed: str) -> None:
    assert agent.get("/tickets/", {"view": "all", "q": typed}).status_code == 200
    assert agent.get("/api/v1/tickets/", {"q": typed}).status_code in (200, 400)


def test_the_index_is_used(world: World) -> None:
    for number in range(30):
        world.report(subject=f"打印头 {number}")
    with connection.cursor() as cursor:
        for way in ("seqscan", "indexscan"):  # a table this small is read in any way, by stale statistics
            cursor.execute(f"set local enable_{way} = off")
        plan = with_words(Ticket.objects.all(), query_of("印头")).order_by("-pk")[:9].explain()
        for way in ("seqscan", "indexscan"):
            cursor.execute(f"set local enable_{way} = on")
    assert "ticketwords_grams" in plan


# --- Who finds what ---------------------------------------------------------------------------------------------------


def test_a_engineers_and_partners_find_only_what_they_take_part_in(world: World) -> None:
    mine, other = world.report(subject="打印头一"), world.report(subject="打印头二")
    assignment.assign(ticket=mine, assignee=world.engineer, actor=world.agent, now=world.now)
    partner = make_user(Role.PARTNER)
    for user, expected in ((world.engineer, ["打印头一"]), (partner, []), (world.agent, ["打印头二", "打印头一"])):
        assert subjects(user, "打印") == expected
        page = logged_in(user).get("/search/", {"q": "打印"})
        assert (other.subject in page.content.decode()) == (other.subject in expected)
    assert logged_in(partner).get("/search/", {"q": other.number}).status_code == 200


def test_an_engineer_finds_customers_and_devices_of_own_tickets_only(world: World) -> None:
    ticket = world.report(subject="打印头")
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    body = logged_in(world.engineer).get("/search/", {"q": "CANARY"}).content.decode()
    assert "CANARY-A" in body
    assert "CANARY-B" not in body
    assert "SN-B" not in logged_in(world.engineer).get("/search/", {"q": "SN-"}).content.decode()


def test_a12_another_customers_tickets_change_nothing_for_a_contact(world: World) -> None:
    world.report(subject="打印头")
    before = subjects(world.a.user, "打印")
    for number in range(100):
        world.report(world.b, subject=f"打印 {number}")
    assert subjects(world.a.user, "打印") == before == ["打印头"]
    engineer = world.engineer
    assert subjects(engineer, "打印") == []


@pytest.mark.parametrize("typed", ["集团 打印", "SN- 打印", "陈敏 打印", "集团 SN-A 打印", "打印"])
def test_words_that_very_many_bear_find_the_same(world: World, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    world.report(subject="打印头")
    world.report(subject="触摸屏")
    world.report(world.b, subject="硬盘")
    monkeypatch.setattr("customers.queries.search.MOST_KEYS", 1)
    assert subjects(world.agent, typed) == ["打印头"]
