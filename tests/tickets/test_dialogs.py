"""Every act of the ticket page: done without script, and refused without a trace."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core import clock
from core.enums import OutboxState
from core.models import Attachment, Outbox
from tests.files import picture, upload
from tests.tickets.desk import COMPOSER, DIALOG, HTMX, Person, text_of, traces
from tests.world import World
from tickets.domain import assignment, message
from tickets.enums import EventKind
from tickets.models import Clock, Event, Link, Message, Participant, Ticket

LOCAL = "%Y-%m-%dT%H:%M"


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.report()


@pytest.fixture
def agent(world: World, ticket: Ticket) -> Person:
    return Person(world.agent, ticket)


@pytest.fixture
def duty(world: World, ticket: Ticket) -> Person:
    return Person(world.duty_manager, ticket)


def kinds(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("seq").values_list("kind", flat=True))


def last(ticket: Ticket) -> Event:
    return Event.objects.filter(ticket=ticket).latest("seq")


# --- Who works on it --------------------------------------------------------------------------------------------------


def test_assign(agent: Person, world: World) -> None:
    ticket = agent.done("assign/", assignee=world.engineer.pk)
    assert (ticket.assignee, ticket.state, last(ticket).actor) == (world.engineer, "accepted", world.agent)
    assert (agent.done("assign/", assignee="").state, ticket.assignee) == ("new", None)


def test_only_people_who_can_hold_a_ticket_are_offered(agent: Person, world: World) -> None:
    assert agent.refused("assign/", assignee=world.a.user.pk)[0] == 422
    assert agent.refused("assign/", assignee="x")[0] == 422


def test_claim(agent: Person, world: World) -> None:
    assert agent.done("claim/").assignee == world.agent
    other = Person(world.other_agent, agent.ticket)
    assert other.refused("claim/") == (409, ["__all__: 王芳 已领取此工单。"])


# --- What is said -----------------------------------------------------------------------------------------------------


def test_reply(agent: Person, world: World) -> None:
    ticket = agent.done("reply/", mode="reply", body="您好，已安排。", next_state="waiting_parts", is_plan="on")
    sent = Message.objects.get(ticket=ticket)
    assert (sent.internal, sent.body, sent.author, sent.to_contact) == (
        False,
        "您好，已安排。",
        world.agent,
        world.a.contact,
    )
    assert (ticket.state, kinds(ticket)[1:3]) == ("waiting_parts", ["message", "plan_sent"])
    row = Outbox.objects.get(kind="ticket.reply")
    assert row.not_before == world.now + timedelta(seconds=10)


def test_note(agent: Person) -> None:
    ticket = agent.done("reply/", mode="note", body="疑似打印头老化")
    assert (Message.objects.get(ticket=ticket).internal, ticket.state) == (True, "new")
    agent.done("note/", body="已预留备件")
    assert Message.objects.filter(ticket=ticket, internal=True).count() == 2
    assert not Outbox.objects.filter(kind="ticket.reply").exists()


def test_who_may_only_note_sends_nothing_to_the_customer(world: World, ticket: Ticket) -> None:
    """The route of the note writes a note, whatever the form says."""
    Participant.objects.create(ticket=ticket, user=world.engineer, why="follower", since=world.now)
    engineer = Person(world.engineer, ticket)
    assert engineer.refused("reply/", mode="reply", body="您好") == (403, [])
    engineer.done("note/", mode="reply", body="到场后再看")
    assert Message.objects.get(ticket=ticket).internal
    assert not Outbox.objects.filter(kind="ticket.reply").exists()


def test_a_reply_goes_only_to_a_contact_of_the_customer(agent: Person, world: World) -> None:
    status, errors = agent.refused("reply/", mode="reply", body="您好", to_contact=world.b.contact.pk)
    assert (status, [error.split(":")[0] for error in errors]) == (422, ["to_contact"])


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "body: "),
        ("   ", "body: "),
        ("a\x00b", "body: "),
        ("长" * 20_001, "body: "),
        ("x" * 1_000_000, "body: "),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(agent: Person, body: str, error: str) -> None:
    status, errors = agent.refused("reply/", mode="reply", body=body)
    assert (status, len(errors), errors[0][: len(error)]) == (422, 1, error)


def test_a_refused_reply_keeps_its_text(agent: Person) -> None:
    page = agent.post("reply/", mode="reply", body="您好，正文", next_state="closed")
    assert (page.status_code, "您好，正文</textarea>" in page.content.decode()) == (422, True)
    part = agent.post("reply/", COMPOSER, mode="note", body="备注正文", next_state="closed")
    html = part.content.decode()
    assert (part.status_code, "<html" in html, "备注正文</textarea>" in html) == (422, False, True)
    assert 'data-mode="note"' in html


def test_files_come_with_their_text(agent: Person) -> None:
    files = [upload("现场.png", picture()), upload("日志.txt", "温度 85".encode())]
    ticket = agent.done("reply/", mode="note", body="见附件", attachments=files)
    stored = Attachment.objects.order_by("name").values_list("name", "internal")
    assert list(stored) == [("日志.txt", True), ("现场.png", True)]
    page = text_of(agent.get())
    assert page.index("见附件") < page.index("现场.png")
    assert kinds(ticket)[-2:] == ["attached", "attached"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.exe", b"MZ"),
        ("page.html", b"<script>1</script>"),
        ("photo.png", b"not a picture"),
        ("empty.txt", b""),
    ],
)
def test_what_one_file_refuses_leaves_nothing_of_the_text(agent: Person, name: str, content: bytes) -> None:
    good = upload("好.png", picture())
    status, errors = agent.refused("reply/", mode="reply", body="见附件", attachments=[good, upload(name, content)])
    assert (status, len(errors), errors[0].startswith(f"attachments: {name}")) == (422, 1, True)


def test_attach(agent: Person) -> None:
    agent.done("attach/", attachments=[upload("现场.png", picture())], internal="on")
    assert Attachment.objects.get().internal
    assert agent.refused("attach/") == (422, ["attachments: 该字段是必填项。"])


# --- What happens -----------------------------------------------------------------------------------------------------


def test_progress_now_and_entered_later(agent: Person, world: World) -> None:
    with clock.frozen(world.later(hours=2)):
        ticket = agent.done("progress/", kind="checked_in", at="2026-11-23T11:10", note="王工已到")
        arrived = Event.objects.get(ticket=ticket, kind="checked_in")
    assert (arrived.at, arrived.recorded_at) == (world.later(minutes=70), world.later(hours=2))
    assert arrived.data == {"note": "王工已到"}
    assert Clock.objects.get(ticket=ticket, target="on_site").met_at == world.later(minutes=70)


def test_the_present_minute_is_now(agent: Person, world: World) -> None:
    """The field shows no seconds: an entry of this very minute does not lie before the report."""
    with clock.frozen(world.later(seconds=40)):
        agent.done("progress/", kind="remote_started", at=world.now.astimezone().strftime("2026-11-23T10:00"))
    assert Event.objects.get(kind="remote_started").at == world.later(seconds=40)


@pytest.mark.parametrize(
    ("values", "status", "field"),
    [
        ({"kind": "resolved"}, 422, "kind"),
        ({"kind": "nonsense"}, 422, "kind"),
        ({"kind": "checked_in", "at": "2026-11-23T10:05"}, 422, "at"),
        ({"kind": "checked_in", "at": "2026-11-23T09:59"}, 422, "at"),
        ({"kind": "checked_in", "at": "gestern"}, 422, "at"),
        ({"kind": "checked_in", "at": "9999-12-31T23:59"}, 422, "at"),
        ({"kind": "checked_in", "about": "x" * 81}, 422, "about"),
        ({"kind": "checked_in", "note": "x\x00"}, 422, "note"),
    ],
)
def test_progress_that_cannot_be(agent: Person, values: dict[str, str], status: int, field: str) -> None:
    answered, errors = agent.refused("progress/", **values)
    assert (answered, [error.split(":")[0] for error in errors]) == (status, [field])


# --- Waiting ----------------------------------------------------------------------------------------------------------


def test_pause_and_resume(duty: Person) -> None:
    ticket = duty.done("pause/", reason="waiting_customer", note="等停机窗口")
    assert (ticket.state, Clock.objects.get(ticket=ticket, target="resolution").state) == ("waiting_customer", "paused")
    assert (duty.done("resume/").state, kinds(ticket)[-2:]) == ("in_progress", ["resumed", "state_changed"])


def test_only_reasons_that_the_promise_knows_and_the_person_may_use(duty: Person, world: World) -> None:
    assert duty.refused("pause/", reason="lunch")[0] == 422
    assignment.claim(ticket=duty.ticket, actor=world.agent, now=world.now)
    agent = Person(world.agent, duty.ticket)
    assert agent.refused("pause/", reason="force_majeure")[0] == 422
    assert agent.get("pause/").content.decode().count('name="reason"') == 1


def test_pause_is_for_who_works_on_it(agent: Person) -> None:
    assert agent.refused("pause/", reason="waiting_customer") == (403, [])


def test_state(agent: Person) -> None:
    ticket = agent.done("state/", state="waiting_parts", note="等打印头")
    assert (ticket.state, last(ticket).data["note"]) == ("waiting_parts", "等打印头")
    assert agent.refused("state/", state="resolved")[0] == 422
    assert agent.refused("state/", state="waiting_parts")[0] == 422


# --- What it is about -------------------------------------------------------------------------------------------------


def test_change(duty: Person, world: World) -> None:
    facts = {
        "subject": "读卡器故障",
        "severity": 3,
        "kind": "fault",
        "site": world.a.site.pk,
        "asset": world.a.asset.pk,
    }
    ticket = duty.done("change/", **facts)
    assert (ticket.subject, ticket.severity, kinds(ticket)) == ("读卡器故障", 3, ["reported", "facts_changed"])
    assert "级别由二级改为三级" in text_of(duty.get())
    assert duty.refused("change/", **facts | {"asset": world.b.asset.pk})[0] == 422
    assert duty.refused("change/", **facts | {"subject": "x" * 161})[0] == 422


def test_nothing_changed_is_no_event(duty: Person, world: World) -> None:
    ticket = duty.ticket
    facts = {"subject": ticket.subject, "severity": 2, "kind": "fault"}
    duty.done("change/", **facts, site=world.a.site.pk, asset=world.a.asset.pk)
    assert (kinds(ticket), ticket.version) == (["reported"], 1)


def test_an_agent_may_not_lower_the_severity(agent: Person, world: World) -> None:
    facts = {"subject": "x", "kind": "fault", "site": world.a.site.pk, "asset": world.a.asset.pk}
    assert agent.refused("change/", severity=3, **facts)[0] == 422


def test_agree_date(duty: Person, world: World) -> None:
    ticket = duty.done("agree-date/", target="on_site", due="2026-11-25T09:00", note="陈敏电话同意")
    due = Clock.objects.get(ticket=ticket, target="on_site")
    assert (due.agreed, due.due_at) == (True, world.later(hours=47))
    assert "已约定到场时间，11-25 周三 09:00：陈敏电话同意" in text_of(duty.get())


@pytest.mark.parametrize(
    ("values", "status", "field"),
    [
        ({"due": "2026-11-23T09:00"}, 422, "due"),
        ({"due": "2026-11-25T09:00", "note": ""}, 422, "note"),
        ({"due": "2026-11-25T09:00", "target": "moon"}, 422, "target"),
        ({"due": ""}, 422, "due"),
    ],
)
def test_a_date_that_cannot_be_agreed(duty: Person, values: dict[str, str], status: int, field: str) -> None:
    answered, errors = duty.refused("agree-date/", **{"target": "on_site", "note": "同意"} | values)
    assert (answered, [error.split(":")[0] for error in errors]) == (status, [field])


def test_a_met_promise_is_not_offered_for_a_date(duty: Person, world: World) -> None:
    message.reply(ticket=duty.ticket, body="您好", actor=world.agent, now=world.now)
    html = duty.get("agree-date/").content.decode()
    assert ('value="first_contact"' in html, 'value="on_site"' in html) == (False, True)


def test_link(agent: Person, world: World) -> None:
    other = world.report()
    agent.done("link/", other=f" {other.number.lower()} ", kind="follow_up")
    assert Link.objects.get().kind == "follow_up"
    assert other.number in text_of(agent.get())
    foreign = world.report(world.b)
    assert agent.refused("link/", other=foreign.number, kind="related")[0] == 422
    assert agent.refused("link/", other="WB-0001-99999", kind="related")[0] == 422
    assert agent.refused("link/", other=agent.ticket.number, kind="related") == (422, ["other: 请选择另一张工单。"])


def test_follow_and_unfollow(agent: Person, world: World) -> None:
    agent.done("follow/")
    assert Participant.objects.get(ticket=agent.ticket, why="follower").user == world.agent
    agent.done("unfollow/")
    assert Participant.objects.get(ticket=agent.ticket, why="follower").until == world.now


# --- Ends -------------------------------------------------------------------------------------------------------------


def test_resolve_and_close(agent: Person) -> None:
    ticket = agent.done("resolve/", solution="更换打印头", cause="hardware", tell_customer="on")
    assert (ticket.state, ticket.solution, ticket.cause) == ("resolved", "更换打印头", "hardware")
    assert Outbox.objects.filter(kind="ticket.resolved").count() == 1
    assert agent.done("close/").state == "closed"
    assert agent.refused("close/")[0] == 409


def test_resolve_without_telling(agent: Person) -> None:
    agent.done("resolve/", solution="更换打印头", cause="hardware")
    assert not Outbox.objects.filter(kind="ticket.resolved").exists()


def test_every_late_promise_needs_a_reason(agent: Person, world: World) -> None:
    """Of an HW12 fault after two hours: contact, remote help and plan are late, arrival and repair are not."""
    done: dict[str, Any] = {"solution": "更换打印头", "cause": "hardware", "reason_remote": "other"}
    with clock.frozen(world.later(hours=2)):
        form = agent.get("resolve/").content.decode()
        asked = sorted(name for name in Clock.objects.values_list("target", flat=True) if f'"reason_{name}"' in form)
        assert asked == ["first_contact", "plan", "remote"]
        status, errors = agent.refused("resolve/", **done, reason_plan="workload")
        assert (status, [error.split(":")[0] for error in errors]) == (409, ["reason_first_contact"])
        ticket = agent.done("resolve/", **done, reason_plan="workload", reason_first_contact="unassigned")
    reasons = Clock.objects.filter(ticket=ticket).exclude(breach_reason="").values_list("target", "breach_reason")
    assert sorted(reasons) == [("first_contact", "unassigned"), ("plan", "workload"), ("remote", "other")]


def test_cancel(agent: Person) -> None:
    ticket = agent.done("cancel/", reason="withdrawn", note="客户自行恢复")
    assert (ticket.state, last(ticket).data["reason"]) == ("cancelled", "withdrawn")
    assert agent.refused("cancel/", reason="withdrawn")[0] == 409


def test_reopen(agent: Person) -> None:
    agent.done("resolve/", solution="重启", cause="software")
    ticket = agent.done("reopen/", reason="故障再次出现")
    assert (ticket.state, ticket.round) == ("in_progress", 2)
    assert agent.refused("reopen/", reason="又来")[0] == 409
    page = agent.get()
    assert "以前各轮时限" in text_of(page)
    assert agent.refused("reopen/", reason="")[0] == 422


def test_merge_goes_on_with_the_first(agent: Person, world: World) -> None:
    message.note(ticket=agent.ticket, body="第一单的话", actor=world.agent, now=world.now)
    with clock.frozen(world.later(minutes=1)):
        second = world.report(now=world.later(minutes=1))
        message.reply(ticket=second, body="第二单的话", actor=world.agent, now=world.later(minutes=1))
        response = Person(world.agent, second).post("merge/", other=agent.ticket.number)
        assert response.headers["Location"] == agent.path("")
        second.refresh_from_db()
        assert (second.state, second.merged_into) == ("cancelled", agent.ticket)
        assert f"来自 {second.number}" in text_of(agent.get())
        assert "第二单的话" in text_of(agent.get())


# --- Looking back -----------------------------------------------------------------------------------------------------


def test_undo_at_once_needs_no_reason(agent: Person, world: World) -> None:
    agent.done("state/", state="waiting_parts")
    entry = last(agent.ticket).seq
    assert "entry=" in agent.get().content.decode()
    ticket = agent.done(f"undo/?entry={entry}")
    assert (ticket.state, kinds(ticket)) == ("new", ["reported", "state_changed", "voided"])
    page = agent.get().content.decode()
    assert "<del>状态：等备件</del>" in page
    assert agent.refused(f"undo/?entry={entry}")[0] == 409


def test_undone_reply_is_not_sent(agent: Person) -> None:
    ticket = agent.done("reply/", mode="reply", body="发错了")
    agent.done(f"undo/?entry={Event.objects.get(ticket=ticket, kind='message').seq}")
    assert not Outbox.objects.filter(kind="ticket.reply", state=OutboxState.NEW).exists()
    assert (agent.ticket.state, "<del>发错了</del>" in agent.get().content.decode()) == ("new", True)


def test_later_only_as_a_mistake_with_a_reason(agent: Person, duty: Person, world: World) -> None:
    agent.done("state/", state="waiting_parts")
    entry = last(agent.ticket).seq
    with clock.frozen(world.later(seconds=11)):
        assert agent.refused(f"undo/?entry={entry}", reason="误操作") == (403, [])
        assert duty.refused(f"undo/?entry={entry}")[0] == 422
        assert duty.done(f"undo/?entry={entry}", reason="误操作").state == "new"
        assert "已撤回：状态变更：误操作" in text_of(duty.get())


def test_a_report_stays(agent: Person, duty: Person) -> None:
    assert duty.refused("undo/?entry=1", reason="误操作")[0] == 409
    assert duty.refused("undo/?entry=99999999999999999999")[0] == 404
    assert duty.refused("undo/?entry=99")[0] == 404
    assert duty.refused("undo/")[0] == 404


def test_review(duty: Person, world: World) -> None:
    Ticket.objects.filter(pk=duty.ticket.pk).update(needs_review=True)
    ticket = duty.done("review/", note="已核对")
    assert (ticket.needs_review, last(ticket).kind) == (False, "reviewed")


# --- For all of them --------------------------------------------------------------------------------------------------

VALID: dict[str, dict[str, Any]] = {
    "assign/": {"assignee": ""},
    "claim/": {},
    "reply/": {"mode": "reply", "body": "您好"},
    "note/": {"body": "备注"},
    "progress/": {"kind": "checked_in"},
    "pause/": {"reason": "waiting_customer"},
    "resume/": {},
    "state/": {"state": "waiting_parts"},
    "agree-date/": {"target": "on_site", "due": "2026-11-25T09:00", "note": "同意"},
    "resolve/": {"solution": "更换", "cause": "hardware"},
    "close/": {},
    "cancel/": {"reason": "withdrawn"},
    "reopen/": {"reason": "再次出现"},
    "review/": {},
    "undo/?entry=1": {"reason": "误操作"},
}


@pytest.mark.parametrize("act", VALID)
def test_a_stale_form_is_refused_with_both_versions(act: str, world: World, ticket: Ticket) -> None:
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.other_agent, now=world.now)
    duty = Person(world.duty_manager, ticket)
    before = traces()
    page = duty.post(act, **VALID[act], version=1)
    assert (page.status_code, traces()) == (409, before)
    text = text_of(page)
    assert ("赵敏" in text, "已受理" in text) == (True, True)
    dialog = duty.post(act, DIALOG, **VALID[act], version=1)
    html = dialog.content.decode()
    assert (dialog.status_code, 'id="wb-dialog-title"' in html) == (409, True)
    assert 'name="version" value="2"' in html


def test_what_was_typed_is_sent_again_on_the_new_version(agent: Person, world: World) -> None:
    assignment.claim(ticket=agent.ticket, actor=world.other_agent, now=world.now)
    html = agent.post("reply/", COMPOSER, mode="reply", body="写了很久的话", version=1).content.decode()
    assert ('id="wb-dialog-title"' in html, "写了很久的话</textarea>" in html) == (True, True)
    agent.done("reply/", mode="reply", body="写了很久的话", version=2)


@pytest.mark.parametrize("version", ["-1", "1.5", "x", "99999999999"])
def test_a_version_that_is_none_is_refused(agent: Person, version: str) -> None:
    assert agent.refused("claim/", version=version)[0] == 422


@pytest.mark.parametrize("act", [*VALID, "change/", "merge/", "link/", "follow/", "unfollow/", "attach/"])
def test_a_ticket_that_one_does_not_see_is_not_there(act: str, world: World, ticket: Ticket) -> None:
    engineer = Person(world.engineer, ticket)
    assert engineer.get(act).status_code == 404
    assert engineer.refused(act, **VALID.get(act, {})) == (404, [])


@pytest.mark.parametrize(
    "act",
    ["assign/", "reply/", "progress/", "agree-date/", "cancel/", "close/", "merge/", "link/", "review/", "attach/"],
)
def test_a_follower_may_look_but_not_act(act: str, world: World, ticket: Ticket) -> None:
    Participant.objects.create(ticket=ticket, user=world.engineer, why="follower", since=world.now)
    engineer = Person(world.engineer, ticket)
    assert engineer.get("").status_code == 200
    assert engineer.get(act).status_code == 403
    assert engineer.refused(act, **VALID.get(act, {})) == (403, [])


@pytest.mark.parametrize("act", VALID)
def test_each_form_opens_as_a_page_and_as_a_dialog(act: str, duty: Person) -> None:
    page, dialog = duty.get(act), duty.get(act, headers=DIALOG)
    if act in ("reply/", "note/"):
        assert page.headers["Location"].startswith(duty.path("") + "?mode=")
        return
    assert (page.status_code, dialog.status_code) == (200, 200)
    assert ("<html" in page.content.decode(), "<html" in dialog.content.decode()) == (True, False)
    assert page.content.decode().count("<h1") == 1


def test_the_same_form_twice_is_one_act(agent: Person) -> None:
    key = str(uuid4())
    for _ in range(2):
        response = agent.post("reply/", mode="reply", body="您好", version=1, idempotency_key=key)
        assert response.status_code == 302
    assert Message.objects.count() == 1


def test_with_script_an_act_answers_the_parts_it_changed(agent: Person, world: World) -> None:
    mark = agent.get().context["page"].story.mark
    parts = agent.post("state/", DIALOG, state="waiting_parts", after=str(mark))
    html = parts.content.decode()
    assert parts.status_code == 200
    swapped = ["ticket-head", "clocks", "story-mark", "ticket-side", "composer-version"]
    assert [f'id="{name}"' in html for name in swapped] == [True] * len(swapped)
    assert (html.count('<li class="wb-entry'), "状态：等备件" in html) == (1, True)
    assert f"/undo/?entry={last(agent.ticket).seq}" in html
    assert "状态已修改" in html


def test_undo_draws_the_whole_story_anew(agent: Person) -> None:
    agent.done("state/", state="waiting_parts")
    mark = agent.get().context["page"].story.mark
    html = agent.post(f"undo/?entry={last(agent.ticket).seq}", HTMX, after=str(mark)).content.decode()
    assert 'id="timeline" hx-swap-oob="true"' in html
    assert "<del>状态：等备件</del>" in html


def test_a_reply_with_script_gives_a_fresh_composer_and_a_way_back(agent: Person) -> None:
    html = agent.post("reply/", COMPOSER, mode="reply", body="您好，已安排").content.decode()
    assert (html.count('id="composer"'), "您好，已安排</textarea>" in html) == (1, False)
    entry = Event.objects.get(ticket=agent.ticket, kind=EventKind.MESSAGE).seq
    assert f"/undo/?entry={entry}" in html


def test_the_queue_gets_its_row_back(agent: Person) -> None:
    html = agent.client.post(agent.path("claim/"), {"from": "queue"}, headers=HTMX).content.decode()
    assert f'id="row-{agent.ticket.pk}"' in html
    assert 'name="from" value="queue"' in agent.get("assign/?from=queue", headers=DIALOG).content.decode()


def test_csrf(agent: Person) -> None:
    agent.client.handler.enforce_csrf_checks = True
    assert agent.post("claim/").status_code == 403
