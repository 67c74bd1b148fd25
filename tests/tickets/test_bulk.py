"""Acts on many tickets: each by its own act, what is refused with its reason, nothing of what one does not see."""

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook

from accounts.enums import Role
from core import clock
from core.models import Audit, IdempotencyKey
from tests.factories import logged_in, make_user
from tests.tickets.desk import text_of
from tests.world import World
from tickets.domain import assignment, bulk, cancellation, waiting
from tickets.domain.verify import of_ticket
from tickets.models import Clock, Event, Ticket

HTMX = {"HX-Request": "true", "HX-Target": "wb-dialog-body"}
ASSIGN, STATE, SEVERITY = "/tickets/bulk/assign/", "/tickets/bulk/state/", "/tickets/bulk/severity/"


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def pick(*tickets: Ticket) -> list[str]:
    return [f"{ticket.number}:{ticket.version}" for ticket in tickets]


def post(
    client: Client, url: str, picks: list[str], headers: dict[str, str] | None = None, **values: Any
) -> HttpResponse:
    sent = {"pick": picks, "idempotency_key": str(uuid4()), "query": "view=all"} | values
    return client.post(url, sent, headers=headers)


def reported(world: World, n: int, **given: Any) -> list[Ticket]:
    return [world.report(subject=f"no {i}", **given) for i in range(n)]


def holders() -> list[Any]:
    return list(Ticket.objects.order_by("pk").values_list("assignee__name", flat=True))


def states() -> list[str]:
    return list(Ticket.objects.order_by("pk").values_list("state", flat=True))


def undo_url(response: HttpResponse) -> str:
    found = re.search(r'action="(/tickets/bulk/undo/[^"]*)"', response.content.decode())
    assert found
    return found[1]


# --- Each act ---------------------------------------------------------------------------------------------------------


def test_assigning_three_says_so_and_offers_to_take_it_back(world: World, agent: Client) -> None:
    tickets = reported(world, 4)
    response = post(agent, ASSIGN, pick(*tickets[:3]), HTMX, assignee=world.engineer.pk)
    assert response.status_code == 200
    assert response.headers["HX-Trigger"] == "queue:changed"
    assert response.content.decode().lstrip().startswith('<div hx-swap-oob="beforeend:#wb-toasts">')
    assert "已分派 3 条给 王工" in text_of(response)
    assert holders() == ["王工", "王工", "王工", None]
    assert Audit.objects.filter(action="ticket.assign").count() == 3


def test_each_act_is_the_ones_of_its_own_ticket(world: World, agent: Client) -> None:
    tickets = reported(world, 2)
    post(agent, ASSIGN, pick(*tickets), assignee="me")
    assert holders() == ["王芳", "王芳"]
    post(agent, ASSIGN, [ticket.number for ticket in tickets], assignee="")
    assert holders() == [None, None]
    post(agent, STATE, [ticket.number for ticket in tickets], state="waiting_parts")
    assert states() == ["waiting_parts", "waiting_parts"]
    post(logged_in(world.duty_manager), SEVERITY, [ticket.number for ticket in tickets], severity="4")
    assert set(Ticket.objects.values_list("severity", flat=True)) == {4}


def test_undo_restores_states_clocks_and_people(world: World, agent: Client) -> None:
    tickets = reported(world, 3, answered=True, assignee=world.agent)
    before = snapshot()
    with clock.frozen(world.later(minutes=10)):
        response = post(agent, STATE, [ticket.number for ticket in tickets], HTMX, state="waiting_customer")
        assert set(Clock.objects.values_list("state", flat=True)) >= {"paused"}
    with clock.frozen(world.later(minutes=10, seconds=9)):
        answer = agent.post(undo_url(response), headers=HTMX)
    assert "3 条已恢复原状" in text_of(answer)
    assert snapshot() == before
    assert [list(of_ticket(ticket, world.later(minutes=11))) for ticket in Ticket.objects.all()] == [[], [], []]
    assert Event.objects.filter(kind="voided").count() >= 3


def snapshot() -> list[Any]:
    tickets = Ticket.objects.order_by("pk").values_list("state", "assignee", "severity", "next_due_at", "clock_rank")
    clocks = Clock.objects.order_by("ticket", "target").values_list("ticket", "target", "state", "due_at")
    return [*tickets, *clocks]


def test_undo_is_over_after_ten_seconds_and_only_ones_own(world: World, agent: Client) -> None:
    response = post(agent, ASSIGN, pick(*reported(world, 2)), HTMX, assignee="me")
    url = undo_url(response)
    assert logged_in(world.other_agent).post(url).status_code == 404
    with clock.frozen(world.later(seconds=11)):
        late = agent.post(url, headers=HTMX)
    assert (late.status_code, holders()) == (409, ["王芳", "王芳"])
    assert "十秒" in late.content.decode()
    assert agent.post("/tickets/bulk/undo/no-such-key/").status_code == 404


def test_undo_twice_is_undo_once(world: World, agent: Client) -> None:
    url = undo_url(post(agent, ASSIGN, pick(*reported(world, 2)), HTMX, assignee="me"))
    assert [agent.post(url, headers=HTMX).status_code for _ in range(2)] == [200, 200]
    assert holders() == [None, None]


def test_what_changed_since_is_not_undone_over(world: World, agent: Client) -> None:
    """Somebody else's later act stays; only one's own assignment is taken back."""
    (ticket,) = reported(world, 1)
    url = undo_url(post(agent, ASSIGN, pick(ticket), HTMX, assignee="me"))
    ticket.refresh_from_db()
    waiting.set_state(ticket=ticket, state="in_progress", actor=world.other_agent, now=world.later(seconds=3))
    with clock.frozen(world.later(seconds=5)):
        agent.post(url, headers=HTMX)
    assert (holders(), states()) == ([None], ["in_progress"])


# --- Refusals ---------------------------------------------------------------------------------------------------------


def test_stale_forbidden_and_ended_ones_are_told_and_stop_nothing(world: World, agent: Client) -> None:
    (fresh, stale, ended) = reported(world, 3)
    picks = pick(fresh, stale, ended)
    assignment.claim(ticket=stale, actor=world.other_agent, now=world.later(seconds=1))
    cancellation.cancel(ticket=ended, reason="mistake", note="", actor=world.agent, now=world.later(seconds=1))
    response = post(agent, ASSIGN, picks, HTMX, assignee=world.engineer.pk)
    text = text_of(response)
    assert "已分派 1 条给 王工" in text
    assert f"{stale.number} : " in text or f"{stale.number} ：" in text
    assert "有人已更改此工单" in text or "已被" in text or "改" in text
    assert ended.number in text
    assert fresh.number not in text
    assert holders() == ["王工", "赵敏", None]


def test_severity_needs_the_right_for_each(world: World, agent: Client) -> None:
    mine, other = world.report(subject="a", assignee=world.agent), world.report(subject="b")
    text = text_of(post(agent, SEVERITY, pick(mine, other), HTMX, severity="1"))
    assert list(Ticket.objects.order_by("pk").values_list("severity", flat=True)) == [1, 2]
    assert other.number in text
    assert mine.number not in text


def test_level_one_and_two_and_complaints_are_not_resolved_in_bulk(world: World, agent: Client) -> None:
    grave = world.report(subject="a", severity=2)
    complaint = world.report(subject="b", severity=3, kind="complaint")
    plain = world.report(subject="c", severity=3, answered=True)
    sent = {"state": "resolved", "cause": "hardware", "solution": "更换打印头"}
    text = text_of(post(agent, STATE, pick(grave, complaint, plain), HTMX, **sent))
    assert states() == ["new", "new", "resolved"]
    assert text.count("请逐单") == 2
    assert Ticket.objects.get(pk=plain.pk).solution == "更换打印头"


def test_missed_deadlines_need_a_reason_for_all(world: World, agent: Client) -> None:
    (late,) = reported(world, 1, severity=3)
    sent = {"state": "resolved", "cause": "hardware", "solution": "更换打印头"}
    with clock.frozen(world.later(hours=30)):
        post(agent, STATE, pick(late), HTMX, **sent)
        assert states() == ["new"]
        post(agent, STATE, pick(late), HTMX, **sent, breach_reason="parts")
    assert states() == ["resolved"]
    assert set(Clock.objects.exclude(breach_reason="").values_list("breach_reason", flat=True)) == {"parts"}


def test_resolving_asks_for_cause_and_solution(world: World, agent: Client) -> None:
    tickets = reported(world, 1, severity=3)
    response = post(agent, STATE, pick(*tickets), HTMX, state="resolved")
    assert (response.status_code, states()) == (422, ["new"])
    assert 'id="bulk_solution_error"' in response.content.decode()


def test_a13_what_one_does_not_see_is_neither_changed_nor_counted_nor_told(world: World) -> None:
    mine, foreign = world.report(subject="mine", assignee=world.engineer), world.report(subject="foreign")
    engineer = logged_in(world.engineer)
    before = snapshot_of(foreign)
    with_foreign = post(engineer, STATE, pick(mine, foreign), HTMX, state="in_progress")
    text = with_foreign.content.decode()
    assert "1 条" in text
    assert foreign.number not in text
    assert snapshot_of(foreign) == before
    mine.refresh_from_db()
    missing = post(engineer, STATE, [f"{mine.number}:{mine.version}", "WB-2611-99999:1"], HTMX, state="waiting_parts")
    hidden = post(engineer, STATE, [mine.number, f"{foreign.number}:{foreign.version}"], HTMX, state="in_progress")
    assert said(missing) == said(hidden).replace("处理中", "等备件")
    only_hidden = post(engineer, STATE, pick(foreign), HTMX, state="in_progress")
    only_missing = post(engineer, STATE, ["WB-2611-99999:1"], HTMX, state="in_progress")
    assert said(only_hidden) == said(only_missing)
    assert snapshot_of(foreign) == before


def said(response: HttpResponse) -> str:
    found = re.sub(r'value="[^"]*"|[0-9a-f-]{36}', "", response.content.decode())
    return f"{response.status_code} {found}"


def snapshot_of(ticket: Ticket) -> Any:
    return Ticket.objects.filter(pk=ticket.pk).values().get(), ticket.events.count()


def test_who_may_not_act_in_bulk_gets_403(world: World) -> None:
    tickets = reported(world, 1)
    for user in (make_user(Role.TRAINER), world.a.user):
        client = logged_in(user)
        assert [client.get(url).status_code for url in (ASSIGN, STATE, SEVERITY)] == [403, 403, 403]
        assert post(client, ASSIGN, pick(*tickets), assignee=world.agent.pk).status_code == 403
    assert holders() == [None]


@pytest.mark.parametrize(
    "junk", ["", "x", "WB-1:1", "WB-2611-00001:x", "\x00", "WB-2611-00001:" + "9" * 12, "😀", "a" * 5000]
)
def test_junk_chooses_nothing(world: World, agent: Client, junk: str) -> None:
    reported(world, 1)
    assert post(agent, ASSIGN, [junk], HTMX, assignee=world.agent.pk).status_code == 409
    assert agent.get(ASSIGN, {"pick": junk, "all": junk, "query": junk}).status_code == 200
    assert holders() == [None]


def test_nonsense_in_the_form_changes_nothing(world: World, agent: Client) -> None:
    tickets = reported(world, 1)
    contact = world.a.user
    tries = [
        (ASSIGN, {"assignee": str(contact.pk)}),
        (ASSIGN, {"assignee": "999999999"}),
        (STATE, {"state": "closed"}),
        (STATE, {"state": ""}),
        (SEVERITY, {"severity": "5"}),
    ]
    assert [post(agent, url, pick(*tickets), HTMX, **sent).status_code for url, sent in tries] == [422] * 5
    assert (holders(), states()) == ([None], ["new"])


# --- Once, and all of a list ------------------------------------------------------------------------------------------


def test_a_double_click_is_one_act_with_one_answer(world: World, agent: Client) -> None:
    tickets = reported(world, 2)
    sent = {"assignee": world.engineer.pk, "idempotency_key": "k-1"}
    first = post(agent, ASSIGN, pick(*tickets), HTMX, **sent)
    second = post(agent, ASSIGN, pick(*tickets), HTMX, **sent)
    assert said(first) == said(second)
    assert Event.objects.filter(kind="assigned").count() == 2
    other = post(agent, ASSIGN, pick(tickets[0]), HTMX, **sent)
    assert other.status_code == 409


def test_while_the_first_is_at_work_the_second_is_told_to_wait(world: World, agent: Client) -> None:
    tickets = reported(world, 1)
    sent = {"assignee": world.engineer.pk, "idempotency_key": "k-1"}
    post(agent, ASSIGN, pick(*tickets), HTMX, **sent)
    IdempotencyKey.objects.update(status=None, answer={"at_work": True})
    response = post(agent, ASSIGN, pick(*tickets), HTMX, **sent)
    assert response.status_code == 409
    assert Event.objects.filter(kind="assigned").count() == 1


def test_a_form_without_key_is_refused(world: World, agent: Client) -> None:
    response = post(agent, ASSIGN, pick(*reported(world, 1)), HTMX, assignee="me", idempotency_key="")
    assert (response.status_code, holders()) == (409, [None])


def test_all_of_a_list_means_the_list_as_it_is_when_sent(world: World, agent: Client, monkeypatch: Any) -> None:
    reported(world, 3, severity=3)
    world.report(subject="other", severity=1)
    page = agent.get(ASSIGN, {"all": "1", "query": "view=all&severity=3"}).content.decode()
    assert "3 条工单" in page
    world.report(subject="late", severity=3)
    post(agent, ASSIGN, [], all="1", query="view=all&severity=3", assignee="me")
    assert holders() == ["王芳", "王芳", "王芳", None, "王芳"]


def test_all_is_bounded(world: World, agent: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("tickets.views.bulk.MOST", 2)
    reported(world, 3)
    post(agent, ASSIGN, [], all="1", query="view=all", assignee="me")
    assert sorted(holders(), key=str) == [None, "王芳", "王芳"]


def test_without_script_the_form_is_a_page_and_the_result_too(world: World, agent: Client) -> None:
    tickets = reported(world, 2)
    page = agent.get(ASSIGN, {"pick": pick(*tickets), "query": "view=unassigned"}).content.decode()
    assert "<!doctype html>" in page
    assert page.count('name="pick"') == 2
    response = post(agent, ASSIGN, pick(*tickets), assignee=world.engineer.pk, query="view=unassigned")
    assert "已分派 2 条给 王工" in text_of(response)
    assert 'href="/tickets/?view=unassigned"' in response.content.decode()
    back = agent.post(undo_url(response))
    assert (back.status_code, back.headers["Location"]) == (302, "/tickets/")
    assert holders() == [None, None]


def test_rows_carry_what_is_chosen(world: World, agent: Client) -> None:
    (ticket,) = reported(world, 1)
    page = agent.get("/tickets/?view=all").content.decode()
    assert f'<input type="checkbox" name="pick" value="{ticket.number}:{ticket.version}" form="bulk"' in page
    onlooker = logged_in(make_user(Role.TRAINER))
    assert 'name="pick"' not in onlooker.get("/tickets/?view=all").content.decode()


def test_two_hundred_in_one_act(world: World) -> None:
    """The statements of each ticket do not grow with their number."""
    tickets = reported(world, 5)
    picks = [bulk.Pick(ticket, ticket.version) for ticket in tickets]
    report = bulk.assign(picks=picks, assignee=world.engineer, actor=world.agent, tick=clock.now)
    assert (report.done, report.refused, len(report.events)) == (5, [], 5)
    assert bulk.MOST == 200


def test_an_act_that_changes_nothing_counts_but_has_nothing_to_take_back(world: World) -> None:
    (ticket,) = reported(world, 1, assignee=world.agent)
    report = bulk.assign(picks=[bulk.Pick(ticket)], assignee=world.agent, actor=world.agent, tick=clock.now)
    assert (report.done, report.events) == (1, [])


# --- Export -----------------------------------------------------------------------------------------------------------

EXPORT = "/tickets/export/"


def exported(response: HttpResponse) -> list[list[str]]:
    body = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(body)))


def test_the_list_goes_out_as_filtered(world: World, agent: Client) -> None:
    world.report(subject="=1+1 打印头", severity=1, assignee=world.agent)
    world.report(subject="other", severity=4)
    response = agent.post(EXPORT, {"format": "csv", "query": "view=all&severity=1"})
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    head, row = exported(response)
    assert head[:3] == ["单号", "问题", "客户"]
    assert row[1] == "'=1+1 打印头"
    assert (row[5], row[9]) == ("一级", "王芳")
    line = Audit.objects.get(action="ticket.export")
    assert (line.actor, line.changes) == (
        world.agent,
        {"rows": 1, "format": "csv", "query": "view=all&severity=1"},
    )


def test_chosen_rows_go_out_as_a_spreadsheet(world: World, agent: Client) -> None:
    tickets = reported(world, 3)
    response = agent.post(EXPORT, {"format": "xlsx", "pick": pick(*tickets[:2]), "query": "view=all"})
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active  # type: ignore[attr-defined]
    assert [cell.value for cell in sheet["B"]] == ["问题", "no 0", "no 1"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "d", "n"}


def test_a12_nothing_that_one_does_not_see_goes_out(world: World, agent: Client) -> None:
    reported(world, 1)
    engineer = logged_in(world.engineer)
    assert engineer.post(EXPORT, {"format": "csv", "query": "view=all"}).status_code == 403
    assert logged_in(world.a.user).get(EXPORT).status_code == 403
    assert Audit.objects.filter(action="ticket.export").count() == 0


def test_looking_at_the_form_leaves_no_trace_and_takes_no_file(world: World, agent: Client) -> None:
    reported(world, 2)
    page = text_of(agent.get(EXPORT, {"query": "view=all"}, headers=HTMX))
    assert "2 条工单" in page
    assert agent.post(EXPORT, {"format": "exe", "query": "view=all"}).status_code == 200
    assert Audit.objects.filter(action="ticket.export").count() == 0


def test_too_long_a_list_is_refused(world: World, agent: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("tickets.views.export.MOST_ROWS", 1)
    reported(world, 2)
    response = agent.post(EXPORT, {"format": "csv", "query": "view=all"})
    assert (response.status_code, Audit.objects.filter(action="ticket.export").count()) == (409, 0)


def test_a_long_job_widens_the_window_by_its_own_length(world: World) -> None:
    tickets = reported(world, 2)
    times = iter(world.later(seconds=n * 2) for n in range(100))
    report = bulk.assign(
        picks=[bulk.Pick(ticket) for ticket in tickets],
        assignee=world.agent,
        actor=world.agent,
        tick=lambda: next(times),
    )
    assert report.ended_at - report.began_at == 6
    done = bulk.take_back(report=report, actor=world.agent, tick=lambda: world.now + timedelta(seconds=6 + 9))
    assert (done.done, done.refused, holders()) == (2, [], [None, None])
