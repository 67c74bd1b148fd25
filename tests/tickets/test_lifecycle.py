"""The acts on a ticket and what they leave in state, clocks and events."""

from datetime import timedelta

import pytest

from core.errors import Denied, InputError, RuleError, StaleError
from core.models import Audit, Notification, Outbox
from tests.world import World
from tickets.domain.agreement import agree_date
from tickets.domain.assignment import assign, claim
from tickets.domain.cancellation import cancel, merge
from tickets.domain.message import hear, note, reply
from tickets.domain.progress import record_progress
from tickets.domain.resolution import close, close_silent, reopen, resolve
from tickets.domain.review import review
from tickets.domain.ticket import Changes, change
from tickets.domain.undo import undo
from tickets.domain.waiting import pause, resume, set_state
from tickets.models import Clock, Ticket
from tickets.queries.ticket import tickets_for


def clock(ticket: Ticket, target: str, round_number: int = 1) -> Clock:
    return Clock.objects.get(ticket=ticket, target=target, round=round_number)


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.values_list("kind", flat=True))


def test_assigning_accepts_and_tells(world: World) -> None:
    ticket = assign(ticket=world.report(), assignee=world.engineer, actor=world.agent, now=world.now)
    assert (ticket.state, ticket.assignee, ticket.version) == ("accepted", world.engineer, 2)
    assert Notification.objects.get(user=world.engineer).url == f"/tickets/{ticket.number}/"
    assert list(tickets_for(world.engineer)) == [ticket]
    assign(ticket=ticket, assignee=None, actor=world.agent, now=world.now)
    assert (ticket.state, ticket.assignee) == ("new", None)
    assert not tickets_for(world.engineer).exists()


def test_a_ticket_is_claimed_once(world: World) -> None:
    ticket = claim(ticket=world.report(), actor=world.agent, now=world.now)
    with pytest.raises(RuleError, match="taken"):
        claim(ticket=ticket, actor=world.other_agent, now=world.now)
    assert (ticket.assignee, kinds(ticket)) == (world.agent, ["reported", "assigned"])


def test_a_stale_edit_is_refused_and_changes_nothing(world: World) -> None:
    ticket = claim(ticket=world.report(), actor=world.agent, now=world.now)
    with pytest.raises(StaleError) as refused:
        note(ticket=ticket, body="备注", actor=world.agent, now=world.now, version=1)
    assert refused.value.current["version"] == 2
    assert kinds(ticket) == ["reported", "assigned"]


def test_a_reply_answers_and_a_plan_is_a_plan(world: World) -> None:
    ticket = world.report()
    reply(ticket=ticket, body="您好，马上处理。", actor=world.agent, now=world.later(minutes=4))
    assert (clock(ticket, "first_contact").state, clock(ticket, "plan").state) == ("met", "running")
    assert (ticket.state, ticket.next_target) == ("in_progress", "plan")
    reply(ticket=ticket, body="方案如下。", is_plan=True, actor=world.agent, now=world.later(minutes=30))
    assert clock(ticket, "plan").met_at == world.later(minutes=30)
    assert Outbox.objects.filter(kind="ticket.reply", not_before=world.later(minutes=30, seconds=10)).count() == 1


def test_a_note_answers_nobody(world: World) -> None:
    ticket = world.report()
    note(ticket=ticket, body="疑似打印头老化", actor=world.agent, now=world.now)
    assert (ticket.state, clock(ticket, "first_contact").state) == ("new", "running")
    assert ticket.messages.get().internal


def test_waiting_for_the_customer_holds_the_clocks(world: World) -> None:
    ticket = world.report(answered=True)
    set_state(ticket=ticket, state="waiting_customer", actor=world.agent, now=world.later(hours=1))
    held = clock(ticket, "resolution")
    assert (held.state, held.pause_reason, held.used_seconds, held.next_step_at) == (
        "paused",
        "waiting_customer",
        3600,
        None,
    )
    assert ticket.next_target == "plan"  # due at this instant: the pause comes too late for it
    resume(ticket=ticket, actor=world.agent, now=world.later(hours=3))
    assert clock(ticket, "resolution").due_at == world.later(hours=26)
    assert (ticket.state, kinds(ticket)[-2:]) == ("in_progress", ["resumed", "state_changed"])


def test_pausing_and_resuming_twice_changes_nothing(world: World) -> None:
    ticket = world.report(answered=True)
    act = {"ticket": ticket, "reason": "waiting_customer", "note": "等停机窗口", "actor": world.duty_manager}
    pause(**act, now=world.later(minutes=10))
    version = ticket.version
    pause(**act, now=world.later(minutes=20))
    assert ticket.version == version
    resume(ticket=ticket, actor=world.agent, now=world.later(minutes=30))
    version = ticket.version
    resume(ticket=ticket, actor=world.agent, now=world.later(minutes=40))
    assert ticket.version == version
    assert clock(ticket, "resolution").due_at == world.later(hours=24, minutes=20)


def test_a_pause_needs_the_promise_and_the_right(world: World) -> None:
    ticket = world.report()
    with pytest.raises(Denied):
        pause(ticket=ticket, reason="force_majeure", note="台风", actor=world.agent, now=world.now)
    with pytest.raises(InputError):
        pause(ticket=ticket, reason="lunch", note="", actor=world.agent, now=world.now)
    assert kinds(ticket) == ["reported"]


def test_waiting_for_parts_stops_no_clock(world: World) -> None:
    ticket = world.report(answered=True)
    set_state(ticket=ticket, state="waiting_parts", actor=world.agent, now=world.now)
    assert (ticket.state, clock(ticket, "resolution").state) == ("waiting_parts", "running")


def test_the_customer_writing_ends_the_pause(world: World) -> None:
    ticket = world.report(answered=True, assignee=world.agent)
    set_state(ticket=ticket, state="waiting_customer", actor=world.agent, now=world.later(minutes=10))
    hear(ticket=ticket, body="可以停机了", contact=world.a.contact, actor=None, now=world.later(minutes=40))
    assert (ticket.state, ticket.customer_waits) == ("in_progress", True)
    assert clock(ticket, "resolution").due_at == world.later(hours=24, minutes=30)
    reply(ticket=ticket, body="好的", actor=world.agent, now=world.later(minutes=41))
    assert not ticket.customer_waits


def test_progress_is_entered_at_its_own_time(world: World) -> None:
    ticket = world.report()
    now = world.later(minutes=40)
    record_progress(ticket=ticket, kind="checked_in", at=world.later(minutes=30), actor=world.agent, now=now)
    assert clock(ticket, "on_site").met_at == world.later(minutes=30)
    assert clock(ticket, "first_contact").state == "met_late"  # arriving counts as an answer


@pytest.mark.parametrize(
    ("kind", "minutes", "code"),
    [
        ("nonsense", 0, "event"),
        ("resolved", 0, "event"),
        ("resolution_breached", 0, "event"),
        ("checked_in", 2, "future"),
        ("checked_in", -1, "before_report"),
    ],
)
def test_bad_progress_is_refused(world: World, kind: str, minutes: int, code: str) -> None:
    ticket = world.report()
    with pytest.raises(InputError) as refused:
        record_progress(ticket=ticket, kind=kind, at=world.later(minutes=minutes), actor=world.agent, now=world.now)
    assert refused.value.code == code
    assert kinds(ticket) == ["reported"]


def test_only_supervisors_enter_what_is_more_than_a_day_old(world: World) -> None:
    ticket, now = world.report(), world.later(hours=30)
    entry = {"ticket": ticket, "kind": "checked_in", "at": world.later(hours=1), "now": now}
    with pytest.raises(Denied):
        record_progress(**entry, actor=world.agent)
    record_progress(**entry, actor=world.duty_manager)
    assert clock(ticket, "on_site").state == "met"


def test_a_late_entry_that_turns_a_breach_is_flagged(world: World) -> None:
    ticket = world.report()
    note(ticket=ticket, body="查看", actor=world.agent, now=world.later(minutes=10))
    assert clock(ticket, "first_contact").state == "breached"
    record_progress(
        ticket=ticket,
        kind="first_contact",
        at=world.later(minutes=3),
        actor=world.agent,
        now=world.later(minutes=15),
    )
    assert (clock(ticket, "first_contact").state, ticket.needs_review) == ("met", True)


def test_changed_facts_move_open_clocks(world: World) -> None:
    ticket = world.report(world.b, severity=3)
    change(ticket=ticket, changes=Changes(severity=1), actor=world.duty_manager, now=world.later(minutes=5))
    assert ticket.severity == 1
    assert clock(ticket, "on_site").due_at == world.later(hours=24)  # L4: major failure, from the report
    with pytest.raises(Denied):
        change(ticket=ticket, changes=Changes(severity=4), actor=world.agent, now=world.later(minutes=6))
    assert ticket.severity == 1
    change(ticket=ticket, changes=Changes(severity=3), actor=world.duty_manager, now=world.later(minutes=7))
    assert clock(ticket, "on_site").state == "withdrawn"


def test_an_agreed_date_replaces_the_promise(world: World) -> None:
    ticket, due = world.report(), world.later(days=3)
    agree_date(
        ticket=ticket,
        target="on_site",
        due=due,
        note="陈敏电话同意",
        actor=world.duty_manager,
        now=world.later(hours=1),
    )
    agreed = clock(ticket, "on_site")
    assert (agreed.due_at, agreed.computed_due_at, agreed.agreed) == (due, world.later(hours=12), True)
    with pytest.raises(InputError):
        agree_date(ticket=ticket, target="on_site", due=world.now, note="x", actor=world.duty_manager, now=due)


def test_resolving_ends_what_is_no_longer_needed(world: World) -> None:
    ticket = world.report(answered=True)
    resolve(ticket=ticket, solution="更换打印头", cause="hardware", actor=world.agent, now=world.later(minutes=30))
    states = dict(Clock.objects.filter(ticket=ticket).values_list("target", "state"))
    assert states == {
        "first_contact": "met",
        "resolution": "met",
        "plan": "not_needed",
        "remote": "not_needed",
        "on_site": "not_needed",
        "loaner": "not_needed",
    }
    assert (ticket.state, ticket.clock_rank, ticket.next_due_at) == ("resolved", 3, None)
    with pytest.raises(RuleError, match="ended"):
        set_state(ticket=ticket, state="in_progress", actor=world.agent, now=world.later(minutes=31))


def test_a_missed_promise_needs_its_reason(world: World) -> None:
    ticket, now = world.report(), world.later(hours=2)
    act = {"ticket": ticket, "solution": "重启", "cause": "software", "actor": world.agent, "now": now}
    with pytest.raises(RuleError) as refused:
        resolve(**act, breach_reasons={"plan": "workload"})
    assert refused.value.code == "breach_reason"
    assert (ticket.state, kinds(ticket)) == ("new", ["reported"])
    reasons = {"plan": "workload", "remote": "workload", "first_contact": "unassigned"}
    resolve(**act, breach_reasons=reasons)
    assert dict(Clock.objects.exclude(breach_reason="").values_list("target", "breach_reason")) == reasons


def test_closing_by_time_and_reopening_within_the_limit(world: World) -> None:
    ticket = world.report(answered=True)
    resolve(ticket=ticket, solution="已修", cause="hardware", actor=world.agent, now=world.later(minutes=30))
    assert close_silent(world.later(days=7)) == 0
    assert close_silent(world.later(days=7, hours=1)) == 1
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    with pytest.raises(RuleError, match="too_late"):
        reopen(ticket=ticket, reason="又坏了", actor=world.agent, now=world.later(days=15))
    reopen(ticket=ticket, reason="又坏了", actor=world.agent, now=world.later(days=8))
    assert (ticket.state, ticket.round, ticket.solution) == ("in_progress", 2, "")
    assert clock(ticket, "resolution", 2).due_at == world.later(days=9)
    assert clock(ticket, "resolution", 1).state == "met"


def test_cancelling_withdraws_open_clocks(world: World) -> None:
    ticket = world.report(answered=True)
    cancel(ticket=ticket, reason="withdrawn", note="客户自行解决", actor=world.agent, now=world.later(minutes=5))
    assert (ticket.state, ticket.clock_rank) == ("cancelled", 3)
    assert set(Clock.objects.filter(ticket=ticket).values_list("state", flat=True)) == {"met", "withdrawn"}
    with pytest.raises(RuleError, match="transition"):
        resolve(ticket=ticket, solution="x", cause="hardware", actor=world.agent, now=world.later(minutes=6))


def test_merging_keeps_the_one_reported_first(world: World) -> None:
    first = world.report()
    second = world.report(now=world.later(minutes=5))
    survivor = merge(ticket=second, other=first, actor=world.agent, now=world.later(minutes=6))
    assert survivor == first
    second.refresh_from_db()
    assert (second.state, second.merged_into) == ("cancelled", first)
    assert kinds(first) == ["reported", "merged"]
    with pytest.raises(InputError, match="does_not_exist"):
        merge(ticket=first, other=world.report(world.b), actor=world.agent, now=world.later(minutes=7))


def test_a_reply_is_taken_back_with_all_its_effects(world: World) -> None:
    ticket = world.report()
    message = reply(ticket=ticket, body="发错了", actor=world.agent, now=world.later(minutes=1))
    undo(ticket=ticket, event=message.event, actor=world.agent, now=world.later(minutes=1, seconds=9))
    assert (ticket.state, clock(ticket, "first_contact").state) == ("new", "running")
    assert Outbox.objects.get(kind="ticket.reply").state == "void"
    with pytest.raises(RuleError, match="undone"):
        undo(ticket=ticket, event=message.event, actor=world.agent, now=world.later(minutes=1, seconds=9))


def test_later_only_the_duty_manager_takes_back_and_says_why(world: World) -> None:
    ticket = claim(ticket=world.report(), actor=world.agent, now=world.now)
    event = ticket.events.get(kind="assigned")
    with pytest.raises(Denied):
        undo(ticket=ticket, event=event, actor=world.agent, now=world.later(seconds=11), reason="错了")
    with pytest.raises(InputError):
        undo(ticket=ticket, event=event, actor=world.duty_manager, now=world.later(minutes=1))
    undo(ticket=ticket, event=event, actor=world.duty_manager, now=world.later(minutes=1), reason="误操作")
    assert (ticket.assignee, ticket.state) == (None, "new")
    assert not ticket.participants.filter(why="assignee", until=None).exists()


def test_ends_are_not_taken_back_out_of_order(world: World) -> None:
    ticket = world.report(answered=True)
    resolve(ticket=ticket, solution="已修", cause="hardware", actor=world.agent, now=world.now)
    close(ticket=ticket, actor=world.agent, now=world.now)
    resolved = ticket.events.get(kind="resolved")
    with pytest.raises(RuleError, match="not_undoable"):
        undo(ticket=ticket, event=resolved, actor=world.agent, now=world.now)
    undo(ticket=ticket, event=ticket.events.get(kind="closed"), actor=world.agent, now=world.now)
    undo(ticket=ticket, event=resolved, actor=world.agent, now=world.now)
    assert (ticket.state, ticket.solution, ticket.resolved_at) == ("in_progress", "", None)
    assert clock(ticket, "resolution").state == "running"


def test_every_act_is_audited_with_what_it_changed(world: World) -> None:
    ticket = claim(ticket=world.report(), actor=world.agent, now=world.now)
    line = Audit.objects.get(action="ticket.claim")
    assert line.changes["assignee_id"] == [None, world.agent.pk]
    assert (line.actor, line.customer_id) == (world.agent, ticket.customer_id)


def test_event_numbers_have_no_gaps(world: World) -> None:
    ticket = world.report(answered=True)
    for minute in range(3):
        reply(ticket=ticket, body="进展", actor=world.agent, now=world.now + timedelta(minutes=minute))
    assert list(ticket.events.values_list("seq", flat=True)) == list(range(1, ticket.events.count() + 1))


def test_the_duty_manager_clears_the_review_flag(world: World) -> None:
    ticket = world.report()
    note(ticket=ticket, body="查看", actor=world.agent, now=world.later(minutes=10))
    late = {"kind": "first_contact", "at": world.later(minutes=3), "now": world.later(minutes=15)}
    record_progress(ticket=ticket, actor=world.agent, **late)
    review(ticket=ticket, note="已核对通话记录", actor=world.duty_manager, now=world.later(minutes=20))
    assert (ticket.needs_review, kinds(ticket)[-1]) == (False, "reviewed")
    version = ticket.version
    review(ticket=ticket, note="", actor=world.duty_manager, now=world.later(minutes=21))
    assert ticket.version == version


def test_nothing_escalates_once_it_is_solved(world: World) -> None:
    ticket = world.report()
    reasons = dict.fromkeys(["first_contact", "plan", "remote", "on_site"], "travel")
    now = world.later(hours=13)
    resolve(ticket=ticket, solution="已修", cause="hardware", actor=world.agent, now=now, breach_reasons=reasons)
    assert clock(ticket, "on_site").state == "breached"
    assert not Clock.objects.filter(next_step_at__gt=now).exists()
