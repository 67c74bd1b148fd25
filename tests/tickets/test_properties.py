"""S1: whatever people, time and sweeps do to tickets in whatever order, clocks and steps stay what the events say."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import Denied, InputError, RuleError
from tests.fixtures import MORNING
from tests.invariants import ALWAYS, offending
from tests.tickets.test_reapply import hours, published
from tests.world import Place, World, make_place
from tickets.domain import caches, fold, reapply, sweep
from tickets.domain.agreement import agree_date
from tickets.domain.assignment import assign
from tickets.domain.cancellation import cancel, merge
from tickets.domain.message import hear, note, reply
from tickets.domain.progress import record_progress
from tickets.domain.promises import bound_of
from tickets.domain.resolution import close, reopen, resolve
from tickets.domain.ticket import Changes, change
from tickets.domain.undo import undo
from tickets.domain.verify import differences
from tickets.domain.waiting import pause, resume, set_state
from tickets.enums import WAITING, ClockState, State
from tickets.models import Clock, Escalation, Event, Ticket

CLOSED = {ClockState.MET, ClockState.MET_LATE, ClockState.NOT_NEEDED}
TARGETS = ("first_contact", "response", "remote", "plan", "on_site", "resolution", "loaner", "visit_arranged")
REASONS = dict.fromkeys((*TARGETS, "manager_callback", "sheet_handed_in"), "workload")
PROGRESS = (
    "checked_in",
    "remote_started",
    "remote_failed",
    "first_contact",
    "visit_requested",
    "urgent_visit_requested",
)
PAPERS = ("engineer_returned", "sheet_handed_in")
SETS = {"A": "HW12", "B": "L4", "C": "HB2D", "D": "TY-ABCD"}


@dataclass(frozen=True)
class Seen:
    """A stored clock, as far as it must not move by itself."""

    state: str
    due_at: datetime
    met_at: datetime | None
    breached_at: datetime | None

    @property
    def closed(self) -> bool:
        return self.state in CLOSED


def clocks_now() -> dict[int, Seen]:
    rows = Clock.objects.values_list("pk", "state", "due_at", "met_at", "breached_at")
    return {pk: Seen(*rest) for pk, *rest in rows}


def step_times(ticket: Ticket) -> dict[tuple[int, str], datetime]:
    """The instant of every step of every clock, folded from the events as the ticket was when it was folded last."""
    events = list(Event.objects.filter(ticket=ticket).order_by("seq"))
    folded = fold.fold_clocks(bound_of(events), events, caches.folded(events), ticket.folded_at)
    stored = {fold.key_of(clock): clock.pk for clock in ticket.clocks.all()}
    return {(stored[key], step.step): step.at for key, one in folded.items() for step in one.clock.steps}


class Desk(RuleBasedStateMachine):
    """People, the customer, time and the sweep work on up to three tickets under four promise sets."""

    world: World
    places: tuple[Place, ...]
    versions: tuple[tuple[dict[int, int], dict[int, int]], ...]

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.now = MORNING
        self.told = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # --- Acts ------------------------------------------------------------------------------------------------------

    @contextmanager
    def act(self, *, rewrites: bool = False) -> Iterator[None]:
        """One act, which may be refused. Refused: nothing has changed. Done: no closed clock has moved, unless the act
        `rewrites` what had happened before.
        """
        before = clocks_now()
        versions = dict(Ticket.objects.values_list("pk", "version"))
        try:
            with transaction.atomic():
                yield
        except (RuleError, InputError, Denied):
            assert (clocks_now(), dict(Ticket.objects.values_list("pk", "version"))) == (before, versions)
            return
        after = clocks_now()
        moved = {pk: (seen, after[pk]) for pk, seen in before.items() if seen.closed and after[pk] != seen}
        assert rewrites or not moved, moved

    def any(self, pick: int) -> Ticket:
        tickets = list(Ticket.objects.order_by("pk"))
        return tickets[pick % len(tickets)]

    def common(self, pick: int) -> dict[str, Any]:
        return {"ticket": self.any(pick), "actor": self.world.duty_manager, "now": self.now}

    def report(self, place: Place, severity: int, kind: str, channel: str, answered: bool) -> None:
        self.world.report(place, severity=severity, kind=kind, channel=channel, answered=answered, now=self.now)

    picks = st.sampled_from([0, 0, 0, 1, 2])
    severities = st.sampled_from([1, 2, 3, 4])
    backs = st.sampled_from([0, 0, 0, 1, 7, 45, 600, -0.5])
    spans = st.sampled_from([1, 2, 4, 8, 20, 60, 240, 700, 1440, 3000])

    @initialize(place=picks, severity=severities, answered=st.booleans())
    def first_report(self, place: int, severity: int, answered: bool) -> None:
        self.report(self.places[place], severity, "fault", "phone", answered)

    @precondition(lambda self: Ticket.objects.count() < 3)
    @rule(
        place=st.integers(0, 3),
        severity=severities,
        kind=st.sampled_from(["fault", "request"]),
        channel=st.sampled_from(["phone", "email"]),
        answered=st.booleans(),
    )
    def another_report(self, place: int, severity: int, kind: str, channel: str, answered: bool) -> None:
        with self.act():
            self.report(self.places[place], severity, kind, channel, answered)

    @rule(pick=picks, is_plan=st.booleans(), next_state=st.sampled_from(["", "", "waiting_customer", "in_progress"]))
    def reply(self, pick: int, is_plan: bool, next_state: str) -> None:
        with self.act():
            reply(**self.common(pick), body="您好", is_plan=is_plan, next_state=next_state)

    @rule(pick=picks)
    def note(self, pick: int) -> None:
        running = {pk: seen.due_at for pk, seen in clocks_now().items() if seen.state != ClockState.PAUSED}
        with self.act():
            note(**self.common(pick), body="备注")
        after = clocks_now()
        assert {pk: after[pk].due_at for pk in running} == running

    @rule(pick=picks)
    def hear(self, pick: int) -> None:
        with self.act():
            hear(**self.common(pick), body="好了吗", contact=self.any(pick).contact)

    @rule(pick=picks, whom=st.sampled_from(["engineer", "agent", ""]))
    def assign(self, pick: int, whom: str) -> None:
        with self.act():
            assign(**self.common(pick), assignee=getattr(self.world, whom) if whom else None)

    @rule(pick=picks, reason=st.sampled_from(["waiting_customer", "force_majeure"]))
    def pause(self, pick: int, reason: str) -> None:
        with self.act():
            pause(**self.common(pick), reason=reason, note="")

    @rule(pick=picks)
    def resume(self, pick: int) -> None:
        with self.act():
            resume(**self.common(pick))

    @rule(pick=picks, state=st.sampled_from([*sorted(WAITING), "in_progress"]))
    def set_state(self, pick: int, state: str) -> None:
        with self.act():
            set_state(**self.common(pick), state=state)

    @rule(pick=picks, severity=severities)
    def change_severity(self, pick: int, severity: int) -> None:
        with self.act():
            change(**self.common(pick), changes=Changes(severity=severity))

    @rule(pick=picks, promise=st.sampled_from(TARGETS), minutes=st.sampled_from([3, 30, 600, 5000]))
    def agree_date(self, pick: int, promise: str, minutes: int) -> None:
        with self.act():
            agree_date(**self.common(pick), target=promise, due=self.now + timedelta(minutes=minutes), note="电话同意")

    @rule(pick=picks, kind=st.sampled_from(PROGRESS), back=backs)
    def progress(self, pick: int, kind: str, back: float) -> None:
        with self.act(rewrites=back != 0):
            record_progress(**self.common(pick), kind=kind, at=self.now - timedelta(minutes=back))

    @rule(pick=picks, kind=st.sampled_from(PAPERS), about=st.sampled_from(["", "sheet-1"]))
    def paper(self, pick: int, kind: str, about: str) -> None:
        with self.act():
            record_progress(**self.common(pick), kind=kind, about=about)

    @rule(pick=picks, back=backs)
    def resolve(self, pick: int, back: float) -> None:
        with self.act(rewrites=back != 0):
            at = self.now - timedelta(minutes=back)
            resolve(**self.common(pick), solution="已修", cause="hardware", at=at, breach_reasons=REASONS)

    @rule(pick=picks)
    def reopen(self, pick: int) -> None:
        with self.act():
            reopen(**self.common(pick), reason="又坏了")

    @rule(pick=picks)
    def close(self, pick: int) -> None:
        with self.act():
            close(**self.common(pick))

    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        with self.act():
            cancel(**self.common(pick), reason="withdrawn", note="")

    @rule(pick=picks, other=picks)
    def merge(self, pick: int, other: int) -> None:
        with self.act():
            merge(**self.common(pick), other=self.any(other))

    @rule(pick=picks, which=st.integers(0, 9))
    def undo(self, pick: int, which: int) -> None:
        common = self.common(pick)
        events = list(common["ticket"].events.order_by("-seq"))
        with self.act(rewrites=True):
            undo(**common, event=events[which % len(events)], reason="误操作")

    @rule(which=st.integers(0, 2), back=st.booleans())
    def apply_anew(self, which: int, back: bool) -> None:
        """An administrator puts open tickets under other versions, or under the former ones again."""
        wanted = [dict(one) for one in self.versions[which]]
        promises, calendars = [{new: old for old, new in one.items()} for one in wanted] if back else wanted
        with self.act():
            reason = {"reason": "合同补充", "actor": self.world.admin, "now": self.now}
            reapply.start(promises=promises, calendars=calendars, **reason)
            while reapply.drain(self.now):
                pass

    # --- Time and sweeps --------------------------------------------------------------------------------------------

    @rule(minutes=spans)
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(minutes=spans, times=st.integers(1, 3))
    def time_passes_and_the_sweep_comes(self, minutes: int, times: int) -> None:
        self.now += timedelta(minutes=minutes)
        for _ in range(times):
            self.swept(lambda: sweep.sweep(self.now))
        self.check_after_sweep()

    @rule(crash=st.sampled_from([sweep.fire, sweep.mark, sweep.refold_due]))
    def the_sweep_dies_after(self, crash: Callable[..., Any]) -> None:
        """It stops between two of its transactions; the next one completes it."""
        parts = [sweep.fire, sweep.mark, sweep.refold_due]
        self.swept(lambda: [part(self.now) for part in parts[: parts.index(crash) + 1]])

    def swept(self, work: Callable[[], Any]) -> None:
        """The sweep moves no due instant and no closed clock, and dates each step as the events do."""
        before, known = clocks_now(), set(Escalation.objects.values_list("pk", flat=True))
        expected = {key: at for ticket in Ticket.objects.all() for key, at in step_times(ticket).items()}
        work()
        after = clocks_now()
        for pk, seen in before.items():
            if seen.state != ClockState.PAUSED:
                assert after[pk].due_at == seen.due_at
            assert not seen.closed or after[pk] == seen
        for step in Escalation.objects.exclude(pk__in=known):
            assert step.due_at == expected[step.clock_id, step.step]
            assert step.due_at <= step.recorded_at == self.now

    def check_after_sweep(self) -> None:
        assert offending(self.now, names=(*ALWAYS, "I1 lost", "I3 cause and intent")) == {}
        for ticket in Ticket.objects.all():
            self.check_queue_place(ticket)

    def check_queue_place(self, ticket: Ticket) -> None:
        """Overdue, then running, then held; of each the nearest. Ended tickets have none."""
        order = {ClockState.BREACHED: 0, ClockState.RUNNING: 1, ClockState.PAUSED: 2}
        bound = bound_of(ticket.events.all())
        counting = [
            (order[ClockState(clock.state)], clock.due_at)
            for clock in ticket.clocks.filter(state__in=order)
            if clock.round == ticket.round or not bound.wording_of(clock).rounds
        ]
        ended = ticket.state in (State.RESOLVED, State.CLOSED, State.CANCELLED)
        first = (3, None) if ended or not counting else min(counting)
        assert (ticket.clock_rank, ticket.next_due_at) == first

    # --- What always holds -----------------------------------------------------------------------------------------

    @invariant()
    def it_holds(self) -> None:
        assert list(differences(self.now)) == []
        assert offending(self.now, names=ALWAYS) == {}
        for ticket in Ticket.objects.all():
            self.check_round(ticket)

    def check_round(self, ticket: Ticket) -> None:
        """A ticket that is being worked on has a repair that is still owed; one that has ended has been resolved."""
        repair = ticket.clocks.filter(target="resolution", about="", round=ticket.round).first()
        if repair and ticket.is_open:
            assert repair.state not in (ClockState.MET, ClockState.MET_LATE), "open, but its round is over"
        if repair and ticket.state in (State.RESOLVED, State.CLOSED):
            assert repair.state in (*CLOSED, ClockState.WITHDRAWN), "resolved, but its clock runs"


def run(world: World, **budget: Any) -> None:
    """Without shrinking, which would take minutes: a failure prints the steps that led to it."""
    more = (make_place(name, SETS[name], world.now) for name in ("C", "D"))
    later = published(world, "HW12", on_site="2h", plan="3h", resolution="30h")
    same = published(world, "L4", response="20m"), hours(world, ["10:00-12:00", "14:00-16:00"])
    versions = ((later, {}), same, ({}, hours(world, ["09:30-18:00"], "office_5x8")))
    places = (world.a, world.b, *more)
    machine = type("DeskOfThisWorld", (Desk,), {"world": world, "places": places, "versions": versions})
    checks = list(HealthCheck)
    budget |= {"deadline": None, "database": None, "phases": [Phase.generate], "suppress_health_check": checks}
    run_state_machine_as_test(machine, settings=settings(**budget))


def test_s1_clocks_follow_the_events_whatever_happens(world: World) -> None:
    run(world, max_examples=12, stateful_step_count=25, derandomize=True)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_s1_at_length_and_by_chance(world: World) -> None:
    run(world, max_examples=40, stateful_step_count=30)


# --- Orders of events that went wrong once -------------------------------------------------------------------------

RESOLVED = {"solution": "已修", "cause": "hardware", "breach_reasons": REASONS}


def test_a_resolved_ticket_goes_on_by_reopening_only(world: World) -> None:
    """Anything else would leave an open ticket whose round, and so every clock, is over."""
    ticket = world.report(answered=True)
    resolve(ticket=ticket, actor=world.agent, now=world.later(minutes=5), **RESOLVED)
    for act in (
        lambda: set_state(ticket=ticket, state="in_progress", actor=world.agent, now=world.later(minutes=6)),
        lambda: reply(
            ticket=ticket, body="继续", next_state="in_progress", actor=world.agent, now=world.later(minutes=6)
        ),
    ):
        with pytest.raises(RuleError):
            act()
        ticket.refresh_from_db()
        assert (ticket.state, ticket.round) == ("resolved", 1)


def test_papers_that_are_late_do_not_bring_a_resolved_ticket_back_into_the_queue(world: World) -> None:
    """A clock may outlive the repair (the service sheet): its breach is recorded, the queue place stays "none"."""
    ticket = world.report(answered=True)
    record_progress(ticket=ticket, kind="engineer_returned", actor=world.agent, now=world.later(minutes=5))
    resolve(ticket=ticket, actor=world.agent, now=world.later(minutes=6), **RESOLVED)
    late = world.later(days=6)
    sweep.sweep(late)
    ticket.refresh_from_db()
    assert ticket.clocks.get(target="sheet_handed_in").state == "breached"
    assert (ticket.clock_rank, ticket.next_due_at) == (3, None)
    assert list(differences(late)) == []


@pytest.mark.parametrize("end", ["resolve", "late entry"])
def test_a_breach_that_is_put_right_before_it_was_marked_marks_nothing(world: World, end: str) -> None:
    """The sweep is killed after `fire`; before it runs again the ticket has moved on (F1)."""
    ticket, now = world.report(), world.later(minutes=6)
    sweep.fire(now)
    if end == "resolve":
        resolve(ticket=ticket, actor=world.agent, now=now, **RESOLVED)
    else:
        at = world.later(minutes=3)
        record_progress(ticket=ticket, kind="first_contact", at=at, actor=world.agent, now=now)
    rank = ticket.clock_rank
    sweep.sweep(now)
    ticket.refresh_from_db()
    assert ticket.clock_rank == rank
    assert not Clock.objects.exclude(refold_at=None).exists()


def test_a_repair_is_not_dated_before_its_own_round(world: World) -> None:
    ticket = world.report(answered=True)
    resolve(ticket=ticket, actor=world.agent, now=world.later(minutes=10), **RESOLVED)
    reopen(ticket=ticket, reason="又坏了", actor=world.agent, now=world.later(minutes=20))
    with pytest.raises(InputError):
        resolve(ticket=ticket, at=world.later(minutes=15), actor=world.agent, now=world.later(minutes=30), **RESOLVED)
    ticket.refresh_from_db()
    assert ticket.state == "in_progress"


def test_reopening_comes_after_a_repair_that_was_dated_a_little_ahead(world: World) -> None:
    """A minute ahead is allowed; the new round must not begin before the old one ended."""
    ticket = world.report(answered=True)
    now = world.later(minutes=10)
    resolve(ticket=ticket, at=now + timedelta(seconds=50), actor=world.agent, now=now, **RESOLVED)
    reopen(ticket=ticket, reason="又坏了", actor=world.agent, now=now + timedelta(seconds=20))
    assert ticket.clocks.get(target="resolution", round=2).state == "running"
    assert list(differences(now + timedelta(seconds=20))) == []


def test_a_reopening_that_was_worked_on_is_not_taken_back(world: World) -> None:
    ticket = world.report(answered=True)
    resolve(ticket=ticket, actor=world.agent, now=world.later(minutes=10), **RESOLVED)
    reopen(ticket=ticket, reason="又坏了", actor=world.agent, now=world.later(minutes=20))
    set_state(ticket=ticket, state="waiting_parts", actor=world.agent, now=world.later(minutes=21))
    with pytest.raises(RuleError):
        undo(
            ticket=ticket,
            event=ticket.events.get(kind="reopened"),
            actor=world.duty_manager,
            now=world.later(minutes=22),
            reason="误操作",
        )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.round) == ("waiting_parts", 2)


def test_what_was_entered_a_little_ahead_of_time_stays_done(world: World) -> None:
    """A phone is half a minute ahead: what it entered has happened before what is entered next."""
    ticket, now = world.report(answered=True), world.later(minutes=10)
    ahead = now + timedelta(seconds=30)
    record_progress(ticket=ticket, kind="checked_in", at=ahead, actor=world.agent, now=now)
    assert ticket.clocks.get(target="on_site").state == "met"
    resolve(ticket=ticket, actor=world.agent, now=now + timedelta(seconds=10), **RESOLVED)
    assert ticket.clocks.get(target="on_site").state == "met"
