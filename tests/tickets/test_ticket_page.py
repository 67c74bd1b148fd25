"""S04: what the ticket page shows, to whom, and how it keeps up."""

import gzip
import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import clock
from tests.factories import logged_in
from tests.tickets.desk import HTMX, Person, text_of
from tests.world import World
from tickets.domain import assignment, message, progress, resolution, waiting
from tickets.domain import ticket as reporting
from tickets.domain.sweep import sweep
from tickets.domain.undo import undo
from tickets.enums import Kind
from tickets.models import Clock, Event, Participant, Ticket
from tickets.queries.timeline import A_PAGE, Mark, mark_of

BUDGET = 20


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.report(description="三号窗口打印票据模糊")


@pytest.fixture
def agent(world: World, ticket: Ticket) -> Person:
    return Person(world.agent, ticket)


def live_a_life(world: World, ticket: Ticket, notes: int) -> None:
    """Every kind of entry that costs a look at another table, and `notes` notes."""
    agent, duty = world.agent, world.duty_manager
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=agent, now=world.now)
    message.reply(ticket=ticket, body="您好，已安排。", actor=agent, now=world.now)
    reporting.change(ticket=ticket, changes=reporting.Changes(severity=3), actor=duty, now=world.now)
    waiting.pause(ticket=ticket, reason="waiting_customer", note="", actor=duty, now=world.now)
    waiting.resume(ticket=ticket, actor=duty, now=world.now)
    resolution.resolve(ticket=ticket, solution="重启", cause="software", actor=agent, now=world.now)
    resolution.reopen(ticket=ticket, reason="再次出现", actor=agent, now=world.now)
    for number in range(notes):
        message.note(ticket=ticket, body=f"备注 {number}", actor=agent, now=world.now)


def statements(person: Person, path: str = "") -> tuple[int, HttpResponse]:
    person.get(path)
    with CaptureQueriesContext(connection) as told:
        response = person.get(path)
    return len(told), response


def test_the_page_needs_the_same_statements_for_any_number_of_entries(world: World, ticket: Ticket) -> None:
    other = world.report()
    live_a_life(world, ticket, 5)
    live_a_life(world, other, 50)
    few, page = statements(Person(world.duty_manager, ticket))
    many, long = statements(Person(world.duty_manager, other))
    assert (page.status_code, long.status_code) == (200, 200)
    assert long.content.count(b'<li class="wb-entry') == page.content.count(b'<li class="wb-entry') + 45
    assert few == many
    assert many <= BUDGET


def test_a_quiet_poll_is_cheap(agent: Person) -> None:
    page = agent.get().context["page"]
    timeline, answer = statements(agent, f"timeline/?after={page.story.mark}")
    assert (answer.status_code, timeline <= 8) == (204, True)
    clocks, answer = statements(agent, f"clocks/?since={page.token}")
    assert (answer.status_code, clocks <= 8) == (204, True)


def test_the_head_says_what_it_is(agent: Person) -> None:
    text = text_of(agent.get())
    number = agent.ticket.number
    for words in (
        f"{number} · 电话 · 王芳",
        "打印头走纸异常，票据模糊",
        "二级",
        "新建",
        "分派",
        "领取工单",
        "标记已解决",
    ):
        assert words in text
    assert f"<title>{number} 打印头走纸异常，票据模糊" in agent.get().content.decode()


def acts_in(html: str) -> set[str]:
    return set(re.findall(r'id="act-([a-z-]+)"', html))


def test_only_acts_that_make_sense_and_are_allowed_are_offered(world: World, ticket: Ticket) -> None:
    agent, duty = Person(world.agent, ticket), Person(world.duty_manager, ticket)
    common = {"assign", "claim", "resolve", "change", "state", "progress", "attach", "link", "merge", "cancel"}
    shell = {"more", "follow", "severity", "status", "macros"}
    assert acts_in(agent.get().content.decode()) == common | shell
    assert acts_in(duty.get().content.decode()) == common | shell | {"pause", "agree-date"}
    resolution.resolve(ticket=ticket, solution="重启", cause="software", actor=world.agent, now=world.now)
    over = {"reopen", "close", "progress", "attach", "link"} | {"more", "follow", "macros"}
    assert acts_in(agent.get().content.decode()) == over


def test_a_follower_is_offered_no_acts(world: World, ticket: Ticket) -> None:
    Participant.objects.create(ticket=ticket, user=world.engineer, why="follower", since=world.now)
    html = Person(world.engineer, ticket).get().content.decode()
    assert acts_in(html) == {"claim", "follow", "macros"}
    assert f'action="/tickets/{ticket.number}/note/"' in html
    assert 'value="reply"' not in html


def test_who_does_not_see_the_ticket_gets_no_part_of_it(world: World, ticket: Ticket) -> None:
    engineer = Person(world.engineer, ticket)
    held = Clock.objects.filter(ticket=ticket)[0].pk
    for part in ("", "timeline/", "clocks/", f"clocks/{held}/why/"):
        assert engineer.get(part).status_code == 404
    assert logged_in(world.a.user).get(engineer.path("")).status_code == 403
    assert logged_in(world.agent).get("/tickets/WB-0001-99999/").status_code == 404


def test_the_clocks_nearest_first_and_the_rest_behind_more(agent: Person) -> None:
    html = agent.get("clocks/").content.decode()
    first, more = html.split('id="clocks-more"')
    assert first.count('class="wb-clock ') == 4
    assert "首次联系" in first
    assert "未开始" in more
    assert f"/tickets/{agent.ticket.number}/clocks/" in first


def test_a_ticket_without_a_promise_says_so(world: World) -> None:
    """The contract promises nothing for a wish; what the house promises is not the contract's."""
    ticket = world.report(kind=Kind.USABILITY)
    page = Person(world.agent, ticket).get("clocks/")
    before_more, more = page.content.decode().split('id="clocks-more"')
    assert (before_more.count("合同未约定"), more.count('data-state="waiting"')) == (1, 2)


def test_a_paused_clock_can_be_resumed_by_who_works_on_it(world: World, ticket: Ticket) -> None:
    waiting.pause(ticket=ticket, reason="waiting_customer", note="", actor=world.duty_manager, now=world.now)
    resume = f"/tickets/{ticket.number}/resume/"
    assert resume in Person(world.duty_manager, ticket).get("clocks/").content.decode()
    assert resume not in Person(world.agent, ticket).get("clocks/").content.decode()


def test_earlier_rounds_stay_in_view(world: World, ticket: Ticket) -> None:
    live_a_life(world, ticket, 0)
    html = Person(world.agent, ticket).get("clocks/").content.decode()
    assert html.index('id="clocks-past"') > html.index('id="clocks-more"')


def test_clocks_are_drawn_anew_when_they_look_different(agent: Person, world: World) -> None:
    token = agent.get().context["page"].token
    assert agent.get(f"clocks/?since={token}").status_code == 204
    with clock.frozen(world.later(minutes=6)):
        late = agent.get(f"clocks/?since={token}")
    assert (late.status_code, 'data-state="breached"' in late.content.decode()) == (200, True)


def test_why_a_deadline_is_what_it_is(world: World, ticket: Ticket) -> None:
    waiting.pause(ticket=ticket, reason="waiting_customer", note="等停机", actor=world.duty_manager, now=world.now)
    held = Clock.objects.get(ticket=ticket, target="resolution")
    agent = Person(world.agent, ticket)
    page, dialog = agent.get(f"clocks/{held.pk}/why/"), agent.get(f"clocks/{held.pk}/why/", headers=HTMX)
    for words in ("HW12", "等停机", "李主任", "时限说明"):
        assert words in text_of(page)
        assert words in text_of(dialog)
    foreign = Clock.objects.filter(ticket=world.report(world.b))[0]
    assert agent.get(f"clocks/{foreign.pk}/why/").status_code == 404
    assert agent.get("clocks/99999999999999999999/why/").status_code == 404


def test_the_story_in_words(world: World, ticket: Ticket) -> None:
    live_a_life(world, ticket, 1)
    with clock.frozen(world.later(hours=1)):
        progress.record_progress(
            ticket=ticket, kind="checked_in", actor=world.agent, now=clock.now(), at=world.later(minutes=20)
        )
        text = text_of(Person(world.duty_manager, ticket).get())
    told = [
        "三号窗口打印票据模糊",
        "质保核验",
        "分派给王工",
        "您好，已安排。",
        "状态：处理中",
        "级别由二级改为三级",
        "时限暂停，等客户",
        "时限恢复计时",
        "已解决，软件缺陷：重启",
        "重新打开：再次出现",
        "备注 0",
        "发生于今天 10:20",
    ]
    places = [text.index(words) for words in told]
    assert places == sorted(places)


def test_escalations_are_lines_and_name_who_was_told(world: World, ticket: Ticket) -> None:
    assignment.claim(ticket=ticket, actor=world.agent, now=world.now)
    sweep(world.later(minutes=6))
    with clock.frozen(world.later(minutes=6)):
        text = text_of(Person(world.agent, ticket).get())
        quiet = text_of(Person(world.agent, ticket).get("?show=internal"))
    assert "首次联系已超时" in text
    assert "首次联系已超时" not in quiet


@pytest.mark.parametrize(
    ("show", "seen"),
    [("", "RNCD"), ("customer", "RC"), ("internal", "N"), ("clock", "RD"), ("nonsense", "RNCD")],
)
def test_the_filter(world: World, ticket: Ticket, show: str, seen: str) -> None:
    message.note(ticket=ticket, body="只给同事", actor=world.agent, now=world.now)
    message.reply(ticket=ticket, body="给客户的话", actor=world.agent, now=world.now)
    waiting.pause(ticket=ticket, reason="waiting_customer", note="等停机", actor=world.duty_manager, now=world.now)
    text = text_of(Person(world.agent, ticket).get(f"?show={show}"))
    story = text[text.index("处理记录") : text.index("发送给客户")]
    words = {"R": "三号窗口打印票据模糊", "N": "只给同事", "C": "给客户的话", "D": "时限暂停"}
    assert "".join(key for key, value in words.items() if value in story) == seen


def test_only_the_last_hundred_and_the_way_back(world: World, ticket: Ticket) -> None:
    for number in range(A_PAGE + 20):
        message.note(ticket=ticket, body=f"备注-{number:03d}-", actor=world.agent, now=world.now)
    agent = Person(world.agent, ticket)
    page = agent.get().content.decode()
    assert ("备注-020-" in page, "备注-019-" in page) == (True, False)
    older = re.search(r'href="([^"]*before=\d+)"', page)
    assert older
    earlier = agent.client.get(older[1].replace("&amp;", "&")).content.decode()
    assert ("备注-019-" in earlier, "备注-020-" in earlier, "三号窗口打印票据模糊" in earlier) == (True, False, True)
    assert "data-poll" not in earlier.split('id="story-mark"')[1][:40]


def test_a_long_row_of_system_lines_is_folded_away(world: World, ticket: Ticket) -> None:
    for number in range(11):
        state = ("waiting_parts", "waiting_vendor")[number % 2]
        waiting.set_state(ticket=ticket, state=state, actor=world.agent, now=world.now)
        assignment.assign(
            ticket=ticket, assignee=(world.agent, world.engineer)[number % 2], actor=world.agent, now=world.now
        )
    page = Person(world.agent, ticket).get()
    assert [len(run.entries) for run in page.context["page"].runs if run.is_folded] == [23]
    assert page.content.count(b"<summary>") == 2


def test_poll_brings_what_a_colleague_did(agent: Person, world: World) -> None:
    mark = agent.get().context["page"].story.mark
    assert agent.get(f"timeline/?after={mark}").status_code == 204
    message.note(ticket=agent.ticket, body="同事的备注", actor=world.other_agent, now=world.now)
    html = agent.get(f"timeline/?after={mark}").content.decode()
    assert (html.count('<li class="wb-entry'), "同事的备注" in html) == (1, True)
    assert 'hx-swap-oob="beforeend:#timeline"' in html
    assert re.search(r'id="composer-version" value="2"', html)
    assert "wb-toast" not in html


def test_poll_draws_all_anew_when_a_line_on_the_page_has_changed(agent: Person, world: World) -> None:
    message.note(ticket=agent.ticket, body="写错的备注", actor=world.other_agent, now=world.now)
    mark = agent.get().context["page"].story.mark
    event = Event.objects.get(ticket=agent.ticket, kind="message")
    undo(ticket=agent.ticket, event=event, actor=world.other_agent, now=world.now)
    html = agent.get(f"timeline/?after={mark}").content.decode()
    assert 'id="timeline" hx-swap-oob="true"' in html
    assert "<del>写错的备注</del>" in html


def test_the_undo_link_goes_away_after_ten_seconds(agent: Person, world: World) -> None:
    message.note(ticket=agent.ticket, body="备注", actor=world.agent, now=world.now)
    event = Event.objects.get(ticket=agent.ticket, kind="message")
    assert f"/undo/?entry={event.seq}" in agent.get().content.decode()
    with clock.frozen(world.later(seconds=11)):
        line = agent.get(f"timeline/?entry={event.pk}").content.decode()
        assert line.startswith('<li class="wb-entry is-note"')
        assert "/undo/" not in line
        duty = Person(world.duty_manager, agent.ticket)
        assert "撤回" in text_of(duty.get(f"timeline/?entry={event.pk}"))
    assert agent.get("timeline/?entry=1").status_code == 404


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("57-12", Mark(57, 12)),
        ("57", Mark(57, 0)),
        ("", Mark()),
        ("a-b", Mark()),
        ("٣-1", Mark(3, 1)),
        ("9" * 30, Mark()),
    ],
)
def test_a_mark_that_cannot_be_read_is_the_beginning(text: str, mark: Mark) -> None:
    assert mark_of(text) == mark


def test_the_cards_beside(world: World, ticket: Ticket) -> None:
    text = text_of(Person(world.agent, ticket).get())
    side = text[text.index("服务资格") :]
    for words in ("CANARY-A 集团", "A 陈敏", "021-5555 0101", "A 路 18 号", "8 km", "SN-A", "HT-A", "2027-12-31"):
        assert words in side
    html = Person(world.agent, ticket).get().content.decode()
    assert 'href="tel:+862155550101"' in html


def test_whatever_is_written_is_shown_as_text(world: World) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    ticket = world.report(subject=evil[:150], description=evil, caller_name=evil[:40])
    message.note(ticket=ticket, body=evil, actor=world.agent, now=world.now)
    waiting.set_state(ticket=ticket, state="waiting_parts", note=evil, actor=world.agent, now=world.now)
    progress.record_progress(
        ticket=ticket, kind="checked_in", note=evil, actor=world.agent, at=world.now, now=world.later(minutes=5)
    )
    html = Person(world.agent, ticket).get().content.decode()
    assert ("<script>alert" in html, "<img src=x" in html, "&lt;script&gt;" in html) == (False, False, True)


def test_english(world: World, ticket: Ticket) -> None:
    live_a_life(world, ticket, 0)
    User.objects.filter(pk=world.agent.pk).update(language="en")
    text = text_of(Person(world.agent, ticket).get())
    assert "Facts changed: Severity from Level 2 to Level 3" in text


def test_numbers_in_the_address_that_mean_nothing(agent: Person) -> None:
    for query in ("?before=-1", "?before=99999999999999999999", "?before=x", "?show=%00", "timeline/?after=%00"):
        assert agent.get(query).status_code == 200
    assert agent.get("timeline/?entry=99999999999999999999999").status_code == 404


def test_the_page_is_small(world: World, ticket: Ticket) -> None:
    live_a_life(world, ticket, 20)
    html = Person(world.duty_manager, ticket).get().content
    assert len(re.findall(rb"<[a-z]", html)) < 1500
    assert len(gzip.compress(html)) <= 25_000


def test_the_tickets_before_and_after_in_the_list_one_came_from(world: World) -> None:
    tickets = [world.report(now=world.later(minutes=-minutes)) for minutes in (30, 20, 10)]
    assignment.claim(ticket=tickets[1], actor=world.agent, now=world.now)
    agent = Person(world.agent, tickets[0])
    html = agent.get("?queue=view%3Dunassigned").content.decode()
    assert f'href="/tickets/{tickets[2].number}/?queue=view%3Dunassigned" rel="next" data-key="g"' in html
    assert 'rel="prev"' not in html
    assert 'href="/tickets/?view=unassigned"' in html
    last = Person(world.agent, tickets[2]).get("?queue=view%3Dunassigned").content.decode()
    assert (f'href="/tickets/{tickets[0].number}/?queue' in last, 'rel="next"' in last) == (True, False)
    for junk in ("?queue=view%3Dnone", "?queue=%00", "?queue=" + "x" * 5000, "?queue=page%3D-1%26customer%3Dx"):
        assert agent.get(junk).status_code == 200


def test_keys_of_acts_in_the_menu(world: World, ticket: Ticket) -> None:
    duty = Person(world.duty_manager, ticket)
    assert re.findall(r'id="act-([a-z]+)"[^>]*data-menu-key="(\w)"', duty.get().content.decode()) == [("pause", "w")]
    waiting.pause(ticket=ticket, reason="waiting_customer", note="", actor=world.duty_manager, now=world.now)
    assert re.findall(r'id="act-([a-z]+)"[^>]*data-menu-key="(\w)"', duty.get().content.decode()) == [("resume", "w")]


def test_solved_at_the_first_go_is_said(world: World, ticket: Ticket) -> None:
    agent = Person(world.agent, ticket)
    agent.done("resolve/", solution="重启", cause="software", first_fix="on")
    assert "已解决，软件缺陷，一次解决：重启" in text_of(agent.get())
    assert Event.objects.get(kind="resolved").data["first_fix"] is True
