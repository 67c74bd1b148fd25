"""The promise simulator: exact figures, equal to `replay` one by one, each ticket counted once."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.domain import promise_set_draft
from contracts.domain.facts import Facts
from contracts.domain.promise_set import agreement_owner, masked
from contracts.domain.promise_version import compile_text, compiled, compiled_calendars
from contracts.domain.replay import replay
from contracts.domain.timeline import PromiseEvent
from contracts.queries.promise_version import newest_calendars
from core.errors import Denied, InputError, RuleError
from core.models import Audit
from reports.domain import simulation, simulation_work
from reports.domain.simulation_fold import OUTCOMES, Simulator
from reports.models import Simulation, SimulationFinding, SimulationPart
from reports.queries.compliance import compliance
from reports.queries.selection import Selection
from reports.queries.simulation import Figures, Span, choices_for, find_wording
from reports.queries.simulation_cells import merged
from reports.queries.simulation_rows import read_cases
from tests.reports.kinds import Story, make_kinds
from tests.reports.simulated import draft_of, ordered, sums, worked
from tests.tickets.test_reapply import finished, published
from tests.tickets.test_reapply import ordered as reapplied
from tests.world import World
from tickets.domain import message, waiting
from tickets.domain.caches import standing
from tickets.domain.sweep import sweep
from tickets.domain.ticket import Changes, change
from tickets.models import Event, Ticket

CODES = ("HW12", "XC30", "HB2D", "QH5", "L4", "TY-ABCD", "HOTLINE", "COMPLAINT")


def outcomes(order: Simulation) -> dict[tuple[str, str], str]:
    """Kind of finding by ticket and target."""
    rows = SimulationFinding.objects.filter(simulation=order).values_list("ticket__number", "target", "kind")
    return {(number, target): kind for number, target, kind in rows}


# --- Exact figures ----------------------------------------------------------------------------------------------------


def test_the_same_wording_changes_nothing(world: World) -> None:
    make_kinds(world)
    order = worked(ordered(world, "HW12", customer=world.a.customer.pk), world.now)
    assert order.state == "done"
    found = sums(order)
    assert found["first_contact"]["now_met"] > 3
    for counts in found.values():
        for outcome in ("met", "late", "open"):
            assert counts.get(f"now_{outcome}") == counts.get(f"then_{outcome}")
        assert counts.keys().isdisjoint({"newly", "spared"})
    assert set(outcomes(order).values()) == {"still"}


def test_stricter_and_milder_times_by_hand(world: World) -> None:
    """HW12 gives 5 minutes for the first contact and 24 h for the repair; the draft 30 minutes and 1 h."""
    day = timedelta(days=1)
    quick = Story(world, world.now - 3 * day).reply(3).resolve(50).ticket.number
    slow = Story(world, world.now - 4 * day, severity=1).reply(20).resolve(90).ticket.number
    silent = Story(world, world.now - 5 * day).reply(45).resolve(1500).ticket.number
    draft_of(world, "HW12", first_contact="30m", resolution="1h")
    order = worked(ordered(world, "HW12:draft"), world.now)
    found = sums(order)
    assert found["first_contact"] == {"now_met": 1, "now_late": 2, "then_met": 2, "then_late": 1, "spared": 1}
    assert found["resolution"] == {"now_met": 2, "now_late": 1, "then_met": 1, "then_late": 2, "newly": 1}
    kinds = {key: kind for key, kind in outcomes(order).items() if key[1] in ("first_contact", "resolution")}
    assert kinds == {
        (slow, "first_contact"): "spared",
        (silent, "first_contact"): "still",
        (slow, "resolution"): "newly",
        (silent, "resolution"): "still",
    }
    assert (slow, "first_contact") in kinds
    assert not any(number == quick for number, _target in kinds)
    finding = SimulationFinding.objects.get(ticket__number=slow, target="resolution")
    reported = world.now - 4 * day
    assert (finding.now_due, finding.then_due) == (reported + timedelta(hours=24), reported + timedelta(hours=1))
    assert (finding.now_state, finding.then_state) == ("met", "met_late")
    assert finding.then_met == finding.now_met == reported + timedelta(minutes=90)
    assert (finding.severity, finding.customer) == (1, world.a.customer)
    figures = Figures(order)
    first = next(line for line in figures.severities({1: "一级", 2: "二级"}) if line.key == 1)
    assert (first.newly, first.spared) == (1, 1)
    (customer,) = figures.customers
    assert (customer.label, customer.newly, customer.spared) == (world.a.customer.name, 1, 1)
    assert (
        figures.total.now.n
        == figures.total.then.n
        == sum(counts.get("now_met", 0) + counts.get("now_late", 0) for counts in found.values())
    )


def test_another_set_has_other_targets(world: World) -> None:
    """Under XC30 there is an answer within 30 minutes and a repair within 2 hours, and nothing else of HW12."""
    Story(world, world.now - timedelta(days=2)).reply(20).resolve(100)
    Story(world, world.now - timedelta(days=3)).reply(40).resolve(130)
    found = sums(worked(ordered(world, "XC30"), world.now))
    assert found["response"] == {"then_met": 1, "then_late": 1, "newly": 1}
    assert found["resolution"] == {"now_met": 2, "then_met": 1, "then_late": 1, "newly": 1}
    assert found["first_contact"] == {"now_late": 2, "spared": 2}


def test_the_figures_of_now_are_the_dashboard_s(world: World) -> None:
    make_kinds(world)
    first = world.now.date() - timedelta(days=59)
    selection = Selection(first, world.now.date(), UTC)
    wording = find_wording(world.manager, "L4")
    assert wording is not None
    span = Span(selection.start, selection.end)
    order = simulation.start(wording=wording, span=span, actor=world.manager, now=world.now)
    figures = Figures(worked(order, world.now))
    shown = {line.key: line.now for line in [*figures.targets, *figures.house_targets] if line.now.n or line.now.open}
    board = {one.target: one.now for one in compliance(world.manager, selection)}
    assert shown == board
    assert len(board) > 5
    assert order.tickets == 13


# --- Equals replay one by one -----------------------------------------------------------------------------------------


def final(state: str, due_at: datetime) -> datetime | None:
    """The due instant of a clock that is not held: that of a held one moves on."""
    return None if state == "paused" else due_at


def by_hand(ticket: Ticket, simulator: Simulator, until: datetime) -> Counter[tuple[Any, ...]]:
    """The judged clocks of a ticket by `replay` itself, set by set."""
    events = list(Event.objects.filter(ticket=ticket).order_by("seq"))
    data = events[0].data
    calendars = data["versions"]["calendars"].values()
    stored = [compiled(pk, calendars) for pk in data["versions"]["promises"].values()]
    chosen = simulator.chosen
    sets = [one for one in stored if one.code != chosen.code and {one.scope, chosen.scope} != {"contract"}] + [chosen]
    contract = next((one for one in sets if one.scope == "contract"), None)
    houses = sorted((masked(one, contract) for one in sets if one.scope == "house"), key=lambda one: one.code)
    end = min(until, ticket.closed_at) if ticket.state == "cancelled" and ticket.closed_at else until
    found: Counter[tuple[Any, ...]] = Counter()
    for one in [contract, *houses] if contract else houses:
        for about in {event.about for event in events}:
            given = [
                PromiseEvent(event.at, event.kind, event.seq, event.data.get("facts", event.data))
                for event in standing(events)
                if event.about == about
                and event.kind in one.vocabulary.events
                and (event.kind != "date_agreed" or agreement_owner(event.data["target"], contract, houses) is one)
            ]
            for clock in replay(one, Facts(**data["facts"]), given, end).clocks:
                withdrawn = ticket.state == "cancelled" and clock.state in ("running", "paused")
                present = clock.round == ticket.round or not one.rounds
                if clock.state in OUTCOMES and present and not withdrawn:
                    due_at = final(clock.state, clock.due_at)
                    found[clock.target, one.scope == "house", clock.state, due_at, clock.met_at] += 1
    return found


@pytest.fixture
def lived(world: World) -> World:
    """Tickets of every kind, one with changed facts and one with a taken back answer."""
    make_kinds(world)
    story = Story(world, world.now - timedelta(days=2), severity=3)
    story.after(20, lambda **given: change(changes=Changes(severity=1), **{**given, "actor": world.duty_manager}))
    story.after(40, waiting.set_state, state="waiting_customer").after(400, message.reply, body="您好")
    return world


def test_the_simulator_equals_replay_one_by_one(lived: World) -> None:
    now = lived.later(days=30)  # one of the stories goes on for weeks
    while sweep(now):
        pass
    calendars = compiled_calendars(tuple(sorted(newest_calendars().values())))
    cases = read_cases(Span(lived.now - timedelta(days=200), lived.now + timedelta(days=1)), 0, None, 100)
    tickets = Ticket.objects.in_bulk([case.ticket.pk for case in cases])
    assert len(cases) == 15
    clocks = 0
    for code in CODES:
        wording = find_wording(lived.manager, code)
        assert wording is not None
        simulator = Simulator(code, wording.document, calendars)
        for case in cases:
            found = Counter(
                (one.target, one.house, one.state, final(one.state, one.due_at), one.met_at)
                for one in simulator.promises(case, now)
            )
            assert found == by_hand(tickets[case.ticket.pk], simulator, now), (code, case.ticket.number)
            clocks += found.total()
    assert clocks > 150


def test_what_a_simulation_counts_is_what_replay_says(lived: World) -> None:
    """The whole way, through rows and parts: the sums of then are those of every ticket by hand."""
    order = worked(ordered(lived, "HN48", days=365), lived.now)
    simulator = simulation_work._simulator(order)
    expected: Counter[tuple[str, str]] = Counter()
    for ticket in Span.of(order).tickets:
        clocks = by_hand(ticket, simulator, lived.now)
        expected.update({(target, str(OUTCOMES[state])) for target, _house, state, *_times in clocks})
    found = {
        (target, outcome): counts[f"then_{outcome}"]
        for target, counts in sums(order).items()
        for outcome in ("met", "late", "open")
        if f"then_{outcome}" in counts
    }
    assert found == dict(expected)
    assert sum(expected.values()) > 30


def test_tickets_that_got_other_versions_are_folded_with_their_stages(world: World) -> None:
    """A new wording came to an open ticket; the chosen set takes the place of both."""
    ticket = world.report(now=world.now - timedelta(hours=3))
    finished(reapplied(world, published(world, on_site="4h")), world.now)
    order = worked(ordered(world, "XC30", days=2), world.now)
    found = sums(order)
    assert found["on_site"] == {"now_open": 1}
    assert found["response"] == {"then_late": 1, "newly": 1}
    assert outcomes(order)[ticket.number, "resolution"] == "newly"


def test_tickets_that_cannot_be_folded_are_counted_and_named(world: World) -> None:
    story = Story(world, world.now - timedelta(days=2), severity=3)
    story.after(20, lambda **given: change(changes=Changes(kind="request"), **{**given, "actor": world.duty_manager}))
    Story(world, world.now - timedelta(days=1)).reply(2)
    order = ordered(world, "XC30")
    written = json.loads(order.text)
    written["vocabulary"]["kinds"].remove("request")
    order.text = json.dumps(written)
    order.save()
    worked(order, world.now)
    assert (order.state, order.tickets, order.failed_count) == ("done", 2, 1)
    ((number, reason),) = order.failed
    assert number == story.ticket.number
    assert "request" in reason
    assert sums(order)["response"] == {"then_met": 1}


# --- Orders -----------------------------------------------------------------------------------------------------------


def test_the_wording_is_that_of_the_order(world: World) -> None:
    """A draft that is changed or thrown away afterwards changes nothing."""
    Story(world, world.now - timedelta(days=2)).reply(20).resolve(90)
    draft = draft_of(world, "HW12", resolution="1h")
    order = ordered(world, "HW12:draft")
    promise_set_draft.discard(draft=draft, version=draft.version, actor=world.admin, now=world.now)
    worked(order, world.now)
    assert order.is_draft
    assert sums(order)["resolution"]["newly"] == 1
    assert (
        compile_text("HW12", order.text, compiled_calendars(tuple(order.calendars.values()))).rows[4].budget.text
        == "1h"
    )


@pytest.mark.parametrize(
    ("start", "end", "field", "code"),
    [
        (timedelta(days=1), timedelta(days=2), "first", "end"),
        (timedelta(days=-1), timedelta(days=-2), "last", "start"),
        (timedelta(days=-1), timedelta(days=-1), "last", "start"),
        (timedelta(days=-400), timedelta(), "last", "start"),
        (timedelta(days=-300), timedelta(days=-200), "first", "tickets"),
    ],
)
def test_periods_that_make_no_sense_are_refused(
    world: World, start: timedelta, end: timedelta, field: str, code: str
) -> None:
    world.report(now=world.now - timedelta(hours=30))
    wording = find_wording(world.manager, "XC30")
    assert wording is not None
    span = Span(world.now + start, world.now + end)
    with pytest.raises(InputError) as refused:
        simulation.start(wording=wording, span=span, actor=world.manager, now=world.now)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Simulation.objects.exists()


def test_a_draft_that_cannot_be_read_is_refused_with_its_reason(world: World) -> None:
    world.report(now=world.now - timedelta(hours=30))
    draft = draft_of(world, "HW12")
    document = json.loads(draft.document)
    document["set"]["rows"][0]["calendar"] = "gone"
    type(draft).objects.filter(pk=draft.pk).update(document=json.dumps(document))
    with pytest.raises(InputError) as refused:
        ordered(world, "HW12:draft")
    assert refused.value.field == "wording"
    assert "gone" in refused.value.message
    assert not Simulation.objects.exists()


def test_who_may_not_is_refused(world: World) -> None:
    world.report(now=world.now - timedelta(hours=30))
    order = ordered(world)
    wording = find_wording(world.manager, "XC30")
    assert wording is not None
    for person in (world.agent, world.duty_manager, world.a.user):
        with pytest.raises(Denied):
            simulation.start(wording=wording, span=Span.of(order), actor=person, now=world.now)
        with pytest.raises(Denied):
            simulation.cancel(simulation=order, actor=person, now=world.now)
    assert Simulation.objects.get().state == "waiting"


def test_what_can_be_chosen(world: World) -> None:
    draft_of(world, "HW12", resolution="1h")
    keys = [choice.key for choice in choices_for(world.manager)]
    assert keys[0] == "HW12:draft"
    assert {"HW12:1", "L4:1", "HOTLINE:1"} <= set(keys)
    assert choices_for(world.agent) == []
    for nonsense in ("", ":", "HW12:x", "HW12:99", "HW12:9999999999", "NO:1", "NO:draft", "HW12\x00"):
        assert find_wording(world.manager, nonsense) is None
    assert find_wording(world.agent, "HW12:draft") is None


def test_many_waiting_simulations_are_refused(world: World) -> None:
    world.report(now=world.now - timedelta(hours=30))
    for _ in range(simulation.MOST_GOING):
        ordered(world)
    with pytest.raises(RuleError, match="等待|waiting"):
        ordered(world)


def test_orders_are_done_one_after_the_other_and_audited(world: World) -> None:
    world.report(now=world.now - timedelta(hours=30))
    first, second = ordered(world), ordered(world, "XC30")
    assert simulation_work.work(world.now) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("done", "waiting")
    assert simulation_work.work(world.now) == 1
    assert simulation_work.work(world.now) == 0
    line = Audit.objects.get(subject=f"reports.simulation:{second.pk}")
    assert (line.action, line.changes) == ("simulation.start", {"set": "XC30", "version": 1, "tickets": 1})


def test_customer_and_present_set_narrow(world: World) -> None:
    world.report(now=world.now - timedelta(hours=30))
    world.report(world.b, now=world.now - timedelta(hours=30))
    world.report(now=world.now - timedelta(hours=30), kind="repair")
    assert ordered(world, "XC30").tickets == 2
    assert ordered(world, "XC30", customer=world.b.customer.pk).tickets == 1
    assert ordered(world, "XC30", under="HW12").tickets == 1
    with pytest.raises(InputError):
        ordered(world, "XC30", under="HW12", customer=world.b.customer.pk)


# --- Parts ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def parted(world: World, monkeypatch: pytest.MonkeyPatch) -> Simulation:
    """A simulation of seven tickets in parts of two, batches of one."""
    monkeypatch.setattr(simulation, "PART", 2)
    monkeypatch.setattr(simulation_work, "BATCH", 1)
    for n in range(7):
        Story(world, world.now - timedelta(days=2, minutes=n)).reply(20).resolve(100 + 10 * n)
    return ordered(world, "XC30")


def test_parts_cover_every_ticket_once(world: World, parted: Simulation) -> None:
    assert list(parted.parts.order_by("number").values_list("size", flat=True)) == [2, 2, 2, 1]
    assert [simulation_work.work(world.now) for _ in range(5)] == [2, 2, 2, 1, 0]
    parted.refresh_from_db()
    assert parted.state == "done"
    assert sums(parted)["response"] == {"then_met": 7}
    assert sums(parted)["resolution"] == {"now_met": 7, "then_met": 3, "then_late": 4, "newly": 4}
    assert set(parted.parts.values_list("result", flat=True)) == {None}


def test_a_dead_worker_loses_only_its_lease(world: World, parted: Simulation) -> None:
    dead = simulation_work.claim(world.now)
    assert dead is not None
    soon, late = world.later(seconds=59), world.later(seconds=61)
    assert [simulation_work.work(soon) for _ in range(4)] == [2, 2, 1, 0]
    parted.refresh_from_db()
    assert parted.state == "running"
    assert simulation_work.work(late) == 2
    parted.refresh_from_db()
    assert parted.state == "done"
    assert sums(parted)["resolution"] == {"now_met": 7, "then_met": 3, "then_late": 4, "newly": 4}
    before = list(SimulationFinding.objects.values_list("pk", flat=True))
    simulation_work.work_part(dead, late)
    parted.refresh_from_db()
    assert sums(parted)["resolution"]["now_met"] == 7
    assert list(SimulationFinding.objects.values_list("pk", flat=True)) == before


def test_who_comes_too_late_writes_nothing(world: World, parted: Simulation) -> None:
    """Both fold the same part; the one that lost its lease is not counted."""
    first = simulation_work.claim(world.now)
    second = simulation_work.claim(world.later(seconds=61))
    assert first is not None
    assert second is not None
    assert (first.pk, first.attempts, second.attempts) == (second.pk, 1, 2)
    assert simulation_work.work_part(first, world.now) == 0
    assert simulation_work.work_part(second, world.now) == 2
    assert SimulationPart.objects.get(pk=first.pk).attempts == 2
    assert parted.parts.exclude(done_at=None).count() == 1


def test_stopping_ends_it_within_a_part(world: World, parted: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    read = simulation_work.read_cases

    def stopped_meanwhile(*given: Any) -> Any:
        cases = read(*given)
        if Simulation.objects.get().state == "running":
            simulation.cancel(simulation=parted, actor=world.manager, now=world.later(minutes=1))
        return cases

    monkeypatch.setattr(simulation_work, "read_cases", stopped_meanwhile)
    assert simulation_work.work(world.now) == 0
    assert simulation_work.work(world.now) == 0
    parted.refresh_from_db()
    assert (parted.state, parted.finished_at, parted.figures) == ("cancelled", world.later(minutes=1), [])
    assert not SimulationFinding.objects.exists()
    with pytest.raises(RuleError):
        simulation.cancel(simulation=parted, actor=world.manager, now=world.now)


def test_a_part_that_always_fails_ends_the_simulation(
    world: World, parted: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any) -> Any:
        raise OSError("disk")

    monkeypatch.setattr(simulation_work, "read_cases", broken)
    for _ in range(simulation_work.MOST_ATTEMPTS):
        simulation_work.work(world.now)
    assert simulation_work.work(world.now) == 0
    parted.refresh_from_db()
    assert (parted.state, parted.finished_at) == ("failed", world.now)


def test_other_tasks_keep_their_workers(world: World, parted: Simulation) -> None:
    taken = [simulation_work.claim(world.now) for _ in range(3)]
    assert [part and part.number for part in taken] == [0, 1, None]


def test_old_simulations_are_forgotten_with_their_findings(world: World, parted: Simulation) -> None:
    worked(parted, world.now)
    going = ordered(world, "XC30")
    assert simulation.purge(world.later(days=89)) == 0
    assert simulation.purge(world.later(days=91)) == 1
    assert list(Simulation.objects.values_list("pk", flat=True)) == [going.pk]
    assert not SimulationFinding.objects.exists()


def test_a_part_costs_the_same_statements_however_many_tickets(world: World) -> None:
    def statements(tickets: int) -> int:
        for n in range(tickets):
            Story(world, world.now - timedelta(days=2, minutes=n)).reply(20).resolve(150)
        ordered(world, "XC30")
        with CaptureQueriesContext(connection) as asked:
            simulation_work.work(world.now)
        return len(asked)

    statements(1)
    assert statements(1) == statements(6)


def test_cells_add_up() -> None:
    first = [["response", False, 2, 7, 1, 0, 0, 0, 1, 0, 1, 0]]
    second = [["response", False, 2, 7, 2, 1, 0, 3, 0, 0, 0, 1], ["plan", True, 1, 7, 0, 0, 1, 0, 0, 1, 0, 0]]
    assert merged([first, second]) == [
        ["plan", True, 1, 7, 0, 0, 1, 0, 0, 1, 0, 0],
        ["response", False, 2, 7, 3, 1, 0, 3, 1, 0, 1, 1],
    ]
