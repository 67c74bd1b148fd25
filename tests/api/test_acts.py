"""Every act on a ticket: one that is done, and one that is refused and leaves nothing behind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import clock
from tests.api.caller import Caller, error, traces
from tests.factories import make_user
from tests.world import World, make_place
from tickets.domain import assignment, message, resolution
from tickets.models import Clock, Event, Link, Message, Participant, Ticket

BAD_ID = 10**9


def path(ticket: Ticket, act: str) -> str:
    return f"/tickets/{ticket.number}/{act}/"


def done(caller: Caller, ticket: Ticket, act: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The ticket in the answer to an act, one version further."""
    before = Ticket.objects.get(pk=ticket.pk).version
    response = caller.post(path(ticket, act), body)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    assert answer["version"] == Ticket.objects.get(number=answer["number"]).version
    if answer["number"] == ticket.number:
        assert answer["version"] == before + 1
    return answer


def refused(caller: Caller, ticket: Ticket, act: str, body: dict[str, Any] | None = None) -> tuple[int, str, list[str]]:
    before = traces()
    answer = error(caller.post(path(ticket, act), body))
    assert traces() == before
    return answer


def last_event(ticket: Ticket) -> tuple[str, str]:
    event = Event.objects.filter(ticket=ticket).latest("seq")
    return event.kind, event.source


def test_assign(agent: Caller, world: World, ticket: Ticket) -> None:
    answer = done(agent, ticket, "assign", {"assignee": world.engineer.pk, "version": 1})
    assert answer["assignee"] == {"id": world.engineer.pk, "name": "王工"}
    assert answer["state"] == "accepted"
    assert last_event(ticket) == ("assigned", "api")
    assert done(agent, ticket, "assign", {"assignee": None})["assignee"] is None


def test_assign_refuses_people_who_do_not_exist_or_are_no_staff(agent: Caller, world: World, ticket: Ticket) -> None:
    said = set()
    for pk in (BAD_ID, world.b.user.pk, 2**63 - 1):
        response = agent.post(path(ticket, "assign"), {"assignee": pk})
        assert error(response) == (400, "does_not_exist", ["assignee"])
        said.add(response.content)
    assert len(said) == 1
    assert refused(agent, ticket, "assign", {"assignee": BAD_ID})[0] == 400


def test_assign_is_not_for_engineers(caller: Any, world: World, ticket: Ticket) -> None:
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    assert refused(caller(world.engineer), ticket, "assign", {"assignee": world.agent.pk}) == (403, "denied", [])


def test_claim(agent: Caller, world: World, ticket: Ticket) -> None:
    assert done(agent, ticket, "claim")["assignee"]["id"] == world.agent.pk


def test_claim_of_what_another_has_taken(agent: Caller, caller: Any, world: World, ticket: Ticket) -> None:
    agent.post(path(ticket, "claim"))
    assert refused(caller(world.other_agent), ticket, "claim") == (409, "taken", [])


def test_reply(agent: Caller, ticket: Ticket) -> None:
    answer = done(agent, ticket, "reply", {"body": "工程师下午到。", "is_plan": True, "next_state": "waiting_parts"})
    assert answer["state"] == "waiting_parts"
    states = {one["target"]: one["state"] for one in answer["clocks"]}
    assert (states["plan"], states["first_contact"]) == ("met", "met")
    said = Message.objects.get(ticket=ticket)
    assert (said.body, said.internal) == ("工程师下午到。", False)


def test_a3_reply_to_a_foreign_contact(agent: Caller, world: World, ticket: Ticket) -> None:
    bodies = [{"body": "x", "to_contact": pk} for pk in (world.b.contact.pk, BAD_ID)]
    assert [refused(agent, ticket, "reply", body) for body in bodies] == [(400, "does_not_exist", ["to_contact"])] * 2
    assert len({agent.post(path(ticket, "reply"), body).content for body in bodies}) == 1


@pytest.mark.parametrize("body", ["", "   \n", "x" * 20_001, "a\x00b", None, 7, ["x"]])
def test_texts_that_are_none(agent: Caller, ticket: Ticket, body: Any) -> None:
    assert refused(agent, ticket, "reply", {"body": body})[::2] == (400, ["body"])
    assert refused(agent, ticket, "note", {"body": body})[::2] == (400, ["body"])


def test_note(agent: Caller, ticket: Ticket) -> None:
    answer = done(agent, ticket, "note", {"body": "疑似打印头老化 😀"})
    assert answer["state"] == "new"
    assert Message.objects.get(ticket=ticket).internal


def test_progress(agent: Caller, world: World, ticket: Ticket) -> None:
    with clock.frozen(world.later(hours=1)):
        answer = done(agent, ticket, "progress", {"kind": "checked_in", "at": "2026-11-23T10:30:00+08:00"})
    assert answer["state"] == "in_progress"
    on_site = next(one for one in answer["clocks"] if one["target"] == "on_site")
    assert (on_site["state"], on_site["met_at"]) == ("met", "2026-11-23T10:30:00+08:00")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"kind": "resolution_breached"}, "event", "kind"),
        ({"kind": "resolved"}, "event", "kind"),
        ({"kind": "nonsense"}, "event", "kind"),
        ({"kind": "checked_in", "at": "2026-11-23T12:00:00+08:00"}, "future", "at"),
        ({"kind": "checked_in", "at": "2026-11-22T12:00:00+08:00"}, "before_report", "at"),
        ({"kind": "checked_in", "at": "2026-11-23T10:00:00"}, "invalid", "at"),
        ({"kind": "checked_in", "at": 1}, "invalid", "at"),
        ({"kind": "checked_in", "at": "9999-12-31T23:59:59-12:00"}, "invalid", "at"),
        ({"kind": "checked_in", "note": "x" * 501}, "max_length", "note"),
    ],
)
def test_progress_refused(agent: Caller, ticket: Ticket, body: dict[str, Any], code: str, field: str) -> None:
    assert refused(agent, ticket, "progress", body) == (400, code, [field])


def test_pause_and_resume(agent: Caller, world: World, ticket: Ticket) -> None:
    agent.post(path(ticket, "claim"))
    answer = done(agent, ticket, "pause", {"reason": "waiting_customer", "note": "等确认"})
    assert answer["state"] == "waiting_customer"
    assert {one["state"] for one in answer["clocks"] if one["promise_set"] == "HW12"} == {"paused"}
    assert done(agent, ticket, "resume")["state"] == "in_progress"


def test_pause_that_the_set_does_not_allow(world: World, duty: Caller) -> None:
    other = world.report(make_place("C", "HB2D", world.now))
    assert refused(duty, other, "pause", {"reason": "force_majeure"}) == (409, "pause_not_allowed", ["reason"])
    assert done(duty, other, "pause", {"reason": "waiting_customer"})["state"] == "waiting_customer"


def test_pause_for_no_reason_of_the_list(agent: Caller, ticket: Ticket) -> None:
    agent.post(path(ticket, "claim"))
    assert refused(agent, ticket, "pause", {"reason": "lunch"}) == (400, "invalid_choice", ["reason"])
    assert refused(agent, ticket, "pause", {"reason": "force_majeure"}) == (403, "denied", [])


def test_pause_and_resume_are_not_for_others(caller: Any, world: World, ticket: Ticket) -> None:
    other = caller(make_user("quality"))
    assert refused(other, ticket, "pause", {"reason": "waiting_customer"}) == (403, "denied", [])
    assert refused(other, ticket, "resume") == (403, "denied", [])


def test_state(agent: Caller, ticket: Ticket) -> None:
    assert done(agent, ticket, "state", {"state": "waiting_vendor", "note": "等厂家"})["state"] == "waiting_vendor"
    assert refused(agent, ticket, "state", {"state": "resolved"}) == (400, "invalid_choice", ["state"])
    assert refused(agent, ticket, "state", {"state": 1}) == (400, "invalid_choice", ["state"])


def test_change(agent: Caller, ticket: Ticket) -> None:
    agent.post(path(ticket, "claim"))
    answer = done(agent, ticket, "change", {"severity": 1, "subject": "全部停机"})
    assert (answer["severity"], answer["subject"]) == (1, "全部停机")
    assert refused(agent, ticket, "change", {"severity": 2}) == (403, "denied", [])


def test_a3_change_to_a_foreign_place(agent: Caller, world: World, ticket: Ticket) -> None:
    for name, foreign in (("site", world.b.site.pk), ("asset", world.b.asset.pk)):
        bodies = [{name: foreign}, {name: BAD_ID}]
        assert [refused(agent, ticket, "change", body) for body in bodies] == [(400, "does_not_exist", [name])] * 2
        assert len({agent.post(path(ticket, "change"), body).content for body in bodies}) == 1


def test_agree_date(duty: Caller, ticket: Ticket) -> None:
    body = {"target": "on_site", "due": "2026-11-25T09:00:00+08:00", "note": "与陈敏电话约定"}
    on_site = next(one for one in done(duty, ticket, "agree-date", body)["clocks"] if one["target"] == "on_site")
    assert (on_site["due_at"], on_site["agreed_due"]) == ("2026-11-25T09:00:00+08:00",) * 2
    assert on_site["computed_due_at"] == "2026-11-23T22:00:00+08:00"


def test_agree_date_refused(duty: Caller, agent: Caller, ticket: Ticket) -> None:
    good = {"target": "on_site", "due": "2026-11-25T09:00:00+08:00", "note": "x"}
    assert refused(agent, ticket, "agree-date", good) == (403, "denied", [])
    assert refused(duty, ticket, "agree-date", good | {"target": "nothing"}) == (400, "target", ["target"])
    assert refused(duty, ticket, "agree-date", good | {"due": "2026-11-23T09:00:00+08:00"}) == (400, "past", ["due"])
    assert refused(duty, ticket, "agree-date", good | {"note": ""}) == (400, "blank", ["note"])


def test_resolve_and_close(agent: Caller, ticket: Ticket) -> None:
    answer = done(agent, ticket, "resolve", {"solution": "更换打印头", "cause": "hardware"})
    assert (answer["state"], answer["solution"], answer["cause"]) == ("resolved", "更换打印头", "hardware")
    assert answer["resolved_at"] == "2026-11-23T10:00:00+08:00"
    assert next(one for one in answer["clocks"] if one["target"] == "resolution")["state"] == "met"
    assert done(agent, ticket, "close")["state"] == "closed"


def test_a_late_promise_needs_its_reason(agent: Caller, world: World, ticket: Ticket) -> None:
    with clock.frozen(world.later(hours=2)):
        fresh = Caller(world.agent)
        body = {"solution": "x", "cause": "hardware"}
        assert refused(fresh, ticket, "resolve", body)[:2] == (409, "breach_reason")
        reasons = dict.fromkeys(("first_contact", "plan", "remote", "response", "nothing"), "parts")
        assert refused(fresh, ticket, "resolve", body | {"breach_reasons": {"plan": "lunch"}})[:2] == (
            400,
            "invalid_choice",
        )
        assert done(fresh, ticket, "resolve", body | {"breach_reasons": reasons})["state"] == "resolved"
    assert Clock.objects.get(ticket=ticket, target="plan").breach_reason == "parts"


def test_resolve_refused(agent: Caller, ticket: Ticket) -> None:
    assert refused(agent, ticket, "resolve", {"solution": "x", "cause": "magic"}) == (400, "invalid_choice", ["cause"])
    assert refused(agent, ticket, "resolve", {}) == (400, "required", ["cause", "solution"])
    assert refused(agent, ticket, "close") == (409, "transition", [])


def test_cancel(agent: Caller, ticket: Ticket) -> None:
    answer = done(agent, ticket, "cancel", {"reason": "withdrawn", "note": "已自行恢复"})
    assert (answer["state"], answer["clocks"]) == ("cancelled", [])
    assert refused(agent, ticket, "cancel", {"reason": "mistake"}) == (409, "transition", [])


def test_reopen(agent: Caller, world: World, ticket: Ticket) -> None:
    assert refused(agent, ticket, "reopen", {"reason": "x"}) == (409, "not_ended", [])
    agent.post(path(ticket, "resolve"), {"solution": "x", "cause": "hardware"})
    with clock.frozen(world.later(hours=1)):
        answer = done(Caller(world.agent), ticket, "reopen", {"reason": "故障再次出现"})
    assert (answer["state"], answer["round"], answer["resolved_at"]) == ("in_progress", 2, None)


def test_merge_answers_the_survivor(agent: Caller, world: World, ticket: Ticket) -> None:
    later = world.report(now=world.later(minutes=5))
    answer = agent.post(path(later, "merge"), {"other": ticket.number}).json()
    assert (answer["number"], answer["links"]) == (
        ticket.number,
        [{"ticket": later.number, "kind": "duplicate", "outgoing": False}],
    )
    merged = agent.get(f"/tickets/{later.number}/").json()
    assert (merged["state"], merged["merged_into"]) == ("cancelled", ticket.number)


@pytest.mark.parametrize("act", ["merge", "link"])
def test_a3_the_other_ticket_is_another_customers_or_nobodys(
    agent: Caller, world: World, ticket: Ticket, act: str
) -> None:
    foreign = world.report(world.b)
    numbers = (foreign.number, "WB-2611-99999", "x", "' or 1=1 --")
    assert [refused(agent, ticket, act, {"other": number}) for number in numbers] == [
        (400, "does_not_exist", ["other"])
    ] * 4
    assert len({agent.post(path(ticket, act), {"other": number}).content for number in numbers}) == 1
    assert refused(agent, ticket, act, {"other": ticket.number}) == (400, "same", ["other"])


def test_link(agent: Caller, world: World, ticket: Ticket) -> None:
    other = world.report()
    answer = done(agent, ticket, "link", {"other": other.number, "kind": "follow_up"})
    assert answer["links"] == [{"ticket": other.number, "kind": "follow_up", "outgoing": True}]
    assert Link.objects.count() == 1


def test_follow_and_unfollow(agent: Caller, world: World, ticket: Ticket) -> None:
    assert agent.post(path(ticket, "follow")).status_code == 200
    mine = Participant.objects.filter(ticket=ticket, user=world.agent, why="follower")
    assert [one.until for one in mine] == [None]
    assert agent.post(path(ticket, "unfollow")).status_code == 200
    assert [one.until for one in mine.all()] == [world.now]
    assert refused(agent, ticket, "follow", {"version": 9}) == (409, "stale", ["version"])


def test_undo_within_ten_seconds(agent: Caller, world: World, ticket: Ticket) -> None:
    agent.post(path(ticket, "claim"))
    seq = Event.objects.filter(ticket=ticket).latest("seq").seq
    with clock.frozen(world.later(seconds=10)):
        answer = done(agent, ticket, "undo", {"event": seq})
    assert (answer["assignee"], answer["state"]) == (None, "new")


def test_undo_refused(agent: Caller, world: World, ticket: Ticket) -> None:
    agent.post(path(ticket, "claim"))
    with clock.frozen(world.later(seconds=11)):
        assert refused(agent, ticket, "undo", {"event": 2, "reason": "x"}) == (403, "denied", [])
        assert refused(agent, ticket, "undo", {"event": 77}) == (400, "does_not_exist", ["event"])
    assert refused(agent, ticket, "undo", {"event": 1}) == (409, "not_undoable", [])


def test_review(duty: Caller, agent: Caller, world: World, ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(needs_review=True)
    assert refused(agent, ticket, "review") == (403, "denied", [])
    assert done(duty, ticket, "review", {"note": "已核对"})["needs_review"] is False
    assert last_event(ticket) == ("reviewed", "api")


def test_a_stale_version_is_answered_with_both(agent: Caller, world: World, ticket: Ticket) -> None:
    message.note(ticket=ticket, body="x", actor=world.agent, now=world.now)
    before = traces()
    response = agent.post(path(ticket, "claim"), {"version": 1})
    assert error(response) == (409, "stale", ["version"])
    body = response.json()
    assert body["current"]["version"] == 2
    assert body["current"]["state"] == "new"
    assert "1" in body["fields"]["version"][0]
    assert "2" in body["fields"]["version"][0]
    assert traces() == before


@pytest.mark.parametrize("version", [-1, "1", 1.0, True, 2**31, None])
def test_versions_that_are_none(agent: Caller, ticket: Ticket, version: Any) -> None:
    assert refused(agent, ticket, "claim", {"version": version})[::2] == (400, ["version"])


ACTS = (
    *(
        "assign",
        "claim",
        "reply",
        "note",
        "hear",
        "progress",
        "pause",
        "resume",
        "state",
        "change",
        "agree-date",
        "resolve",
    ),
    *("close", "cancel", "reopen", "merge", "link", "follow", "unfollow", "undo", "review"),
)


@pytest.mark.parametrize("act", ACTS)
def test_a1_a_ticket_that_one_does_not_see_is_not_there(caller: Any, world: World, ticket: Ticket, act: str) -> None:
    stranger = caller(world.engineer)
    before = traces()
    hidden = stranger.post(path(ticket, act), {"body": "x"})
    missing = stranger.post(f"/tickets/WB-2611-99999/{act}/", {"body": "x"})
    assert error(hidden) == (404, "not_found", [])
    assert hidden.content == missing.content
    assert traces() == before


@pytest.mark.parametrize("act", ACTS)
def test_a6_no_act_takes_a_field_that_it_does_not_name(agent: Caller, ticket: Ticket, act: str) -> None:
    """Every column of the ticket, and what an attacker would try, beside a body that is else unchanged."""
    columns = {field.attname for field in Ticket._meta.get_fields() if hasattr(field, "attname")}
    tried = columns | {"role", "is_staff", "is_superuser", "actor", "author", "now", "source", "ignore_permissions"}
    agent.post(path(ticket, "claim"))
    declared = _declared(act)
    status, code, fields = refused(agent, ticket, act, dict.fromkeys(tried - declared, 1))
    assert (status, code) in {(400, "unknown_field"), (403, "denied")}
    if status == 400:
        assert fields == sorted(tried - declared)[:20]


def _declared(act: str) -> set[str]:
    from tickets.api import bodies  # noqa: PLC0415

    names = {"claim": "Plain", "resume": "Plain", "close": "Plain", "follow": "Plain", "unfollow": "Plain"}
    name = names.get(act, {"merge": "Other"}.get(act, "".join(part.title() for part in act.split("-"))))
    return set(getattr(bodies, f"{name}Body")().fields)


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("claim", {}),
        ("assign", {"assignee": None}),
        ("state", {"state": "in_progress"}),
        ("change", {"severity": 1}),
        ("progress", {"kind": "checked_in"}),
        ("agree-date", {"target": "on_site", "due": "2026-11-25T09:00:00+08:00", "note": "x"}),
    ],
)
def test_what_is_over_is_over(duty: Caller, world: World, ticket: Ticket, act: str, body: dict[str, Any]) -> None:
    resolution.resolve(ticket=ticket, solution="x", cause="hardware", actor=world.agent, now=world.now)
    assert refused(duty, ticket, act, body)[:2] == (409, "ended")


def test_backdated_entries_beyond_a_day_need_the_duty_manager(
    agent: Caller, duty: Caller, world: World, ticket: Ticket
) -> None:
    body = {"kind": "checked_in", "at": datetime(2026, 11, 23, 3, tzinfo=UTC).isoformat()}
    with clock.frozen(world.now + timedelta(hours=26)):
        assert refused(agent, ticket, "progress", body) == (403, "denied", [])
        assert done(duty, ticket, "progress", body)["state"] == "in_progress"
