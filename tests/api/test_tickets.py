"""Lists, single tickets and what belongs to them; new tickets."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from tests.api.caller import Caller, error, traces
from tests.factories import make_user
from tests.world import World
from tickets.domain import assignment, cancellation, message
from tickets.filters import TicketFilter
from tickets.models import Message, Ticket

LIST = "/tickets/"


def numbers(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["number"] for row in response.json()["results"]]


def body_for(world: World, **given: Any) -> dict[str, Any]:
    facts = {
        "customer": world.a.customer.pk,
        "asset": world.a.asset.pk,
        "subject": "走纸异常",
        "kind": "fault",
        "severity": 2,
    }
    return facts | given


# --- New tickets -----------------------------------------------------------------------------------------------------


def test_report(agent: Caller, world: World) -> None:
    body = body_for(world, contact=world.a.contact.pk, occurred_at="2026-11-23T09:40:00+08:00", description="票据模糊")
    response = agent.post(LIST, body)
    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/tickets/WB-2611-00001/"
    answer = response.json()
    picked = {name: answer[name] for name in ("number", "version", "state", "channel", "coverage", "round", "contract")}
    assert picked == {
        "number": "WB-2611-00001",
        "version": 1,
        "state": "new",
        "channel": "api",
        "coverage": "contract",
        "round": 1,
        "contract": "HT-A",
    }
    assert answer["customer"] == {"id": world.a.customer.pk, "name": "CANARY-A 集团", "code": "A"}
    assert answer["site"] == {"id": world.a.site.pk, "name": "A 大厅"}
    assert (answer["occurred_at"], answer["reported_at"]) == ("2026-11-23T09:40:00+08:00", "2026-11-23T10:00:00+08:00")
    dues = {one["target"]: one["due_at"] for one in answer["clocks"]}
    assert (dues["plan"], dues["on_site"]) == ("2026-11-23T11:00:00+08:00", "2026-11-23T22:00:00+08:00")
    assert Ticket.objects.get().created_by == world.agent


def test_report_and_assign_and_answer_at_once(agent: Caller, world: World) -> None:
    answer = agent.post(LIST, body_for(world, assignee=world.engineer.pk, answered=True)).json()
    assert (answer["assignee"]["id"], answer["state"]) == (world.engineer.pk, "in_progress")


def test_a_client_reports_but_does_not_assign(world: World) -> None:
    client = Caller(make_user(Role.CLIENT))
    before = traces()
    assert error(client.post(LIST, body_for(world, assignee=world.engineer.pk))) == (403, "denied", [])
    assert traces() == before
    assert client.post(LIST, body_for(world)).status_code == 201


@pytest.mark.parametrize("role", [Role.TRAINER, Role.STORES, Role.FINANCE, Role.PARTNER])
def test_a2_who_does_not_report(world: World, role: Role) -> None:
    person = Caller(make_user(role))
    before = traces()
    assert error(person.post(LIST, body_for(world))) == (403, "denied", [])
    assert traces() == before


@pytest.mark.parametrize("field", ["customer", "contact", "site", "asset", "assignee"])
def test_a3_rows_of_others_are_refused_like_rows_that_never_were(agent: Caller, world: World, field: str) -> None:
    foreign = {
        "contact": world.b.contact.pk,
        "site": world.b.site.pk,
        "asset": world.b.asset.pk,
        "assignee": world.b.user.pk,
    }
    before = traces()
    answers = [agent.post(LIST, body_for(world, **{field: pk})) for pk in (foreign.get(field, 10**9), 10**9, 2**63 - 1)]
    assert [error(answer) for answer in answers] == [(400, "does_not_exist", [field])] * 3
    assert len({answer.content for answer in answers}) == 1
    assert traces() == before


def test_a3_an_engineer_reports_only_for_customers_of_own_tickets(world: World, ticket: Ticket) -> None:
    engineer = Caller(world.engineer)
    assert error(engineer.post(LIST, body_for(world))) == (400, "does_not_exist", ["customer"])
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    assert engineer.post(LIST, body_for(world)).status_code == 201


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"subject": ""}, "blank", "subject"),
        ({"subject": "x" * 161}, "max_length", "subject"),
        ({"subject": "a\x00b"}, "null_characters_not_allowed", "subject"),
        ({"subject": 1}, "invalid", "subject"),
        ({"subject": None}, "null", "subject"),
        ({"description": "x" * 20_001}, "max_length", "description"),
        ({"severity": 5}, "invalid_choice", "severity"),
        ({"severity": "2"}, "invalid_choice", "severity"),
        ({"severity": True}, "invalid_choice", "severity"),
        ({"severity": 2.0}, "invalid_choice", "severity"),
        ({"severity": 2**63}, "invalid_choice", "severity"),
        ({"kind": ["fault"]}, "invalid_choice", "kind"),
        ({"kind": {"a": 1}}, "invalid_choice", "kind"),
        ({"channel": "pigeon"}, "invalid_choice", "channel"),
        ({"customer": 0}, "min_value", "customer"),
        ({"customer": 2**63}, "max_value", "customer"),
        ({"customer": "1"}, "invalid", "customer"),
        ({"customer": 1.5}, "invalid", "customer"),
        ({"customer": None}, "null", "customer"),
        ({"answered": "true"}, "invalid", "answered"),
        ({"answered": 1}, "invalid", "answered"),
        ({"occurred_at": "2026-11-23T09:40:00"}, "invalid", "occurred_at"),
        ({"occurred_at": "2026-11-23T10:01:01+08:00"}, "future", "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "invalid", "occurred_at"),
        ({"number": "WB-2611-99999"}, "unknown_field", "number"),
        ({"state": "closed"}, "unknown_field", "state"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "unknown_field", "created_at"),
    ],
)
def test_d3_a6_bad_reports(agent: Caller, world: World, given: dict[str, Any], code: str, field: str) -> None:
    before = traces()
    assert error(agent.post(LIST, body_for(world, **given))) == (400, code, [field])
    assert traces() == before


def test_a_device_at_another_site(agent: Caller, world: World) -> None:
    from customers.domain import site as sites  # noqa: PLC0415

    other = sites.create(
        customer=world.a.customer, name="二号", address="x", locality="local", distance_km=1, actor=None, now=world.now
    )
    assert error(agent.post(LIST, body_for(world, site=other.pk))) == (400, "elsewhere", ["asset"])


# --- Single tickets --------------------------------------------------------------------------------------------------


def test_retrieve(agent: Caller, ticket: Ticket) -> None:
    answer = agent.get(f"/tickets/{ticket.number}/").json()
    assert (answer["number"], answer["subject"]) == (ticket.number, ticket.subject)
    assert (answer["attachments"], answer["links"]) == ([], [])
    assert [one["target"] for one in answer["clocks"]][:1] == ["first_contact"]


@pytest.mark.parametrize(
    "number", ["WB-2611-99999", "x", "%00", "WB-2611-00001%00", "1 or 1=1", "..", "中文", "x" * 500]
)
def test_numbers_of_nothing(agent: Caller, ticket: Ticket, number: str) -> None:
    assert error(agent.get(f"/tickets/{number}/")) == (404, "not_found", [])


def test_engineers_see_only_the_tickets_that_they_take_part_in(world: World, ticket: Ticket) -> None:
    engineer = Caller(world.engineer)
    hidden, missing = engineer.get(f"/tickets/{ticket.number}/"), engineer.get("/tickets/WB-2611-99999/")
    assert (error(hidden), hidden.content) == ((404, "not_found", []), missing.content)
    assert numbers(engineer.get(LIST)) == []
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    assert numbers(engineer.get(LIST)) == [ticket.number]
    assert engineer.get(f"/tickets/{ticket.number}/").status_code == 200


def test_links_to_tickets_that_one_does_not_see_are_not_told(world: World, ticket: Ticket) -> None:
    other = world.report()
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    Caller(world.agent).post(f"/tickets/{ticket.number}/link/", {"other": other.number})
    assert Caller(world.engineer).get(f"/tickets/{ticket.number}/").json()["links"] == []


def test_clocks(agent: Caller, ticket: Ticket) -> None:
    answer = agent.get(f"/tickets/{ticket.number}/clocks/").json()
    assert sorted(answer) == ["clocks", "past", "waiting"]
    first = answer["clocks"][0]
    assert (first["target"], first["state"], first["remaining_seconds"]) == ("first_contact", "running", 300)
    assert answer["past"] == []


def test_events(agent: Caller, world: World, ticket: Ticket) -> None:
    message.note(ticket=ticket, body="内部", actor=world.agent, now=world.now)
    rows = agent.get(f"/tickets/{ticket.number}/events/").json()["results"]
    assert [(row["seq"], row["kind"], row["source"]) for row in rows] == [
        (1, "reported", "desk"),
        (2, "message", "desk"),
    ]
    assert rows[0]["actor"] == {"id": world.agent.pk, "name": "王芳"}
    assert rows[0]["data"]["facts"]["severity"] == 2
    assert sorted(rows[0]["data"]) == ["facts"]
    second = agent.get(f"/tickets/{ticket.number}/events/", page_size=1).json()
    assert [row["seq"] for row in agent.client.get(second["next"], headers=agent.headers).json()["results"]] == [2]


def test_messages(agent: Caller, world: World, ticket: Ticket) -> None:
    message.reply(ticket=ticket, body="已派工", actor=world.agent, now=world.now)
    agent.post(f"/tickets/{ticket.number}/undo/", {"event": 2})
    message.note(ticket=ticket, body="内部", actor=world.agent, now=world.now)
    rows = agent.get(f"/tickets/{ticket.number}/messages/").json()["results"]
    assert [(row["body"], row["internal"], row["taken_back"]) for row in rows] == [
        ("已派工", False, True),
        ("内部", True, False),
    ]
    assert rows[0]["to_contact"]["name"] == "A 陈敏"


@pytest.mark.parametrize("entry", ["clocks", "events", "messages", "attachments"])
def test_a4_entries_of_a_ticket_that_one_does_not_see(world: World, ticket: Ticket, entry: str) -> None:
    assert error(Caller(world.engineer).get(f"/tickets/{ticket.number}/{entry}/")) == (404, "not_found", [])


# --- Lists -----------------------------------------------------------------------------------------------------------


def test_pages_by_cursor_newest_first(agent: Caller, world: World) -> None:
    made = [world.report().number for _ in range(5)]
    first = agent.get(LIST, page_size=2).json()
    assert [row["number"] for row in first["results"]] == made[:2:-1]
    assert first["previous"] is None
    world.report()  # a newer one does not shift the pages
    second = agent.client.get(first["next"], headers=agent.headers).json()
    third = agent.client.get(second["next"], headers=agent.headers).json()
    assert [row["number"] for row in second["results"] + third["results"]] == made[2::-1]
    assert third["next"] is None
    back = agent.client.get(third["previous"], headers=agent.headers).json()
    assert back["results"] == second["results"]


def test_oldest_first(agent: Caller, world: World) -> None:
    made = [world.report().number for _ in range(3)]
    assert numbers(agent.get(LIST, ordering="id")) == made


def test_a_row_shows_its_nearest_clock(agent: Caller, ticket: Ticket) -> None:
    (row,) = agent.get(LIST).json()["results"]
    assert (row["clock"]["target"], row["clock"]["due_at"]) == ("first_contact", "2026-11-23T10:05:00+08:00")
    assert row["next_due_at"] == "2026-11-23T10:05:00+08:00"


def test_filters(agent: Caller, world: World) -> None:
    mine = world.report(subject="服务器磁盘告警", severity=1, assignee=world.agent)
    other = world.report(world.b, kind="request", channel="email")
    gone = world.report(subject="gone")
    cancellation.cancel(ticket=gone, reason="mistake", note="", actor=world.agent, now=world.now)
    found = {
        "q": {"q": "磁盘"},
        "two words": {"q": f"{mine.number} 磁盘"},
        "nothing": {"q": "磁盘 打印"},
        "state": {"state": ["accepted", "cancelled"]},
        "open": {"is_open": "true"},
        "ended": {"is_open": "false"},
        "severity": {"severity": [1, 3]},
        "kind": {"kind": "request"},
        "channel": {"channel": "email"},
        "assignee": {"assignee": world.agent.pk},
        "unassigned": {"unassigned": "true"},
        "customer": {"customer": world.b.customer.pk},
        "site": {"site": world.b.site.pk},
        "asset": {"asset": world.b.asset.pk},
        "overdue": {"overdue": "true"},
        "due": {"due_before": "2026-11-23T10:04:00+08:00"},
        "today": {"reported_from": "2026-11-23", "reported_to": "2026-11-23"},
        "yesterday": {"reported_to": "2026-11-22"},
        "changed": {"updated_since": "2026-11-23T10:00:01+08:00"},
    }
    got = {name: sorted(numbers(agent.get(LIST, **query))) for name, query in found.items()}
    every = [mine.number, other.number, gone.number]
    assert got == {
        "q": [mine.number],
        "two words": [mine.number],
        "nothing": [],
        "state": [mine.number, gone.number],
        "open": [mine.number, other.number],
        "ended": [gone.number],
        "severity": [mine.number],
        "kind": [other.number],
        "channel": [other.number],
        "assignee": [mine.number],
        "unassigned": [other.number, gone.number],
        "customer": [other.number],
        "site": [other.number],
        "asset": [other.number],
        "overdue": [],
        "due": [],
        "today": every,
        "yesterday": [],
        "changed": [],
    }


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"ordering": "customer__contacts__user__password"}, "choice"),
        ({"ordering": "severity"}, "choice"),
        ({"sort": "assignee__password"}, "unknown_parameter"),
        ({"filter[contact__user__password__startswith]": "p"}, "unknown_parameter"),
        ({"assignee__password__startswith": "p"}, "unknown_parameter"),
        ({"format": "xml"}, "unknown_parameter"),
        ({"customer": ["1", "2"]}, "doubled_parameter"),
        ({"page_size": "0"}, "range"),
        ({"page_size": "201"}, "range"),
        ({"page_size": "-1"}, "range"),
        ({"page_size": "٣"}, "range"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "cD1hYmM="}, "cursor"),
        ({"cursor": "cD05MjIzMzcyMDM2ODU0Nzc1ODA4"}, "cursor"),
        ({"cursor": "中"}, "cursor"),
        ({"severity": "9"}, "invalid_choice"),
        ({"state": "nothing"}, "invalid_choice"),
        ({"customer": "9223372036854775808"}, "max_value"),
        ({"customer": "x"}, "invalid"),
        ({"due_before": "2026-11-23T10:00:00"}, "invalid"),
        ({"due_before": "9999-12-31T23:59:59-23:59"}, "invalid"),
        ({"reported_to": "9999-12-31"}, "max_value"),
        ({"reported_from": "0001-01-01"}, "min_value"),
        ({"q": "a\x00b"}, "null_characters_not_allowed"),
        ({"q": "x" * 101}, "max_length"),
    ],
)
def test_a11_d3_what_lists_do_not_know_is_refused(
    agent: Caller, ticket: Ticket, query: dict[str, Any], code: str
) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = error(agent.get(LIST, **query))
    assert answer == (400, code, [next(iter(query))])
    assert not [one["sql"] for one in asked if "password" in one["sql"] and "tickets_ticket" in one["sql"]]


def test_a11_unknown_parameters_are_refused_everywhere(agent: Caller, ticket: Ticket) -> None:
    for path in (f"/tickets/{ticket.number}/", f"/tickets/{ticket.number}/clocks/", "/schema/"):
        assert error(agent.get(path, ordering="id")) == (400, "unknown_parameter", ["ordering"])
    assert error(agent.post(f"/tickets/{ticket.number}/claim/?version=1")) == (400, "unknown_parameter", ["version"])


def test_every_filter_is_named() -> None:
    assert set(TicketFilter.base_filters) == set(TicketFilter.Meta.fields)


def test_a12_the_tickets_of_others_do_not_show(world: World, ticket: Ticket) -> None:
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    engineer = Caller(world.engineer)
    before = engineer.get(LIST).content
    for _ in range(3):
        world.report(world.b)
    assert engineer.get(LIST).content == before
    assert numbers(engineer.get(LIST, customer=world.b.customer.pk)) == []
    assert error(engineer.get("/tickets/WB-2611-00002/"))[0] == 404


def queries(caller: Caller, path: str, **query: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert caller.get(path, **query).status_code == 200
    return len(asked)


def test_as_many_queries_for_50_rows_as_for_5(agent: Caller, world: World, ticket: Ticket) -> None:
    for place in (world.a, world.b) * 2:
        world.report(place, assignee=world.engineer)
    for number in range(5):
        message.reply(ticket=ticket, body=str(number), actor=world.agent, now=world.now)
    paths = [LIST, *(f"/tickets/{ticket.number}/{entry}/" for entry in ("events", "messages"))]
    agent.get(LIST)  # compiles the promise sets
    few = {path: queries(agent, path) for path in paths}
    for number in range(45):
        world.report((world.a, world.b)[number % 2], assignee=(world.agent, world.engineer)[number % 2])
        message.note(ticket=ticket, body=str(number), actor=world.agent, now=world.now)
    assert Ticket.objects.count() == 50
    assert Message.objects.filter(ticket=ticket).count() == 50
    assert {path: queries(agent, path) for path in paths} == few
    assert few[LIST] <= 10
