"""The twelve rules of folding, one case for each clause, and every row of the presets with its due instant."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.domain.document import DocumentError
from contracts.domain.facts import Facts
from contracts.domain.replay import replay, unannounced_years, waiting_rows
from contracts.domain.timeline import PromiseEvent
from tests.contracts.examples import PRESETS, SHANGHAI, cn, compiled, event, fold, seen

REPORTED = [("2026-09-30 17:30", "reported")]
FAULT = {"kind": "fault"}

# Wednesday 30 September 2026, half an hour before closing; National Day is 1 to 7 October, Saturday the 10th a workday.
ROWS = [
    ("HW12", 0, FAULT, [], "2026-09-30 17:35"),
    ("HW12", 1, FAULT, [], "2026-09-30 18:30"),
    ("HW12", 2, FAULT, [], "2026-10-01 05:30"),
    ("HW12", 3, {"kind": "question"}, [], "2026-09-30 18:30"),
    ("HW12", 4, FAULT, [], "2026-10-01 17:30"),
    ("HW12", 5, FAULT, [], "2026-10-01 17:30"),
    ("YC24", 0, {}, [], "2026-09-30 17:45"),
    ("YC24", 1, {}, [("2026-09-30 20:00", "visit_requested")], "2026-10-01 04:00"),
    ("YC24", 2, {}, [("2026-09-30 20:00", "visit_requested")], "2026-10-01 20:00"),
    ("HB2D", 0, FAULT, [], "2026-10-08 12:30"),
    ("HB2D", 1, FAULT, [], "2026-10-09 17:30"),
    ("HB2D", 2, FAULT, [("2026-10-09 18:00", "visit_scheduled")], "2026-10-11 17:30"),
    ("HB2D", 3, {"kind": "usability"}, [], "2026-10-14 17:30"),
    ("HB2D", 4, {"kind": "performance"}, [], "2026-10-30 17:30"),
    ("QH5", 0, {}, [("2026-09-30 16:00", "occurred"), ("2026-09-30 17:45", "remote_failed")], "2026-09-30 18:00"),
    ("QH5", 1, {"severity": 2}, [("2026-10-09 14:00", "vendor_engineer_arrived")], "2026-10-13 14:00"),
    ("TY-ABCD", 0, {"severity": 1, "locality": "local"}, [], "2026-09-30 19:30"),
    ("TY-ABCD", 1, {"severity": 1, "locality": "remote"}, [], "2026-10-01 17:30"),
    ("TY-ABCD", 2, {"severity": 1}, [], "2026-10-02 17:30"),
    ("TY-ABCD", 3, {"severity": 2}, [], "2026-10-02 17:30"),
    ("TY-ABCD", 4, {"severity": 2}, [], "2026-10-03 17:30"),
    ("TY-ABCD", 5, {"severity": 3}, [], "2026-10-03 17:30"),
    ("TY-ABCD", 6, {"severity": 3}, [], "2026-10-05 05:30"),
    ("XC30", 0, {}, [], "2026-09-30 18:00"),
    ("XC30", 1, FAULT, [], "2026-09-30 19:30"),
    ("HN48", 0, {}, [], "2026-09-30 19:30"),
    ("HN48", 1, FAULT, [], "2026-10-01 05:30"),
    ("HN48", 2, FAULT, [], "2026-10-02 17:30"),
    ("HN48", 3, FAULT, [], "2026-10-02 17:30"),
    ("HN58", 0, {}, [], "2026-10-08 10:30"),
    ("HN58", 1, FAULT, [], "2026-10-09 13:30"),
    ("HN58", 2, FAULT, [], "2026-10-14 17:30"),
    ("HN58", 3, FAULT, [], "2026-10-14 17:30"),
    ("L4", 0, {"channel": "phone"}, [], "2026-09-30 18:00"),
    ("L4", 1, {"channel": "fax"}, [], "2026-09-30 18:30"),
    ("L4", 2, {"severity": 4}, [], "2026-09-30 18:30"),
    ("L4", 3, {"severity": 2, "locality": "local"}, [("2026-09-30 18:00", "remote_failed")], "2026-09-30 20:00"),
    ("L4", 4, {"severity": 2, "locality": "remote"}, [("2026-09-30 18:00", "remote_failed")], "2026-10-01 00:00"),
    ("L4", 5, {"severity": 3, "locality": "local"}, [("2026-09-30 18:00", "remote_failed")], "2026-09-30 22:00"),
    ("L4", 6, {"severity": 3, "locality": "remote"}, [("2026-09-30 18:00", "remote_failed")], "2026-10-01 00:00"),
    ("L4", 7, {"distance_km": 999}, [("2026-09-30 18:00", "visit_requested")], "2026-10-01 02:00"),
    ("L4", 8, {"distance_km": 1000}, [("2026-09-30 18:00", "visit_requested")], "2026-10-01 06:00"),
    ("L4", 9, {"severity": 1}, [], "2026-10-01 17:30"),
    ("HOTLINE", 0, {}, [("2026-09-30 18:00", "remote_failed")], "2026-10-01 17:30"),
    ("HOTLINE", 1, {}, [("2026-09-30 18:00", "visit_requested")], "2026-10-03 18:00"),
    ("HOTLINE", 2, {}, [("2026-09-30 18:00", "urgent_visit_requested")], "2026-09-30 19:00"),
    ("COMPLAINT", 0, {}, [("2026-09-30 17:30", "complaint_registered")], "2026-10-08 10:30"),
    ("COMPLAINT", 1, {}, [("2026-09-30 17:30", "complaint_registered")], "2026-10-13 17:30"),
    ("PAPERS", 0, {}, [("2026-09-30 17:30", "engineer_returned")], "2026-10-05 17:30"),
    ("PAPERS", 1, {}, [("2026-09-30 17:30", "training_ended")], "2026-10-10 17:30"),
    ("PAPERS", 2, {}, [("2026-09-30 17:30", "unit_received")], "2026-10-01 00:00"),
    ("PAPERS", 3, {}, [("2026-09-30 17:30", "unit_received")], "2026-10-01 17:30"),
    ("PAPERS", 4, {}, [("2026-09-30 17:30", "unit_received")], "2026-10-13 17:30"),
]


@pytest.mark.parametrize(("code", "index", "facts", "more", "due"), ROWS)
def test_row_of_the_presets(code, index, facts, more, due):
    events = [event(*one) for one in REPORTED + more]
    until = max(one.at for one in events)
    answer = replay(PRESETS.sets[code], Facts(**facts), events, until)
    dues = {clock.row: clock.due_at for clock in answer.clocks}
    assert dues[index].astimezone(SHANGHAI) == cn(due)


def test_table_has_every_row_of_the_presets():
    covered = [(code, index) for code, index, *_ in ROWS]
    assert covered == [(code, row.index) for code, promise_set in PRESETS.sets.items() for row in promise_set.rows]


# Short sets for the rules

ALWAYS = {"calendar": "always"}
RESPONSE = {"target": "response", "budget": "1h", **ALWAYS}
ON_SITE = {"target": "on_site", "budget": "4h", **ALWAYS}
RESOLUTION = {"target": "resolution", "budget": "8h", **ALWAYS}
LOANER = {"target": "loaner", "budget": "6h", **ALWAYS}


def day(*events: tuple) -> list[PromiseEvent]:
    """Events of Monday 12 October 2026: ("09:00", "paused", {"reason": ...})."""
    return [event(f"2026-10-12 {one[0]}", one[1], **(one[2] if len(one) > 2 else {})) for one in events]


def run(rows: list[dict], events: list[PromiseEvent], until: str, facts: dict | None = None, **fields: object) -> list:
    """Target, round, state and due time of the day."""
    answer = fold(compiled(*rows, **fields), events, f"2026-10-12 {until}", **(facts or {}))
    return [(target, number, state, due.removeprefix("2026-10-12 ")) for target, number, state, due in seen(answer)]


WAIT = {"reason": "waiting_customer"}


# Rule 1: order and time


def test_events_after_until_do_not_exist():
    events = day(("09:00", "reported"), ("09:30", "responded"))
    assert run([RESPONSE], events, "09:29") == [("response", 1, "running", "10:00")]
    assert run([RESPONSE], events, "09:30") == [("response", 1, "met", "10:00")]
    assert run([RESPONSE], events, "08:59") == []


def test_equal_times_count_in_the_order_of_entry():
    reopened_last = day(("09:00", "reported"), ("10:00", "resolved"), ("10:00", "reopened"))
    reopened_first = day(("09:00", "reported"), ("10:00", "reopened"), ("10:00", "resolved"))
    assert [clock[1] for clock in run([RESOLUTION], reopened_last, "10:00")] == [1, 2]
    assert [clock[1] for clock in run([RESOLUTION], reopened_first, "10:00")] == [1]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        (PromiseEvent(datetime(2026, 10, 12), "reported"), "events[1].at"),
        (PromiseEvent(cn("2026-10-12 09:00"), "boom"), "events[1].event"),
        (PromiseEvent(cn("2026-10-12 09:00"), "resolution_breached"), "events[1].event"),
        (PromiseEvent(cn("2026-10-12 09:00"), "paused"), "events[1].reason"),
        (PromiseEvent(cn("2026-10-12 09:00"), "facts_changed", data={"severity": 9}), "events[1].severity"),
        (PromiseEvent(cn("2026-10-12 09:00"), "facts_changed", data={"mood": 1}), "events[1].mood"),
        (PromiseEvent(cn("2026-10-12 09:00"), "date_agreed", data={"target": "on_site"}), "events[1].due"),
        (PromiseEvent(cn("2030-10-12 09:00"), "date_agreed", data={"target": "x", "due": ""}), "events[1].target"),
        (PromiseEvent(cn("2999-10-12 09:00"), "reported"), "events[1].at"),
    ],
)
def test_bad_events_are_refused_also_after_until(wrong, path):
    events = [event("2026-10-12 08:00", "reported"), wrong]
    with pytest.raises(DocumentError) as refused:
        replay(PRESETS.sets["L4"], Facts(), events, cn("2026-10-12 08:30"))
    assert refused.value.path == path


def test_until_without_offset_is_refused():
    with pytest.raises(DocumentError, match="until: time without offset"):
        replay(PRESETS.sets["L4"], Facts(), [], datetime(2026, 10, 12))


def test_subject_without_reported_folds():
    """A unit in the depot has events of its own only."""
    answer = fold("PAPERS", [event("2026-09-30 17:30", "unit_received")], "2026-09-30 17:30")
    assert [clock[0] for clock in seen(answer)] == ["depot_test", "depot_reply", "depot_repair"]


# Rule 2: first of a name, implications


def test_only_the_first_of_a_name_counts():
    events = day(("09:00", "reported"), ("09:30", "reported"), ("10:30", "responded"), ("10:40", "responded"))
    answer = fold(compiled(RESPONSE), events, "2026-10-12 11:00")
    assert answer.clocks[0].due_at == cn("2026-10-12 10:00")
    assert answer.clocks[0].met_at == cn("2026-10-12 10:30")


def test_implications_chain():
    """remote_failed implies remote_started, that responded, that first_contact."""
    rows = [{**RESPONSE, "target": "first_contact"}, RESPONSE, {**RESPONSE, "target": "remote"}]
    events = day(("09:00", "reported"), ("09:10", "remote_failed"))
    assert [clock[2] for clock in run(rows, events, "09:10")] == ["met", "met", "met"]


def test_implied_event_counts_only_if_it_has_not_happened():
    events = day(("09:00", "reported"), ("09:10", "responded"), ("12:00", "checked_in"))
    answer = fold(compiled(RESPONSE, ON_SITE), events, "2026-10-12 12:00")
    assert [clock.met_at for clock in answer.clocks] == [cn("2026-10-12 09:10"), cn("2026-10-12 12:00")]


def test_earlier_occurred_may_be_given():
    row = {**ON_SITE, "from": "occurred"}
    assert run([row], day(("09:00", "reported")), "09:00") == [("on_site", 1, "running", "13:00")]
    given = day(("08:00", "occurred"), ("09:00", "reported"))
    assert run([row], given, "09:00") == [("on_site", 1, "running", "12:00")]
    late = day(("09:00", "reported"), ("09:30", "occurred"))
    assert run([row], late, "10:00") == [("on_site", 1, "running", "13:00")]


def test_what_is_done_is_not_owed_again():
    """The engineer came before the customer asked for a visit."""
    row = {**ON_SITE, "from": "visit_requested"}
    events = day(("09:00", "reported"), ("10:00", "checked_in"), ("11:00", "visit_requested"))
    answer = fold(compiled(row), events, "2026-10-12 20:00")
    assert seen(answer) == [("on_site", 1, "met", "2026-10-12 15:00")]
    assert (answer.clocks[0].met_at, answer.clocks[0].used_seconds) == (cn("2026-10-12 10:00"), 0)


# Rule 3: states


@pytest.mark.parametrize(
    ("came", "until", "state"),
    [
        ("10:00", "12:00", "met"),
        ("10:01", "12:00", "met_late"),
        (None, "10:00", "running"),
        (None, "10:01", "breached"),
    ],
)
def test_states_around_the_due_instant(came, until, state):
    events = day(("09:00", "reported"), *([(came, "responded")] if came else []))
    assert run([RESPONSE], events, until) == [("response", 1, state, "10:00")]


def test_breach_is_dated_at_the_due_instant():
    clock = fold(compiled(RESPONSE), day(("09:00", "reported")), "2026-10-12 23:00").clocks[0]
    assert clock.breached_at == clock.due_at == cn("2026-10-12 10:00")


def test_pause_at_the_due_instant_of_another_clock_holds_that_other_one():
    events = day(("09:00", "reported"), ("10:00", "paused", WAIT), ("11:00", "resumed"))
    assert run([RESPONSE, ON_SITE], events, "12:00") == [
        ("response", 1, "breached", "10:00"),
        ("on_site", 1, "running", "14:00"),
    ]


# Rule 4: pauses


def test_pause_moves_the_due_instant():
    events = day(("09:00", "reported"), ("09:30", "paused", WAIT), ("11:00", "resumed"))
    assert run([RESPONSE], events, "11:10") == [("response", 1, "running", "11:30")]


def test_paused_clock_shows_what_it_would_be_if_resumed():
    events = day(("09:00", "reported"), ("09:30", "paused", WAIT))
    clock = fold(compiled(RESPONSE), events, "2026-10-12 15:00").clocks[0]
    assert (clock.state, clock.due_at) == ("paused", cn("2026-10-12 15:30"))
    assert (clock.paused_since, clock.pause_reason) == (cn("2026-10-12 09:30"), "waiting_customer")
    assert clock.used_seconds == 1800


@pytest.mark.parametrize(("paused", "state"), [("09:59", "paused"), ("10:00", "running"), ("10:01", "breached")])
def test_pause_that_begins_at_the_due_instant_is_too_late(paused, state):
    events = day(("09:00", "reported"), (paused, "paused", WAIT))
    assert run([RESPONSE], events, paused)[0][2] == state


def test_pause_never_moves_a_due_instant_that_has_passed():
    events = day(("09:00", "reported"), ("10:30", "paused", WAIT), ("11:00", "resumed"))
    assert run([RESPONSE], events, "11:30") == [("response", 1, "breached", "10:00")]


def test_pause_holds_clocks_that_start_during_it():
    row = {**ON_SITE, "from": "visit_requested"}
    events = day(("09:00", "reported"), ("10:00", "paused", WAIT), ("11:00", "visit_requested"), ("12:00", "resumed"))
    assert run([row], events, "11:30") == [("on_site", 1, "paused", "15:30")]
    assert run([row], events, "12:30") == [("on_site", 1, "running", "16:00")]


def test_pause_before_the_arming_counts_from_the_from_time():
    """QH5's row counts from occurred and is armed by remote_failed; pauses between the two hold it."""
    row = {**ON_SITE, "from": "occurred", "armed_by": "remote_failed"}
    events = day(("09:00", "reported"), ("09:30", "paused", WAIT), ("10:30", "resumed"), ("11:00", "remote_failed"))
    assert run([row], events, "10:45") == []
    assert run([row], events, "11:00") == [("on_site", 1, "running", "14:00")]


def test_row_armed_late_can_be_overdue_at_once():
    row = {**ON_SITE, "from": "occurred", "armed_by": "remote_failed"}
    events = day(("09:00", "reported"), ("14:00", "remote_failed"), ("15:00", "checked_in"))
    assert run([row], events, "13:30") == []
    assert run([row], events, "14:00") == [("on_site", 1, "breached", "13:00")]
    assert run([row], events, "15:00") == [("on_site", 1, "met_late", "13:00")]


def test_row_armed_overdue_by_what_makes_it_needless_is_breached():
    """resolved implies responded, which arms a row that was due before."""
    rows = [LOANER, {**LOANER, "budget": "1h", "armed_by": "responded"}]
    events = day(("09:00", "reported"), ("12:00", "resolved"))
    assert run(rows, events, "12:00") == [("loaner", 1, "breached", "10:00")]


def test_ignored_pauses_and_resumes_are_reported():
    events = day(
        ("09:00", "reported"),
        ("09:05", "resumed"),
        ("09:10", "paused", {"reason": "lunch"}),
        ("09:15", "paused", WAIT),
        ("09:20", "paused", WAIT),
        ("09:25", "resumed"),
        ("09:30", "resumed"),
    )
    answer = fold(compiled(RESPONSE), events, "2026-10-12 09:40")
    assert [(one.event, one.seq, one.reason) for one in answer.ignored] == [
        ("resumed", 1, "not paused"),
        ("paused", 2, "reason not allowed"),
        ("paused", 4, "already paused"),
        ("resumed", 6, "not paused"),
    ]
    assert seen(answer) == [("response", 1, "running", "2026-10-12 10:10")]


def test_reasons_differ_by_set():
    """Force majeure holds L4's clocks and not HB2D's; the hotline allows no pause."""
    events = day(("09:00", "reported"), ("09:10", "paused", {"reason": "force_majeure"}))
    states = [fold(code, events, "2026-10-12 09:20", channel="phone", kind="fault").clocks for code in ("L4", "HB2D")]
    assert [clocks[0].state for clocks in states] == ["paused", "running"]


def test_pause_in_closed_time_moves_nothing():
    row = {**RESPONSE, "calendar": "office_5x8"}
    events = day(("11:30", "reported"), ("12:10", "paused", WAIT), ("12:50", "resumed"))
    assert run([row], events, "13:00") == [("response", 1, "running", "13:30")]


def test_month_budget_moves_by_each_pause():
    """From the row's start on; a pause counts if it starts before the due instant as moved so far."""
    row = {**RESOLUTION, "budget": "1mo", "calendar": "office_cn"}
    events = [
        event("2026-09-01 10:00", "paused", reason="waiting_customer"),
        event("2026-09-02 10:00", "reported"),
        event("2026-09-03 10:00", "resumed"),  # one day since the start: due 3 October
        event("2026-10-02 18:00", "paused", reason="waiting_customer"),
        event("2026-10-05 18:00", "resumed"),  # three days more
        event("2026-10-06 09:00", "paused", reason="waiting_customer"),
        event("2026-10-06 09:30", "resumed"),
    ]
    answer = fold(compiled(row), events, "2026-10-06 09:45")
    assert seen(answer) == [("resolution", 1, "running", "2026-10-06 10:30")]
    late = [*events[:3], event("2026-10-03 10:00", "paused", reason="waiting_customer")]
    assert seen(fold(compiled(row), late, "2026-10-09 10:00"))[0][2:] == ("breached", "2026-10-03 10:00")


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-01-31 10:00", "2026-02-28 10:00"),
        ("2028-01-31 10:00", "2028-02-29 10:00"),
        ("2026-12-05 23:30", "2027-01-05 23:30"),
        ("2026-09-03 03:00", "2026-10-03 03:00"),  # a holiday at night: the calendar is not asked
    ],
)
def test_month_is_the_same_wall_time_clamped(start, due):
    row = {**RESOLUTION, "budget": "1mo", "calendar": "office_cn"}
    assert seen(fold(compiled(row), [event(start, "reported")], start)) == [("resolution", 1, "running", due)]


def test_today_ends_at_midnight_whatever_the_pauses():
    row = {"target": "depot_test", "budget": "today", "calendar": "office_cn", "from": "unit_received"}
    events = day(("20:00", "unit_received"), ("21:00", "paused", WAIT))
    assert run([row], events, "22:00") == [("depot_test", 1, "running", "2026-10-13 00:00")]
    assert seen(fold(compiled(row), events, "2026-10-13 00:01"))[0][2] == "breached"


def test_resolved_ends_a_pause():
    row = {**RESPONSE, "target": "complaint_reply"}
    events = day(("09:00", "reported"), ("09:30", "paused", WAIT), ("10:00", "resolved"), ("10:10", "resumed"))
    answer = fold(compiled(row), events, "2026-10-12 10:20")
    assert seen(answer) == [("complaint_reply", 1, "running", "2026-10-12 10:30")]
    assert [one.event for one in answer.ignored] == ["resumed"]


# Rule 5: final


def test_met_during_a_pause_counts_as_if_resumed():
    events = day(("09:00", "reported"), ("09:30", "paused", WAIT), ("15:00", "responded"), ("16:00", "resumed"))
    assert run([RESPONSE], events, "20:00") == [("response", 1, "met", "15:30")]


def test_clock_made_after_its_meeting_counts_pauses_up_to_it():
    row = {**ON_SITE, "budget": "2h", "from": "occurred", "armed_by": "remote_failed"}
    events = day(
        ("09:00", "reported"),
        ("10:00", "paused", WAIT),
        ("13:00", "checked_in"),
        ("14:00", "resumed"),
        ("15:00", "remote_failed"),
    )
    assert run([row], events, "20:00") == [("on_site", 1, "met", "14:00")]


def test_clock_made_after_its_meeting_can_be_late():
    row = {**ON_SITE, "budget": "2h", "from": "occurred", "armed_by": "remote_failed"}
    events = day(("09:00", "reported"), ("12:00", "checked_in"), ("13:00", "remote_failed"))
    clock = fold(compiled(row), events, "2026-10-12 20:00").clocks[0]
    assert (clock.state, clock.due_at, clock.breached_at) == ("met_late", cn("2026-10-12 11:00"), clock.due_at)


def test_later_events_do_not_touch_a_met_clock():
    rows = [{**ON_SITE, "when": {"severity": 2}}, {**ON_SITE, "budget": "1h", "when": {"severity": 1}}]
    rows.append({**ON_SITE, "budget": "5m", "from": "remote_failed"})
    events = day(
        ("09:00", "reported"), ("11:00", "checked_in"), ("11:30", "facts_changed", {"severity": 1}),
        ("12:00", "remote_failed"), ("12:10", "paused", WAIT),
    )  # fmt: skip
    assert run(rows, events, "20:00", {"severity": 2}) == [("on_site", 1, "met", "13:00")]


def test_breached_clock_is_final_and_can_be_met_late():
    rows = [{**ON_SITE, "when": {"severity": 1}}, {**ON_SITE, "budget": "9h", "when": {"severity": 2}}]
    events = day(("09:00", "reported"), ("14:00", "facts_changed", {"severity": 2}), ("15:00", "checked_in"))
    assert run(rows, events, "14:30", {"severity": 1}) == [("on_site", 1, "breached", "13:00")]
    assert run(rows, events, "15:00", {"severity": 1}) == [("on_site", 1, "met_late", "13:00")]


# Rule 6: resolved


def test_resolved_makes_open_clocks_needless():
    events = day(("09:00", "reported"), ("12:00", "resolved"), ("13:00", "checked_in"), ("14:00", "loaner_supplied"))
    assert run([ON_SITE, LOANER, RESOLUTION], events, "20:00") == [
        ("on_site", 1, "not_needed", "13:00"),
        ("resolution", 1, "met", "17:00"),
        ("loaner", 1, "not_needed", "15:00"),
    ]


def test_breached_clock_stays_breached_when_resolved():
    events = day(("09:00", "reported"), ("14:00", "resolved"))
    assert run([ON_SITE, LOANER], events, "20:00") == [
        ("on_site", 1, "breached", "13:00"),
        ("loaner", 1, "not_needed", "15:00"),
    ]


def test_resolved_at_the_due_instant_comes_before_the_breach():
    events = day(("09:00", "reported"), ("13:00", "resolved"))
    assert run([ON_SITE], events, "20:00") == [("on_site", 1, "not_needed", "13:00")]


def test_resolved_during_a_pause():
    events = day(("09:00", "reported"), ("10:00", "paused", WAIT), ("12:00", "resolved"))
    assert run([ON_SITE, RESOLUTION], events, "20:00") == [
        ("on_site", 1, "not_needed", "15:00"),
        ("resolution", 1, "met", "19:00"),
    ]


def test_no_clock_starts_after_resolved():
    rows = [
        {**ON_SITE, "from": "visit_requested"},
        {**LOANER, "when": {"severity": 1}},
        {**RESPONSE, "target": "complaint_reply", "when": {"severity": 1}},
    ]
    events = day(
        ("09:00", "reported"),
        ("10:00", "resolved"),
        ("10:10", "visit_requested"),
        ("10:20", "facts_changed", {"severity": 1}),
        ("10:30", "date_agreed", {"target": "plan", "due": cn("2026-10-13 10:00")}),
        ("10:40", "paused", WAIT),
    )
    answer = fold(compiled(*rows), events, "2026-10-12 20:00")
    assert seen(answer) == []
    assert [(one.event, one.reason) for one in answer.ignored] == [
        ("date_agreed", "already resolved"),
        ("paused", "already resolved"),
    ]
    reopened = [*events, *day(("11:00", "reopened"))]
    assert run(rows, reopened, "11:00") == [
        ("loaner", 2, "running", "17:00"),
        ("complaint_reply", 2, "running", "12:00"),
    ]


def test_changed_fact_after_resolved_counts_from_the_next_round():
    """A clock that resolved leaves open keeps its row; the reopened ticket has the new one."""
    rows = [
        {**RESPONSE, "target": "complaint_reply", "budget": "6h", "when": {"severity": 2}},
        {**RESPONSE, "target": "complaint_reply", "budget": "2h", "when": {"severity": 1}},
    ]
    events = day(
        ("09:00", "reported"),
        ("10:00", "resolved"),
        ("10:30", "facts_changed", {"severity": 1}),
        ("12:00", "reopened"),
    )
    assert run(rows, events, "11:30", {"severity": 2}) == [("complaint_reply", 1, "running", "15:00")]
    assert run(rows, events, "12:00", {"severity": 2})[1] == ("complaint_reply", 2, "running", "14:00")


def test_only_the_first_resolved_counts():
    events = day(("09:00", "reported"), ("12:00", "resolved"), ("13:00", "resolved"))
    assert fold(compiled(RESOLUTION), events, "2026-10-12 20:00").clocks[0].met_at == cn("2026-10-12 12:00")


# Rule 7: facts


def test_changed_facts_count_from_the_original_start_with_all_pauses():
    rows = [{**ON_SITE, "when": {"severity": 2}}, {**ON_SITE, "budget": "2h", "when": {"severity": 1}}]
    events = day(
        ("09:00", "reported"), ("09:30", "paused", WAIT), ("10:30", "resumed"),
        ("10:40", "facts_changed", {"severity": 1}),
    )  # fmt: skip
    assert run(rows, events, "10:39", {"severity": 2}) == [("on_site", 1, "running", "14:00")]
    assert run(rows, events, "10:40", {"severity": 2}) == [("on_site", 1, "running", "12:00")]


def test_clock_that_no_row_fits_is_withdrawn_and_can_come_back():
    rows = [{**ON_SITE, "when": {"severity": 1}}]
    events = day(
        ("09:00", "reported"), ("10:00", "facts_changed", {"severity": 2}), ("11:00", "facts_changed", {"severity": 1})
    )
    assert run(rows, events, "10:30", {"severity": 1}) == []
    assert run(rows, events, "11:30", {"severity": 1}) == [("on_site", 1, "running", "13:00")]


def test_new_due_instant_in_the_past_is_a_breach_at_that_instant():
    rows = [{**ON_SITE, "budget": "1h", "when": {"severity": 1}}]
    events = day(("09:00", "reported"), ("12:00", "facts_changed", {"severity": 1}))
    clock = fold(compiled(*rows), events, "2026-10-12 12:00").clocks[0]
    assert (clock.state, clock.breached_at) == ("breached", cn("2026-10-12 10:00"))


def test_newly_fitting_target_is_judged_on_all_events_of_the_round():
    rows = [{**ON_SITE, "when": {"severity": 1}}]
    events = day(("09:00", "reported"), ("10:00", "checked_in"), ("12:00", "facts_changed", {"severity": 1}))
    assert run(rows, events, "20:00") == [("on_site", 1, "met", "13:00")]


def test_facts_changed_at_one_instant_are_one_change():
    """In between severity 1 with kind fault would have been an hour overdue."""
    rows = [{**ON_SITE, "budget": "1h", "when": {"severity": 1, "kind": "fault"}}, {**ON_SITE, "when": {"severity": 2}}]
    events = day(
        ("09:00", "reported"),
        ("11:00", "facts_changed", {"severity": 1}),
        ("11:00", "facts_changed", {"kind": "request"}),
        ("11:00", "facts_changed", {"severity": 2}),
    )
    assert run(rows, events, "11:30", {"kind": "fault", "severity": 2}) == [("on_site", 1, "running", "13:00")]


def test_fact_can_become_unknown():
    rows = [{**ON_SITE, "when": {"severity": [1, 2, 3, 4]}}]
    events = day(("09:00", "reported"), ("10:00", "facts_changed", {"severity": None}))
    assert run(rows, events, "10:00", {"severity": 2}) == []


def test_fact_change_before_reported_counts():
    events = day(("08:00", "facts_changed", {"severity": 1}), ("09:00", "reported"))
    assert run([{**ON_SITE, "when": {"severity": 1}}], events, "09:00") == [("on_site", 1, "running", "13:00")]


# Rule 8: the derived event

PLAN_AFTER_BREACH = {"target": "plan", "budget": "2h", **ALWAYS, "from": "resolution_breached"}


def test_breach_of_resolution_starts_rows():
    events = day(("09:00", "reported"))
    assert run([RESOLUTION, PLAN_AFTER_BREACH], events, "17:00") == [("resolution", 1, "running", "17:00")]
    assert run([RESOLUTION, PLAN_AFTER_BREACH], events, "17:01") == [
        ("plan", 1, "running", "19:00"),
        ("resolution", 1, "breached", "17:00"),
    ]


def test_breach_of_resolution_by_changed_facts_is_dated_in_the_past():
    rows = [{**RESOLUTION, "when": {"kind": "fault"}}, {**PLAN_AFTER_BREACH, "budget": "4h"}]
    events = day(("09:00", "reported"), ("20:00", "facts_changed", {"kind": "fault"}))
    assert run(rows, events, "20:00") == [
        ("plan", 1, "running", "21:00"),
        ("resolution", 1, "breached", "17:00"),
    ]
    overdue = [rows[0], PLAN_AFTER_BREACH]
    assert run(overdue, events, "20:00")[0] == ("plan", 1, "breached", "19:00")


def test_resolution_breached_stays_once_it_happened():
    """HB2D: the plan row is withdrawn with the kind and comes back with it, counted from the breach."""
    rows = [{**RESOLUTION, "when": {"kind": "fault"}}, {**PLAN_AFTER_BREACH, "budget": "4h", "when": {"kind": "fault"}}]
    events = day(
        ("09:00", "reported"),
        ("18:00", "facts_changed", {"kind": "request"}),
        ("19:00", "facts_changed", {"kind": "fault"}),
    )
    assert run(rows, events, "18:30", {"kind": "fault"}) == [("resolution", 1, "breached", "17:00")]
    assert run(rows, events, "19:00", {"kind": "fault"})[0] == ("plan", 1, "running", "21:00")


def test_pause_moves_the_breach_of_resolution():
    events = day(("09:00", "reported"), ("10:00", "paused", WAIT), ("12:00", "resumed"))
    assert run([RESOLUTION, PLAN_AFTER_BREACH], events, "19:30") == [
        ("plan", 1, "running", "21:00"),
        ("resolution", 1, "breached", "19:00"),
    ]


def test_pause_at_the_breach_of_resolution_holds_what_it_starts():
    events = day(("09:00", "reported"), ("17:00", "paused", WAIT), ("18:00", "resumed"))
    assert run([RESOLUTION, PLAN_AFTER_BREACH], events, "18:30")[0] == ("plan", 1, "running", "20:00")


# Rule 9: rounds


def test_reopened_is_reported_again():
    events = day(("09:00", "reported"), ("09:30", "resolved"), ("12:00", "reopened"), ("12:10", "responded"))
    assert run([RESPONSE, ON_SITE], events, "12:30") == [
        ("response", 1, "met", "10:00"),
        ("response", 2, "met", "13:00"),
        ("on_site", 1, "not_needed", "13:00"),
        ("on_site", 2, "running", "16:00"),
    ]


def test_reopened_counts_as_occurred():
    row = {**ON_SITE, "from": "occurred"}
    events = day(("08:00", "occurred"), ("09:00", "reported"), ("09:30", "resolved"), ("12:00", "reopened"))
    assert run([row], events, "12:00")[1] == ("on_site", 2, "running", "16:00")


def test_reopened_without_resolved_is_ignored():
    events = day(("09:00", "reported"), ("10:00", "reopened"))
    answer = fold(compiled(ON_SITE), events, "2026-10-12 10:30")
    assert [(one.event, one.reason) for one in answer.ignored] == [("reopened", "not resolved")]
    assert (len(answer.clocks), answer.round) == (1, 1)


def test_nothing_in_a_round_touches_an_earlier_one():
    row = {**RESPONSE, "target": "complaint_reply", "budget": "6h"}
    events = day(
        ("09:00", "reported"), ("10:00", "resolved"), ("11:00", "reopened"), ("12:00", "complaint_replied"),
        ("13:00", "paused", WAIT),
    )  # fmt: skip
    clocks = fold(compiled(row), events, "2026-10-12 23:00").clocks
    assert [(clock.round, clock.state, clock.met_at) for clock in clocks] == [
        (1, "running", None),  # not yet due when it was reopened: for the record
        (2, "met", cn("2026-10-12 12:00")),
    ]
    assert (clocks[0].closed_at, clocks[0].used_seconds) == (cn("2026-10-12 11:00"), 2 * 3600)
    assert clocks[0].next_step(cn("2026-10-12 11:00")) is None


def test_earlier_round_is_judged_at_the_reopening():
    events = day(("09:00", "reported"), ("14:00", "resolved"), ("15:00", "reopened"))
    assert run([ON_SITE], events, "15:00") == [("on_site", 1, "breached", "13:00"), ("on_site", 2, "running", "19:00")]


def test_facts_carry_over_and_agreements_do_not():
    rows = [{**ON_SITE, "when": {"severity": 1}}]
    events = day(
        ("09:00", "reported"), ("09:10", "facts_changed", {"severity": 1}),
        ("09:20", "date_agreed", {"target": "on_site", "due": cn("2026-10-12 20:00")}),
        ("10:00", "resolved"), ("12:00", "reopened"),
    )  # fmt: skip
    assert run(rows, events, "12:00") == [("on_site", 1, "not_needed", "20:00"), ("on_site", 2, "running", "16:00")]


def test_third_round():
    events = day(
        ("09:00", "reported"),
        ("09:30", "resolved"),
        ("10:00", "reopened"),
        ("10:30", "resolved"),
        ("11:00", "reopened"),
    )
    assert [clock[1:] for clock in run([RESOLUTION], events, "11:00")] == [
        (1, "met", "17:00"),
        (2, "met", "18:00"),
        (3, "running", "19:00"),
    ]


def test_sets_without_rounds_know_neither_resolved_nor_reopened():
    row = {**RESPONSE, "target": "on_site", "from": "complaint_registered"}
    events = day(
        ("09:00", "complaint_registered"), ("09:10", "paused", WAIT), ("09:20", "resolved"), ("09:25", "reopened")
    )
    answer = fold(compiled(row, rounds=False), events, "2026-10-12 09:30")
    assert seen(answer) == [("on_site", 1, "paused", "2026-10-12 10:20")]
    assert (answer.round, answer.ignored) == (1, ())


# Rule 10: agreed dates


def agreed(time: str, due: str, target: str = "on_site") -> tuple:
    return time, "date_agreed", {"target": target, "due": cn(f"2026-10-12 {due}")}


def test_agreed_date_replaces_the_computed_one():
    events = day(("09:00", "reported"), agreed("10:00", "20:00"))
    clock = fold(compiled(ON_SITE), events, "2026-10-12 14:00").clocks[0]
    assert (clock.state, clock.due_at, clock.agreed) == ("running", cn("2026-10-12 20:00"), True)
    assert (clock.computed_due_at, clock.row, clock.budget_seconds) == (cn("2026-10-12 13:00"), 0, None)
    assert clock.reason.startswith("agreed date; computed 2026-10-12T13:00:00+08:00 by row 0")


def test_agreed_date_can_be_earlier_and_the_latest_wins():
    events = day(("09:00", "reported"), agreed("10:00", "20:00"), agreed("10:30", "11:00"))
    assert run([ON_SITE], events, "10:30") == [("on_site", 1, "running", "11:00")]


def test_agreed_date_is_held_by_no_pause_and_moved_by_no_fact():
    rows = [{**ON_SITE, "when": {"severity": 1}}]
    events = day(
        ("09:00", "reported"), agreed("10:00", "20:00"), ("11:00", "paused", WAIT),
        ("12:00", "facts_changed", {"severity": 2}),
    )  # fmt: skip
    answer = fold(compiled(*rows), events, "2026-10-12 15:00", severity=1)
    assert seen(answer) == [("on_site", 1, "running", "2026-10-12 20:00")]
    assert (answer.clocks[0].computed_due_at, answer.clocks[0].row) == (None, None)
    assert answer.clocks[0].started_at == cn("2026-10-12 09:00")


def test_agreed_date_starts_a_clock_where_none_was():
    """Class D of TY-ABCD: no clock until a date is agreed."""
    events = day(("09:00", "reported"), agreed("10:00", "20:00"))
    assert seen(fold("TY-ABCD", events[:1], "2026-10-12 09:00", severity=4)) == []
    answer = fold("TY-ABCD", events, "2026-10-12 10:00", severity=4)
    assert seen(answer) == [("on_site", 1, "running", "2026-10-12 20:00")]
    assert (answer.clocks[0].row, answer.clocks[0].reason) == (None, "agreed date; no row fits")


def test_clock_of_an_agreement_is_met_by_later_events_only_also_repeated():
    visits = day(("09:00", "reported"), ("09:30", "checked_in"), agreed("10:00", "20:00"), ("15:00", "checked_in"))
    answer = fold("TY-ABCD", visits, "2026-10-12 12:00", severity=4)
    assert answer.clocks[0].state == "running"
    answer = fold("TY-ABCD", visits, "2026-10-12 16:00", severity=4)
    assert (answer.clocks[0].state, answer.clocks[0].met_at) == ("met", cn("2026-10-12 15:00"))


def test_clock_of_an_agreement_is_met_by_what_a_repetition_implies():
    events = day(("09:00", "reported"), ("09:30", "responded"), agreed("10:00", "20:00", "response"))
    events += day(("15:00", "checked_in"))
    assert seen(fold("TY-ABCD", events, "2026-10-12 16:00", severity=4))[0][2] == "met"


def test_meeting_at_the_instant_of_the_agreement_counts_by_order_of_entry():
    before = day(("09:00", "reported"), ("10:00", "checked_in"), agreed("10:00", "20:00"))
    after = day(("09:00", "reported"), agreed("10:00", "20:00"), ("10:00", "checked_in"))
    assert seen(fold("TY-ABCD", before, "2026-10-12 12:00", severity=4))[0][2] == "running"
    assert seen(fold("TY-ABCD", after, "2026-10-12 12:00", severity=4))[0][2] == "met"


@pytest.mark.parametrize("closing", [("11:00", "checked_in"), ("11:00", "resolved"), ("14:00", "visit_scheduled")])
def test_agreement_cannot_touch_a_closed_clock(closing):
    """Met, not needed, breached at 13:00."""
    events = day(("09:00", "reported"), closing, agreed("14:30", "20:00"))
    answer = fold(compiled(ON_SITE), events, "2026-10-12 15:00")
    assert seen(answer)[0][3] == "2026-10-12 13:00"
    assert [(one.event, one.reason) for one in answer.ignored] == [("date_agreed", "clock is closed")]


def test_agreement_at_the_due_instant_is_in_time():
    events = day(("09:00", "reported"), agreed("13:00", "20:00"))
    assert run([ON_SITE], events, "15:00") == [("on_site", 1, "running", "20:00")]


def test_agreed_date_of_resolution_breaches_and_starts_rows():
    events = day(("09:00", "reported"), agreed("10:00", "12:00", "resolution"))
    assert run([RESOLUTION, PLAN_AFTER_BREACH], events, "12:30") == [
        ("plan", 1, "running", "14:00"),
        ("resolution", 1, "breached", "12:00"),
    ]


@pytest.mark.parametrize("due", ["2026-10-12 10:00", "2026-10-12 09:59"])
def test_agreed_date_must_lie_ahead_also_after_until(due):
    wrong = event("2026-10-12 10:00", "date_agreed", target="on_site", due=cn(due))
    with pytest.raises(DocumentError, match=r"events\[0\]\.due"):
        fold(compiled(ON_SITE), [wrong], "2026-10-12 09:00")


# Several rows, steps, waiting rows, warnings


def test_earliest_of_several_rows_wins_and_says_so():
    rows = [ON_SITE, {**ON_SITE, "budget": "1h", "from": "visit_requested"}]
    events = day(("09:00", "reported"), ("10:00", "visit_requested"))
    before, after = (fold(compiled(*rows), events, f"2026-10-12 {time}").clocks[0] for time in ("09:30", "10:30"))
    assert (before.row, before.due_at, len(before.fits)) == (0, cn("2026-10-12 13:00"), 1)
    assert (after.row, after.due_at, after.started_at) == (1, cn("2026-10-12 11:00"), cn("2026-10-12 10:00"))
    assert [(fit.row.index, fit.due_at) for fit in after.fits] == [
        (1, cn("2026-10-12 11:00")),
        (0, cn("2026-10-12 13:00")),
    ]
    assert after.reason == "row 1: 1h (always) from visit_requested; earliest of rows 1, 0"


def step_times(clock) -> list[str]:
    return [f"{step.step} {step.at.astimezone(SHANGHAI):%m-%d %H:%M}" for step in clock.steps]


def test_steps_count_open_time_and_run_on_after_due():
    clock = fold("HN58", [event("2026-09-30 16:30", "reported")], "2026-09-30 16:30").clocks[0]
    assert step_times(clock) == [
        "50% 09-30 17:30", "80% 10-08 09:06", "100% 10-08 09:30", "+25% 10-08 10:00", "+50% 10-08 10:30",
    ]  # fmt: skip


def test_pauses_hold_steps_before_due_and_not_after():
    events = day(
        ("09:00", "reported"), ("09:45", "paused", WAIT), ("10:45", "resumed"), ("11:05", "paused", WAIT),
        ("20:00", "resumed"),
    )  # fmt: skip
    clock = fold(compiled(RESPONSE), events, "2026-10-12 21:00").clocks[0]
    assert step_times(clock) == [
        "50% 10-12 09:30", "80% 10-12 10:48", "100% 10-12 11:00", "+25% 10-12 11:15", "+50% 10-12 11:30",
    ]  # fmt: skip


def test_steps_of_months_today_and_agreed_dates_are_wall_time():
    month = {**RESOLUTION, "budget": "1mo", "calendar": "office_cn"}
    clock = fold(compiled(month), [event("2026-09-01 00:00", "reported")], "2026-09-01 00:00").clocks[0]
    assert step_times(clock)[:1] + step_times(clock)[3:4] == ["50% 09-16 00:00", "+25% 10-08 12:00"]
    today = {**ON_SITE, "budget": "today"}
    clock = fold(compiled(today), day(("14:00", "reported")), "2026-10-12 14:00").clocks[0]
    assert step_times(clock)[:1] + step_times(clock)[3:4] == ["50% 10-12 19:00", "+25% 10-13 02:30"]
    clock = fold(compiled(ON_SITE), day(("09:00", "reported"), agreed("11:00", "19:00")), "2026-10-12 11:00").clocks[0]
    assert step_times(clock)[:1] + step_times(clock)[3:4] == ["50% 10-12 14:00", "+25% 10-12 21:30"]


def test_next_step():
    running = fold(compiled(RESPONSE), day(("09:00", "reported")), "2026-10-12 09:30").clocks[0]
    assert [step.step for at in ("09:29", "09:30", "10:15") if (step := running.next_step(cn(f"2026-10-12 {at}")))] == [
        "50%",
        "80%",
        "+50%",
    ]
    assert running.next_step(cn("2026-10-12 10:30")) is None
    paused = fold(compiled(RESPONSE), day(("09:00", "reported"), ("09:05", "paused", WAIT)), "2026-10-12 09:30")
    assert paused.clocks[0].next_step(cn("2026-10-12 09:00")) is None
    met = fold(compiled(RESPONSE), day(("09:00", "reported"), ("09:05", "responded")), "2026-10-12 09:30")
    assert met.clocks[0].next_step(cn("2026-10-12 09:00")) is None


@pytest.mark.parametrize(
    ("more", "used"),
    [
        ([], 10_800),
        ([("10:00", "paused", WAIT), ("10:30", "resumed")], 9000),
        ([("10:00", "paused", WAIT)], 3600),
        ([("11:00", "checked_in")], 7200),
        ([("11:00", "resolved")], 7200),
    ],
)
def test_used_time_leaves_pauses_out(more, used):
    clocks = fold(compiled(ON_SITE), day(("09:00", "reported"), *more), "2026-10-12 12:00").clocks
    assert clocks[0].used_seconds == used


def test_waiting_rows_name_the_event_that_starts_them():
    facts = Facts(severity=2, locality="local", distance_km=8)
    events = [event("2026-10-12 09:00", "reported")]
    waiting = waiting_rows(PRESETS.sets["L4"], facts, events, cn("2026-10-12 09:00"))
    assert [(one.row.index, one.starts_at) for one in waiting] == [(3, "remote_failed"), (7, "visit_requested")]
    qh5 = waiting_rows(PRESETS.sets["QH5"], facts, events, cn("2026-10-12 09:00"))
    assert [(one.row.index, one.starts_at) for one in qh5] == [(0, "remote_failed"), (1, "vendor_engineer_arrived")]


@pytest.mark.parametrize("settled", ["checked_in", "resolved"])
def test_no_row_waits_for_what_is_settled(settled):
    events = day(("09:00", "reported"), ("10:00", settled))
    assert fold("L4", events, "2026-10-12 10:00", severity=2, locality="local").waiting == ()


def test_year_without_announced_holidays_is_told():
    """Rule 12: plain weekdays count, with a warning."""
    events = [event("2026-12-30 10:00", "reported")]
    answer = fold("HN58", events, "2026-12-30 10:00", kind="fault")
    assert unannounced_years(PRESETS.sets["HN58"], answer.clocks) == (2027,)
    assert seen(answer)[2] == ("resolution", 1, "running", "2027-01-07 10:00")
    answer = fold("HN48", events, "2026-12-30 10:00", kind="fault")
    assert unannounced_years(PRESETS.sets["HN48"], answer.clocks) == ()


def test_answers_are_in_utc():
    clock = fold(compiled(RESPONSE), day(("09:00", "reported")), "2026-10-12 09:30").clocks[0]
    assert clock.due_at.tzinfo is UTC
    assert clock.due_at.utcoffset() == timedelta(0)
