"""Properties of the fold over random promise sets and tickets (quality S1)."""

from datetime import timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from contracts.domain.facts import Facts
from contracts.domain.promise_set import PromiseSet, compile_set
from contracts.domain.replay import replay
from contracts.domain.timeline import PromiseEvent, SetChange
from tests.contracts.examples import WORLD, WORLD_CALENDARS, WORLD_VOCABULARY, set_documents, tickets
from tests.contracts.walk import Walk, minute

CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
quick = settings(max_examples=150, deadline=None, suppress_health_check=CALM)


def compile_random(document: dict) -> PromiseSet:
    return compile_set("R", document, WORLD_VOCABULARY, WORLD_CALENDARS)


def in_minutes(event: PromiseEvent) -> tuple[int, str, dict]:
    data = dict(event.data)
    if "due" in data:
        data["due"] = minute(data["due"])
    return minute(event.at), event.event, data


@settings(quick, max_examples=400)
@given(set_documents(), tickets())
def test_fold_equals_minute_walk(document, ticket):
    facts, events, until = ticket
    walk = Walk(WORLD, document, facts, minute(until))
    walk.go([in_minutes(event) for event in events])
    answer = replay(compile_random(document), Facts(**facts), events, until)
    found = [
        {
            "target": clock.target,
            "round": clock.round,
            "state": clock.state,
            "due_at": clock.due_at,
            "met_at": clock.met_at,
            "breached_at": clock.breached_at,
            "row": clock.row,
            "used_seconds": clock.used_seconds,
            "steps": [(step.step, step.at) for step in clock.steps],
        }
        for clock in answer.clocks
    ]
    assert found == walk.answer()
    assert [(minute(one.at), one.event) for one in answer.ignored] == walk.ignored


@settings(quick, max_examples=300)
@given(set_documents(), set_documents(), tickets(), st.integers(0, 200), st.booleans())
def test_another_wording_equals_minute_walk(document, other, ticket, twentieths, back):
    """Rules 5, 7 and 12: from its instant on the new wording counts for what is open; what is closed keeps its record.

    The walk reads the new document anew from its instant on, with no idea of how the engine carries clocks over.
    """
    facts, events, until = ticket
    other = {**other, "rounds": document["rounds"]}
    first = min(event.at for event in events)
    at = [first + timedelta(minutes=20 * twentieths + 7), first + timedelta(minutes=20 * twentieths + 1007)]
    wordings = [other, document] if back else [other]
    walk = Walk(WORLD, document, facts, minute(until))
    switched = [(minute(when), "set_changed", wording) for when, wording in zip(at, wordings, strict=False)]
    walk.go([*(in_minutes(event) for event in events), *switched])
    changes = [
        SetChange(when, 100 + index, compile_random(wording))
        for index, (when, wording) in enumerate(zip(at, wordings, strict=False))
    ]
    answer = replay(compile_random(document), Facts(**facts), events, until, changes)
    assert [(c.target, c.round, c.state, c.due_at, c.met_at, c.breached_at, c.row) for c in answer.clocks] == [
        (w["target"], w["round"], w["state"], w["due_at"], w["met_at"], w["breached_at"], w["row"])
        for w in walk.answer()
    ]
    assert [c.used_seconds for c in answer.clocks] == [w["used_seconds"] for w in walk.answer()]
    assert [[(step.step, step.at) for step in c.steps] for c in answer.clocks] == [w["steps"] for w in walk.answer()]


@quick
@given(set_documents(), tickets(), st.integers(0, 200))
def test_the_same_wording_again_changes_nothing(document, ticket, twentieths):
    facts, events, until = ticket
    change = SetChange(
        min(event.at for event in events) + timedelta(minutes=20 * twentieths), 100, compile_random(document)
    )
    once = replay(compile_random(document), Facts(**facts), events, until)
    assert replay(compile_random(document), Facts(**facts), events, until, [change]).clocks == once.clocks


@quick
@given(set_documents(), set_documents(), tickets(), st.integers(0, 200))
def test_closed_clocks_keep_their_record_under_another_wording(document, other, ticket, twentieths):
    """Rule 5: what was met, breached or not needed when the wording changed is later told as it was."""
    facts, events, until = ticket
    other = {**other, "rounds": document["rounds"]}
    at = min(event.at for event in events) + timedelta(minutes=20 * twentieths + 7)
    assume(at < until)
    change = SetChange(at, 100, compile_random(other))
    before = {(c.target, c.round): c for c in replay(compile_random(document), Facts(**facts), events, at).clocks}
    after = {
        (c.target, c.round): c for c in replay(compile_random(document), Facts(**facts), events, until, [change]).clocks
    }
    for key, clock in before.items():
        if clock.state in ("met", "met_late", "not_needed"):
            assert after[key] == clock
        elif clock.state == "breached":
            assert (after[key].due_at, after[key].row, after[key].breached_at) == (
                clock.due_at,
                clock.row,
                clock.breached_at,
            )


def folded(document: dict, ticket: tuple, until=None):
    facts, events, given_until = ticket
    return replay(compile_random(document), Facts(**facts), events, until or given_until)


@quick
@given(set_documents(), tickets(), st.randoms(use_true_random=False))
def test_order_of_entry_does_not_matter(document, ticket, random):
    """Rule 1: events count at their own time; only equal times depend on the order of entry."""
    facts, events, until = ticket
    assume(len({event.at for event in events}) == len(events))
    mixed = random.sample(events, len(events))
    again = [PromiseEvent(event.at, event.event, seq, event.data) for seq, event in enumerate(mixed)]
    first, second = folded(document, ticket), folded(document, (facts, again, until))
    assert first.clocks == second.clocks
    assert first.waiting == second.waiting


@quick
@given(set_documents(), tickets(), st.integers(0, 20_000))
def test_closed_clock_never_moves_when_asked_later(document, ticket, minutes):
    """Rule 5. A breach stays, too; it can only be met late."""
    until = ticket[2]
    now = {(clock.target, clock.round): clock for clock in folded(document, ticket).clocks}
    later = folded(document, ticket, until + timedelta(minutes=minutes)).clocks
    after = {(clock.target, clock.round): clock for clock in later}
    for key, clock in now.items():
        if clock.closed_at is not None and clock.state != "breached":
            assert after[key] == clock
        elif clock.state == "breached":
            assert after[key].state in ("breached", "met_late")
            assert (after[key].due_at, after[key].row) == (clock.due_at, clock.row)


@quick
@given(set_documents(), tickets())
def test_paused_clock_is_due_as_if_resumed_now(document, ticket):
    """Rule 4: the due instant of a paused clock is the one it has if the pause ends at `until`."""
    facts, events, until = ticket
    resumed = [*events, PromiseEvent(until, "resumed", len(events))]
    now, then = folded(document, ticket), folded(document, (facts, resumed, until))
    for clock, after in zip(now.clocks, then.clocks, strict=True):
        assert clock.due_at == after.due_at
        assert after.state == ("running" if clock.state == "paused" else clock.state)


@quick
@given(set_documents(), tickets())
def test_used_and_left_time_make_the_budget(document, ticket):
    until = ticket[2]
    for clock in folded(document, ticket).clocks:
        if clock.budget_seconds and clock.state in ("running", "paused") and clock.closed_at is None:
            left = clock.fits[0].row.calendar.work.elapsed(until, clock.due_at)
            assert clock.used_seconds + left == clock.budget_seconds


@quick
@given(set_documents(), tickets())
def test_clocks_are_consistent(document, ticket):
    """States say what the times say, steps rise to the due instant and beyond, clocks stand in order."""
    until = ticket[2]
    answer = folded(document, ticket)
    order = [(WORLD_VOCABULARY.targets[clock.target].order, clock.round) for clock in answer.clocks]
    assert order == sorted(set(order))
    for clock in answer.clocks:
        steps = [step.at for step in clock.steps]
        assert steps == sorted(steps)
        assert steps[2] == clock.due_at
        assert clock.breached_at in (None, clock.due_at)
        assert (clock.breached_at is not None) == (clock.state in ("breached", "met_late"))
        assert (clock.met_at is not None) == (clock.state in ("met", "met_late"))
        if clock.state == "running" and clock.closed_at is None:
            assert until <= clock.due_at
