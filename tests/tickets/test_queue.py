"""S03: views, filters, order and pages of the work queue; what its watcher is told; claiming from a row."""

import gzip
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from core import clock
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.domain import assignment, cancellation, link, message, resolution, waiting
from tickets.enums import ClockRank, State
from tickets.filters import SORTS
from tickets.forms.queue import ORDERS
from tickets.models import Clock, Message, Ticket
from tickets.queries.presence import Viewer
from tickets.tables import BY_KEY, counts
from tickets.views.listing import neighbours

LIST, ROWS = "/tickets/", "/tickets/rows/"
QUEUE_STATEMENTS, ROWS_STATEMENTS = 12, 6
HTML_KB = 25
SIGNED_IN = 2
"""Session and user, which every page behind the login reads."""
Sub = dict[str, Any]


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def shown(response: HttpResponse) -> list[str]:
    """The subjects of the rows, from the top."""
    assert response.status_code == 200, response.content[:500]
    return re.findall(r"data-row-link>([^<]*)</a>", response.content.decode())


def ask(client: Client, **asked: Any) -> list[str]:
    return shown(client.get(LIST, asked))


def named(world: World, *subjects: str, **given: Any) -> list[Ticket]:
    return [world.report(subject=subject, **given) for subject in subjects]


def statements(client: Client, url: str) -> tuple[HttpResponse, int]:
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    return response, len(asked)


# --- Views ------------------------------------------------------------------------------------------------------------


def test_each_view_holds_what_its_name_says_and_its_tab_the_number(world: World, agent: Client) -> None:
    (late, near, asked, parts, over) = named(
        world, "late", "near", "asked", "parts", "over", assignee=world.engineer, answered=True
    )
    waiting.set_state(ticket=asked, state=State.WAITING_CUSTOMER, note="", actor=world.agent, now=world.now)
    waiting.set_state(ticket=parts, state=State.WAITING_PARTS, note="", actor=world.agent, now=world.now)
    cancellation.cancel(ticket=over, reason="mistake", note="", actor=world.agent, now=world.now)
    named(world, "unheld", answered=True)
    named(world, "mine", assignee=world.agent, answered=True)
    nearest_due(late, world.later(minutes=-1))
    nearest_due(near, world.later(minutes=10))
    views = {key: sorted(ask(agent, view=key)) for key in BY_KEY}
    page = agent.get(LIST).content.decode()
    assert views == {
        "mine": ["mine"],
        "critical": ["near"],
        "overdue": ["late"],
        "unassigned": ["unheld"],
        "waiting_customer": ["asked"],
        "waiting_parts": ["parts"],
        "all": ["asked", "late", "mine", "near", "parts", "unheld"],
        "ended": ["over"],
        "every": ["asked", "late", "mine", "near", "over", "parts", "unheld"],
    }
    tabs = re.findall(r"data-view[^>]*>([^<]*?)(?: <strong>(\d+)</strong>)?</a>", page)
    assert tabs == [
        ("我的待办", "1"),
        ("即将超时", "1"),
        ("已超时", "1"),
        ("未分派", "1"),
        ("等客户", "1"),
        ("等备件", "1"),
        ("全部未结", "6"),
        ("已结", ""),
    ]


def nearest_due(ticket: Ticket, due: datetime) -> None:
    """The ticket's nearest clock is due at another instant, as if an agreed date had moved it."""
    ticket.refresh_from_db()
    Clock.objects.filter(ticket=ticket, target=ticket.next_target).update(due_at=due)
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due, critical_at=due - timedelta(minutes=15))


@pytest.mark.parametrize(("minutes", "view"), [(-1, "all"), (0, "critical"), (15, "critical"), (16, "overdue")])
def test_a_clock_is_about_to_breach_in_its_last_quarter_hour(
    world: World, agent: Client, minutes: int, view: str
) -> None:
    """The plan of HW12 is due after an hour: 15 minutes are more than its tenth and less than its half."""
    named(world, "one", answered=True)
    with clock.frozen(world.later(minutes=45 + minutes)):
        listed = {key for key in ("critical", "overdue") if ask(agent, view=key)}
        figures = counts(world.agent, clock.now())
    assert listed == {view} - {"all"}
    assert {key for key in ("critical", "overdue") if figures[key]} == listed


def test_agents_begin_with_their_work_and_others_with_all_that_they_see(world: World, agent: Client) -> None:
    named(world, "mine", assignee=world.agent)
    named(world, "theirs", assignee=world.engineer)
    assert ask(agent) == ["mine"]
    assert ask(logged_in(world.duty_manager)) == ["mine", "theirs"]


def test_engineers_see_only_what_they_take_part_in(world: World) -> None:
    (other, _mine) = [*named(world, "other"), *named(world, "mine", assignee=world.engineer)]
    engineer = logged_in(world.engineer)
    assert {key: ask(engineer, view=key) for key in ("mine", "all", "unassigned")} == {
        "mine": ["mine"],
        "all": ["mine"],
        "unassigned": [],
    }
    assert engineer.get(f"/tickets/{other.number}/row/").status_code == 404


def test_contacts_and_staff_without_a_role_find_nothing_here(world: World) -> None:
    named(world, "one")
    contact = logged_in(world.a.user)
    assert [contact.get(path).status_code for path in (LIST, ROWS)] == [403, 403]
    assert ask(logged_in(make_user(None)), view="all") == []


# --- Filters, order, pages --------------------------------------------------------------------------------------------


def test_filters_narrow_and_add_up(world: World, agent: Client) -> None:
    named(world, "grave", severity=1)
    named(world, "mail", channel="email", assignee=world.agent)
    named(world, "question", kind="question", severity=4)
    named(world, "elsewhere", place=world.b)

    def found(**asked: Any) -> list[str]:
        return sorted(ask(agent, view="all", **asked))

    assert found(severity=1) == ["grave"]
    assert found(channel="email") == ["mail"]
    assert found(kind="question") == ["question"]
    assert found(assignee="me") == ["mail"]
    assert found(assignee="none", severity=2) == ["elsewhere"]
    assert found(assignee=world.agent.pk, channel="phone") == []
    assert found(customer=world.b.customer.pk) == ["elsewhere"]
    assert found(customer_text="CANARY-B") == ["elsewhere"]
    assert found(coverage="contract", state="accepted") == ["mail"]
    assert found(q="SN-B") == ["elsewhere"]


def test_marks_are_filters(world: World, agent: Client) -> None:
    named(world, "quiet", "loud")
    Ticket.objects.filter(subject="loud").update(customer_waits=True)
    assert ask(agent, view="all", mark="customer_waits") == ["loud"]
    assert ask(agent, view="all", mark="needs_review") == []


def test_the_exact_number_leads_to_the_ticket_if_it_is_visible(world: World, agent: Client) -> None:
    (ticket,) = named(world, "one")
    assert agent.get(LIST, {"q": ticket.number.lower()}).headers["Location"] == f"/tickets/{ticket.number}/"
    assert shown(logged_in(world.engineer).get(LIST, {"q": ticket.number})) == []


@pytest.mark.parametrize("sort", [key for key, _label in ORDERS])
def test_every_order_offered_is_one_that_the_list_knows(world: World, agent: Client, sort: str) -> None:
    named(world, "low", severity=4)
    named(world, "high", severity=1)
    assert sort.removeprefix("-") in SORTS
    assert sorted(ask(agent, view="all", sort=sort)) == ["high", "low"]
    if "severity" in sort:
        assert ask(agent, view="all", sort=sort) == (["high", "low"] if sort == "severity" else ["low", "high"])


def test_the_most_pressing_comes_first(world: World, agent: Client) -> None:
    named(world, "slow", severity=4)
    named(world, "soon", severity=1)
    (late,) = named(world, "late", severity=4)
    Ticket.objects.filter(pk=late.pk).update(clock_rank=ClockRank.BREACHED)
    assert ask(agent, view="all")[0] == "late"


def test_pages_of_fifty_with_every_ticket_once(world: World, agent: Client) -> None:
    named(world, *(f"no {n}" for n in range(53)))
    first, second = ask(agent, view="all"), ask(agent, view="all", page=2)
    assert (len(first), len(second), len({*first, *second})) == (50, 3, 53)
    assert ask(agent, view="all", page=99) == second


JUNK = [
    "\x00",
    "a\x00b",
    "9" * 40,
    "-1",
    "x" * 5000,
    "１２",
    "%",
    "'; drop table",
    "\ud83d",
    "[]",
    "due,-due",
    "1 or 1",
]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_never_an_error(world: World, agent: Client, junk: str) -> None:
    named(world, "one")
    names = ("view", "page", "sort", "severity", "assignee", "state", "kind", "channel", "coverage", "mark")
    names += ("q", "customer", "customer_text", "since", "new")
    sent = junk.encode("utf-8", "surrogatepass")
    answers = {name: agent.get(ROWS, {name: sent}).status_code for name in names}
    assert set(answers.values()) <= {200, 204}, answers
    assert agent.get(LIST, dict.fromkeys(names, sent)).status_code == 200


def test_what_makes_no_sense_filters_nothing(world: World, agent: Client) -> None:
    named(world, "one")
    assert ask(agent, view="all", severity="9", state="closed", sort="password", page="zero") == ["one"]


@pytest.mark.parametrize(
    ("asked", "text", "url"),
    [
        ({"view": "mine"}, "手头工作都已处理", "?view=unassigned"),
        ({"view": "unassigned"}, "所有工单都有人负责", "?view=all"),
        ({"view": "all"}, "目前没有未结工单", "/tickets/new/"),
        ({"view": "all", "severity": "1"}, "没有符合条件的工单", "?view=all"),
        ({"view": "all", "q": "none"}, "没有符合条件的工单", "?view=ended&amp;q=none"),
    ],
)
def test_an_empty_view_says_so_and_what_to_do_next(agent: Client, asked: Sub, text: str, url: str) -> None:
    page = agent.get(LIST, asked).content.decode()
    assert text in page
    assert f'href="{url}"' in page.split('class="wb-empty"')[1]


def test_set_filters_out_of_sight_are_shown_and_can_be_taken_off(world: World, agent: Client) -> None:
    page = agent.get(LIST, {"view": "all", "channel": "email", "severity": "2"}).content.decode()
    assert 'href="?view=all&amp;severity=2"' in page
    assert "电子邮件 <svg" in page


# --- Budgets ----------------------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_at_5_and_50_rows(world: World, agent: Client) -> None:
    named(world, *(f"no {n}" for n in range(5)))
    url = f"{LIST}?view=all&severity=2&channel=phone&coverage=contract&customer={world.a.customer.pk}&q=no"
    agent.get(url)
    few, at_five = statements(agent, url)
    named(world, *(f"no {n}" for n in range(45)), assignee=world.engineer)
    many, at_fifty = statements(agent, url)
    assert (len(shown(few)), len(shown(many))) == (5, 50)
    assert at_five == at_fifty
    assert at_fifty <= QUEUE_STATEMENTS
    assert statements(agent, f"{url}&assignee={world.engineer.pk}")[1] == at_fifty
    assert len(gzip.compress(many.content)) <= HTML_KB * 1024
    assert 300 < len(re.findall(r"<[a-z]", many.content.decode())) <= 1500


def test_the_watcher_costs_the_same_at_5_and_50_rows(world: World, agent: Client) -> None:
    named(world, *(f"no {n}" for n in range(5)))
    few, at_five = statements(agent, touched(watch_url(agent)))
    named(world, *(f"no {n}" for n in range(45)), assignee=world.engineer)
    many, at_fifty = statements(agent, touched(watch_url(agent)))
    assert (len(shown(few)), len(shown(many))) == (5, 50)
    assert at_five == at_fifty
    assert at_fifty <= ROWS_STATEMENTS + SIGNED_IN


def test_pages_of_every_kind_keep_to_the_budget(world: World, agent: Client) -> None:
    named(world, *(f"no {n}" for n in range(3)), assignee=world.agent)
    for url in (f"{LIST}?view=ended", f"{LIST}?view=every&target=plan&outcome=open", f"{LIST}?view=mine&sort=-updated"):
        agent.get(url)
        assert statements(agent, url)[1] <= QUEUE_STATEMENTS, url
    assert statements(agent, "/tickets/tabs/?view=all")[1] <= ROWS_STATEMENTS


def test_the_poll_keeps_to_six_statements_all_told(world: World, agent: Client) -> None:
    named(world, "one", "two")
    url = watch_url(agent)
    assert statements(agent, url)[1] <= ROWS_STATEMENTS
    assert statements(agent, touched(url))[1] <= ROWS_STATEMENTS + 1


def touched(url: str) -> str:
    Ticket.objects.update(updated_at=F("updated_at") + timedelta(minutes=1))
    return url


# --- The watcher ------------------------------------------------------------------------------------------------------


def watch_url(client: Client, **asked: Any) -> str:
    """Where the page as it is now asks for news."""
    return next_url(client.get(LIST, {"view": "all"} | asked))


def next_url(response: HttpResponse) -> str:
    found = re.search(r'id="fresh"[^>]* hx-get="([^"]*)"', response.content.decode())
    assert found
    return found[1].replace("&amp;", "&")


def offered(response: HttpResponse) -> str:
    """The text of the button that offers new rows."""
    found = re.search(r'id="fresh-button".*?</svg>([^<]*)</a>', response.content.decode())
    return found[1] if found else ""


def removed(response: HttpResponse) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="row-(\d+)" hx-swap-oob="delete"', response.content.decode())]


def test_nothing_new_is_204(world: World, agent: Client) -> None:
    named(world, "one", "two")
    response = agent.get(watch_url(agent))
    assert (response.status_code, response.content) == (204, b"")
    assert agent.get(watch_url(agent, view="mine")).status_code == 204


def test_a_changed_row_comes_out_of_band_and_only_once(world: World, agent: Client) -> None:
    (one, _two) = named(world, "one", "two")
    url = watch_url(agent)
    assignment.claim(ticket=one, actor=world.other_agent, now=world.later(minutes=1))
    response = agent.get(url)
    assert shown(response) == ["one"]
    assert (
        f'<template><tr id="row-{one.pk}" data-row class="wb-changed" hx-swap-oob="true"' in response.content.decode()
    )
    assert "赵敏" in response.content.decode()
    assert (offered(response), removed(response)) == ("", [])
    assert agent.get(next_url(response)).status_code == 204


def test_new_rows_are_counted_and_wait_for_the_button(world: World, agent: Client) -> None:
    named(world, "one")
    url = watch_url(agent)
    named(world, "two", "three")
    response = agent.get(url)
    assert (offered(response), shown(response)) == ("2 条新", [])
    assert f'href="{LIST}?view=all"' in response.content.decode()
    assert agent.get(next_url(response)).status_code == 204
    named(world, "four")
    assert offered(agent.get(next_url(response))) == "3 条新"


def test_a_ticket_that_left_the_view_stays_until_it_is_out_of_sight(world: World, agent: Client) -> None:
    """The row of a ticket that somebody else took is redrawn in its place; one no longer visible is taken out."""
    (mine, kept) = named(world, "mine", "kept", assignee=world.engineer)
    engineer = logged_in(world.engineer)
    url = watch_url(engineer)
    resolution.resolve(
        ticket=kept, solution="换线", cause="hardware", actor=world.agent, now=world.later(minutes=2), breach_reasons={}
    )
    assert shown(engineer.get(url)) == ["kept"]
    mine.participants.filter(user=world.engineer).update(until=world.later(minutes=3))
    response = engineer.get(url)
    assert removed(response) == [mine.pk]
    assert "mine" not in response.content.decode()


def test_the_row_behind_a_full_page_is_not_new(world: World, agent: Client) -> None:
    tickets = named(world, *(f"no {n}" for n in range(52)))
    url = watch_url(agent)
    cancellation.cancel(ticket=tickets[0], reason="mistake", note="", actor=world.agent, now=world.later(minutes=1))
    response = agent.get(url)
    assert (shown(response), offered(response)) == (["no 0"], "")


def test_a_row_is_redrawn_when_its_deadline_crosses_a_mark(world: World, agent: Client) -> None:
    (ticket,) = named(world, "one", answered=True)
    url = f"/tickets/{ticket.number}/row/"
    assert f'hx-get="{url}" hx-trigger="wb:threshold"' in agent.get(LIST, {"view": "all"}).content.decode()
    with clock.frozen(world.later(minutes=50)):
        row = agent.get(url).content.decode()
    assert 'data-level="critical"' in row
    assert row.startswith(f'<tr id="row-{ticket.pk}"')


# --- Acts on a row ----------------------------------------------------------------------------------------------------


def claim(client: Client, ticket: Ticket, **headers: str) -> HttpResponse:
    return client.post(f"/tickets/{ticket.number}/claim/", {"from": "queue"}, headers=headers)


HTMX = {"HX-Request": "true", "HX-Target": "row-1"}


def test_claiming_answers_the_row_anew_and_says_so(world: World, agent: Client) -> None:
    (ticket,) = named(world, "one")
    assert 'data-key="i"' in agent.get(LIST, {"view": "all"}).content.decode()
    response = claim(agent, ticket, **HTMX)
    row = response.content.decode()
    assert response.status_code == 200
    assert row.startswith(f'<tr id="row-{ticket.pk}" data-row class="wb-changed" hx-get')
    assert "王芳" in row
    assert 'data-key="i"' not in row
    assert 'hx-swap-oob="beforeend:#wb-toasts"' in row
    assert Ticket.objects.get().assignee == world.agent


def test_who_claims_second_is_told_who_was_first(world: World, agent: Client) -> None:
    (ticket,) = named(world, "one")
    assert claim(logged_in(world.other_agent), ticket, **HTMX).status_code == 200
    response = claim(agent, ticket, **HTMX)
    assert response.status_code == 409
    assert "赵敏 已领取此工单。" in response.content.decode()
    assert Ticket.objects.get().assignee == world.other_agent


def test_claiming_without_script_leads_to_the_ticket(world: World, agent: Client) -> None:
    (ticket,) = named(world, "one")
    response = claim(agent, ticket)
    assert (response.status_code, response.headers["Location"]) == (302, f"/tickets/{ticket.number}/")


def test_assigning_in_the_dialog_puts_the_row_into_its_place(world: World, agent: Client) -> None:
    (ticket,) = named(world, "one")
    form = agent.get(f"/tickets/{ticket.number}/assign/?from=queue", headers=HTMX).content.decode()
    assert '<input type="hidden" name="from" value="queue">' in form
    sent = {"from": "queue", "assignee": world.engineer.pk, "version": ticket.version, "idempotency_key": "k1"}
    response = agent.post(
        f"/tickets/{ticket.number}/assign/", sent, headers={"HX-Request": "true", "HX-Target": "wb-dialog-body"}
    )
    body = response.content.decode()
    assert body.startswith(f'<template><tr id="row-{ticket.pk}" data-row class="wb-changed" hx-swap-oob="true"')
    assert "王工" in body


def test_buttons_are_offered_to_who_may(world: World, agent: Client) -> None:
    """Whoever may neither assign nor claim but sees the ticket gets plain words; an ended one is nobody's to take."""
    (ticket,) = named(world, "one")
    onlooker = make_user(Role.TRAINER)
    link.follow(ticket=ticket, actor=onlooker, now=world.now)
    assert keys(agent.get(LIST, {"view": "all"})) == ["a", "i"]
    assert keys(logged_in(onlooker).get(LIST, {"view": "all"})) == []
    cancellation.cancel(ticket=ticket, reason="mistake", note="", actor=world.agent, now=world.later(minutes=1))
    assert keys(agent.get(LIST, {"view": "ended"})) == []


def keys(response: HttpResponse) -> list[str]:
    assert len(shown(response)) == 1
    return re.findall(r'data-key="(.)"', response.content.decode().split("<tbody")[1])


def test_the_badge_counts_my_open_tickets(world: World, agent: Client) -> None:
    named(world, "a", "b", assignee=world.agent)
    named(world, "c")

    def badge() -> list[str]:
        return re.findall(r'class="wb-nav-badge">(\d+)<', agent.get(reverse("core:notification-list")).content.decode())

    assert badge() == ["2"]
    for ticket in Ticket.objects.filter(assignee=world.agent):
        cancellation.cancel(ticket=ticket, reason="mistake", note="", actor=world.agent, now=world.later(minutes=1))
    assert badge() == []


# --- Order, filters in their dialog, tabs -----------------------------------------------------------------------------


def test_the_head_tells_the_order_also_where_none_was_asked_for(world: World, agent: Client) -> None:
    named(world, "one")

    def told(**asked: Any) -> list[str]:
        page = agent.get(LIST, {"view": "all"} | asked).content.decode()
        return re.findall(r'aria-sort="(\w+)"', page.split("<thead>")[1].split("</thead>")[0])

    assert told() == ["ascending", "none", "none"]
    assert told(sort="-due") == ["descending", "none", "none"]
    assert told(sort="-severity") == ["none", "descending", "none"]
    assert told(sort="nonsense") == ["ascending", "none", "none"]


def test_filters_of_the_dialog_stay_when_the_bar_is_used(world: World, agent: Client) -> None:
    asked = {"view": "all", "channel": "email", "target": "plan", "reported_from": "2026-11-01", "severity": "2"}
    page = agent.get(LIST, asked).content.decode()
    bar = page.split('class="wb-filters')[1].split("</form>")[0]
    assert re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', bar) == [
        ("view", "all"),
        ("channel", "email"),
        ("target", "plan"),
        ("reported_from", "2026-11-01"),
    ]
    dialog = agent.get("/tickets/filters/", asked, headers=HTMX).content.decode()
    assert '<input type="hidden" name="severity" value="2">' in dialog
    assert '<option value="plan" selected>' in dialog
    assert "<!doctype html>" in agent.get("/tickets/filters/", asked).content.decode()


def test_flags_name_the_promise_and_its_outcome(world: World, agent: Client) -> None:
    asked = {"view": "every", "target": "plan", "outcome": "late", "reported_to": "2026-11-30"}
    page = agent.get(LIST, asked).content.decode()
    flags = re.findall(r'class="wb-flag" href="(\?[^"]*)">([^<]*?) <svg', page)
    assert [text.split("：")[-1].split(": ")[-1] for _url, text in flags][0] == "解决方案"
    assert flags[1][0] == "?view=every&amp;target=plan&amp;reported_to=2026-11-30"
    assert len(flags) == 3


def test_tabs_are_drawn_anew_with_their_numbers(world: World, agent: Client) -> None:
    named(world, "one")
    part = agent.get("/tickets/tabs/?view=all", headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div class="wb-views" id="views" data-poll="60"')
    assert "全部未结 <strong>1</strong>" in part


def test_typing_lists_the_ticket_and_only_enter_opens_it(world: World, agent: Client) -> None:
    (ticket,) = named(world, "one")
    assert agent.get(LIST, {"view": "all", "q": ticket.number}).status_code == 302
    assert ask_typing(agent, ticket.number) == ["one"]


def ask_typing(client: Client, words: str) -> list[str]:
    return shown(client.get(LIST, {"view": "all", "q": words}, headers=HTMX))


# --- Preview, next, neighbours ----------------------------------------------------------------------------------------


def test_the_preview_shows_clocks_last_words_and_a_quick_answer(world: World, agent: Client) -> None:
    (ticket,) = named(world, "one", answered=True)
    for n in range(5):
        message.note(ticket=ticket, body=f"note {n}", actor=world.agent, now=world.later(minutes=n))
    panel = agent.get(f"/tickets/{ticket.number}/preview/", headers=HTMX).content.decode()
    assert "<!doctype html>" not in panel
    assert re.findall(r"note \d", panel) == ["note 2", "note 3", "note 4"]
    assert 1 <= panel.count('class="wb-clock ') <= 4
    assert f'hx-post="/tickets/{ticket.number}/reply/"' in panel
    assert "<!doctype html>" in agent.get(f"/tickets/{ticket.number}/preview/").content.decode()
    assert logged_in(world.engineer).get(f"/tickets/{ticket.number}/preview/").status_code == 404


def test_the_quick_answer_puts_the_row_into_its_place(world: World, agent: Client) -> None:
    (ticket,) = named(world, "one")
    sent = {"mode": "reply", "body": "您好", "version": ticket.version, "from": "queue", "idempotency_key": "k"}
    answer = agent.post(f"/tickets/{ticket.number}/reply/", sent, headers=HTMX | {"HX-Target": "wb-dialog-body"})
    assert answer.headers["HX-Trigger"] == "queue:changed"
    assert f'<tr id="row-{ticket.pk}"' in answer.content.decode()
    assert Message.objects.get(ticket=ticket).body == "您好"


def test_next_is_the_most_pressing_that_nobody_looks_at(world: World, agent: Client, monkeypatch: Any) -> None:
    slow, soon = named(world, "slow", severity=4, kind="request") + named(world, "soon")
    response = agent.get("/tickets/next/?view=all")
    assert response.headers["Location"] == f"/tickets/{soon.number}/?queue=view%3Dall"
    monkeypatch.setattr("tickets.views.queue.viewers", lambda numbers, user: {soon.number: ["x"]})
    assert agent.get("/tickets/next/?view=all").headers["Location"].startswith(f"/tickets/{slow.number}/")
    assert agent.get(f"/tickets/next/?view=all&after={slow.number}").headers["Location"] == "/tickets/?view=all"


def test_neighbours_are_those_of_the_list(world: World) -> None:
    first, second, third = named(world, "a", "b", "c")
    other = world.report(subject="d", severity=4, assignee=world.agent)

    def beside(query: str, ticket: Ticket, user: Any = world.agent) -> tuple[str, str]:
        return neighbours(user, query, ticket, world.now)

    assert beside("view=unassigned&sort=reported", second) == (first.number, third.number)
    assert beside("view=unassigned&sort=reported", first) == ("", second.number)
    assert beside("view=unassigned&sort=reported", third) == (second.number, "")
    assert beside("view=unassigned&sort=reported", other) == ("", first.number)
    assert beside("view=all", first, world.engineer) == ("", "")
    assert beside("v=999", first) == ("", "")


def test_who_else_looks_is_told_in_the_row(world: World, agent: Client, monkeypatch: Any) -> None:
    (ticket,) = named(world, "one")
    seen = {ticket.number: [Viewer(world.other_agent.pk, "赵敏", False)]}
    monkeypatch.setattr("tickets.tables.viewers", lambda numbers, user: seen)
    assert "赵敏正在查看" in agent.get(LIST, {"view": "all"}).content.decode()
