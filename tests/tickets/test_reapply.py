"""New versions for tickets that are open already: which clocks would move, then moved, audited, once (rule 12)."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.domain import calendar_version, holiday, promise_version
from contracts.domain import contract as contracts
from contracts.enums import DayKind
from contracts.models import CalendarVersion, PromiseVersion
from contracts.queries.promise_version import newest_calendars
from core.errors import Denied, InputError, RuleError
from core.models import Audit, Outbox
from customers.domain import asset as assets
from customers.models import Asset
from tests.invariants import ALWAYS, offending
from tests.world import Place, World, make_place
from tickets.domain import reapply, sweep
from tickets.domain.agreement import agree_date
from tickets.domain.message import reply
from tickets.domain.promises import promises_of
from tickets.domain.resolution import reopen, resolve
from tickets.domain.ticket import Changes, change
from tickets.domain.undo import undo
from tickets.domain.verify import differences
from tickets.domain.waiting import set_state
from tickets.models import Clock, Escalation, Reapplication, Ticket
from tickets.queries.reapply import Standing, count_standing


def version_of(code: str) -> PromiseVersion:
    return PromiseVersion.objects.filter(promise_set__code=code).latest("number")


def published(world: World, code: str = "HW12", **budgets: str) -> dict[int, int]:
    """The next version of a set with other budgets; {old: new}."""
    old = version_of(code)
    stored = json.loads(old.document)
    for row in stored["set"]["rows"]:
        row["budget"] = budgets.get(row["target"], row["budget"])
    new = promise_version.publish(
        code=code, document=stored["set"], effective_from=world.now, actor=None, now=world.now
    )
    return {old.pk: new.pk}


def hours(world: World, windows: list[str], code: str = "office_cn") -> dict[int, int]:
    """A new version of a calendar with other hours; {old: new}."""
    old = CalendarVersion.objects.filter(calendar__code=code).latest("number")
    document = {**json.loads(old.document)["calendar"], "hours": {"mon-fri": windows}}
    return {old.pk: calendar_version.publish(code=code, document=document, actor=None, now=world.now).pk}


def ordered(world: World, promises: Any = (), calendars: Any = (), **more: Any) -> Reapplication:
    given = {"promises": dict(promises), "calendars": dict(calendars), "reason": "合同补充", "actor": world.admin}
    return reapply.start(**given | {"now": world.now} | more)


def finished(order: Reapplication, now: datetime) -> Reapplication:
    for _ in range(20):
        reapply.drain(now)
        order.refresh_from_db()
        if order.state != "running":
            return order
    raise AssertionError("not done")


def clock(ticket: Ticket, target: str) -> Clock:
    return Clock.objects.get(ticket=ticket, target=target, round=ticket.round)


def sound(now: datetime) -> None:
    assert list(differences(now)) == []
    assert offending(now, names=ALWAYS) == {}


def test_a_new_wording_moves_open_clocks_and_leaves_closed_ones(world: World) -> None:
    ticket = world.report()
    reply(ticket=ticket, body="您好", actor=world.agent, now=world.later(minutes=3))
    promises = published(world, first_contact="1m", on_site="4h", resolution="48h")
    moves = reapply.preview(promises, {}, world.later(minutes=10))
    assert [(one.target, one.old_due, one.new_due) for one in moves.rows] == [
        ("on_site", world.later(hours=12), world.later(hours=4)),
        ("resolution", world.later(hours=24), world.later(hours=48)),
    ]
    assert (moves.tickets, moves.examined, moves.moved, moves.clocks, moves.earlier, moves.late) == (1, 1, 1, 2, 1, 0)
    order = finished(ordered(world, promises, now=world.later(minutes=10)), world.later(minutes=10))
    assert (order.state, order.total, order.done, order.changed, order.moved) == ("done", 1, 1, 1, 2)
    assert clock(ticket, "on_site").due_at == world.later(hours=4)
    assert clock(ticket, "resolution").due_at == world.later(hours=48)
    met = clock(ticket, "first_contact")
    assert (met.state, met.due_at) == ("met", world.later(minutes=5))
    assert (met.promise_version_id, clock(ticket, "on_site").promise_version_id) == (*promises, *promises.values())
    sound(world.later(minutes=10))
    assert [(row.ticket, row.target) for row in order.moves.order_by("target")] == [
        (ticket, "on_site"),
        (ticket, "resolution"),
    ]


def test_the_preview_writes_nothing(world: World) -> None:
    ticket = world.report()
    promises = published(world, on_site="4h")
    before = (ticket.version, ticket.events.count(), Audit.objects.count(), clock(ticket, "on_site").due_at)
    reapply.preview(promises, {}, world.later(minutes=1))
    ticket.refresh_from_db()
    assert before == (ticket.version, ticket.events.count(), Audit.objects.count(), clock(ticket, "on_site").due_at)


def test_an_earlier_due_instant_is_told_to_the_assignee(world: World) -> None:
    ticket = world.report(assignee=world.engineer)
    finished(ordered(world, published(world, on_site="4h", resolution="48h")), world.now)
    assert [row.payload["clock"] for row in Outbox.objects.filter(kind="ticket.moved")] == [clock(ticket, "on_site").pk]


def test_a_new_due_instant_in_the_past_is_a_breach_at_that_instant_and_fires_the_highest_step(world: World) -> None:
    ticket = world.report()
    promises = published(world, on_site="2h")
    now = world.later(hours=5)
    sweep.sweep(now)
    assert reapply.preview(promises, {}, now).late == 1
    finished(ordered(world, promises, now=now), now)
    late = clock(ticket, "on_site")
    assert (late.state, late.breached_at) == ("breached", world.later(hours=2))
    sweep.sweep(now)
    steps = Escalation.objects.filter(clock=late)
    assert [(one.step, one.skipped) for one in steps] == [("+50%", ["50%", "80%", "100%", "+25%"])]
    ticket.refresh_from_db()
    assert ticket.clock_rank == 0
    sound(now)


def test_pauses_and_agreed_dates_stay(world: World) -> None:
    ticket = world.report()
    set_state(ticket=ticket, state="waiting_customer", actor=world.agent, now=world.later(hours=1))
    set_state(ticket=ticket, state="in_progress", actor=world.agent, now=world.later(hours=3))
    due = world.later(hours=30)
    agree_date(
        ticket=ticket, target="resolution", due=due, note="电话", actor=world.duty_manager, now=world.later(hours=3)
    )
    now = world.later(hours=4)
    finished(ordered(world, published(world, on_site="6h", resolution="8h"), now=now), now)
    assert clock(ticket, "on_site").due_at == world.later(hours=8)
    agreed = clock(ticket, "resolution")
    assert (agreed.due_at, agreed.computed_due_at, agreed.agreed) == (due, world.later(hours=10), True)
    sound(now)


def test_a_calendar_moves_the_clocks_that_count_by_it(world: World) -> None:
    place = make_place("C", "HB2D", world.now)
    ticket = world.report(place)
    world.report()
    calendars = hours(world, ["10:00-16:00"])
    moves = reapply.preview({}, calendars, world.now)
    assert (moves.tickets, moves.clocks) == (2, 1)
    assert [(one.target, one.new_due) for one in moves.rows] == [("resolution", world.later(days=3 - 1, hours=6))]
    finished(ordered(world, (), calendars), world.now)
    assert clock(ticket, "resolution").calendar_version_id == next(iter(calendars.values()))
    sound(world.now)


def test_holidays_of_a_new_year_move_what_reaches_into_it(world: World) -> None:
    """Rule 12: announced, published, open clocks computed anew as an audited act."""
    place = make_place("C", "HB2D", world.now)
    year_end = datetime(2026, 12, 31, 8, 30, tzinfo=UTC)
    ticket = world.report(place, now=year_end)
    assert clock(ticket, "resolution").due_at == datetime(2027, 1, 4, 8, 30, tzinfo=UTC)
    for day in (1, 2, 3, 4):
        holiday.set_holiday(day=date(2027, 1, day), kind=DayKind.OFF, actor=world.admin, now=year_end)
    before = newest_calendars()
    moves = reapply.preview_calendars(
        {
            row.calendar.code: json.loads(row.document)["calendar"]
            for row in CalendarVersion.objects.filter(pk__in=before.values()).select_related("calendar")
        },
        year_end,
    )
    assert [(one.target, one.new_due) for one in moves.rows] == [
        ("response", datetime(2027, 1, 5, 3, 30, tzinfo=UTC)),
        ("resolution", datetime(2027, 1, 6, 8, 30, tzinfo=UTC)),
    ]
    made = calendar_version.publish_special_days(actor=world.admin, now=year_end)
    finished(ordered(world, (), {before[one.calendar.code]: one.pk for one in made}, now=year_end), year_end)
    assert clock(ticket, "resolution").due_at == datetime(2027, 1, 6, 8, 30, tzinfo=UTC)
    sound(year_end)


def test_a_second_run_changes_nothing(world: World) -> None:
    ticket = world.report()
    promises = published(world, on_site="4h")
    finished(ordered(world, promises), world.now)
    ticket.refresh_from_db()
    before = (ticket.version, ticket.events.count())
    order = finished(ordered(world, promises), world.now)
    ticket.refresh_from_db()
    assert (order.total, order.changed, order.moved) == (0, 0, 0)
    assert (ticket.version, ticket.events.count()) == before


def test_there_and_back_again(world: World) -> None:
    ticket = world.report()
    promises = published(world, on_site="4h", first_contact="10m")
    finished(ordered(world, promises), world.now)
    back = {new: old for old, new in promises.items()}
    finished(ordered(world, back, now=world.later(minutes=1)), world.later(minutes=1))
    assert clock(ticket, "on_site").due_at == world.later(hours=12)
    assert count_standing(Standing(promises=list(promises))) == 1
    assert count_standing(Standing(promises=list(back))) == 0
    sound(world.later(minutes=1))


def test_it_stops_between_batches_and_what_is_done_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reapply, "BATCH", 2)
    for _ in range(5):
        world.report()
    order = ordered(world, published(world, on_site="4h"))
    assert reapply.drain(world.now) == 2
    reapply.cancel(reapplication=order, actor=world.admin, now=world.now)
    assert reapply.drain(world.now) == 0
    order.refresh_from_db()
    assert (order.state, order.done, order.changed) == ("cancelled", 2, 2)
    dues = list(Clock.objects.filter(target="on_site").order_by("ticket").values_list("due_at", flat=True))
    assert dues == [world.later(hours=4)] * 2 + [world.later(hours=12)] * 3
    sound(world.now)
    with pytest.raises(RuleError) as refused:
        reapply.cancel(reapplication=order, actor=world.admin, now=world.now)
    assert refused.value.code == "ended"


def test_a_worker_that_dies_loses_the_order_after_its_lease(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        world.report()
    order = ordered(world, published(world, on_site="4h"))
    with monkeypatch.context() as dying:
        dying.setattr(reapply, "_give_back", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            reapply.drain(world.now)
    assert reapply.drain(world.later(seconds=30)) == 0
    order = finished(order, world.later(seconds=61))
    assert (order.state, order.changed) == ("done", 2)
    assert [one.events.filter(kind="promise_changed").count() for one in Ticket.objects.all()] == [1, 1]


def test_a_ticket_that_fails_is_named_and_holds_up_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = world.report(), world.report()
    real = reapply.moves_of

    def fails(events: list[Any], *rest: Any) -> Any:
        if events[0].ticket_id == bad.pk:
            raise ValueError("broken")
        return real(events, *rest)

    monkeypatch.setattr(reapply, "moves_of", fails)
    order = finished(ordered(world, published(world, on_site="4h")), world.now)
    assert (order.failed, order.done, order.changed) == ([bad.number], 2, 1)
    assert [clock(one, "on_site").due_at for one in (bad, good)] == [world.later(hours=12), world.later(hours=4)]


def test_resolved_tickets_are_left_and_reopened_ones_keep_their_wording(world: World) -> None:
    ticket = world.report()
    resolve(
        ticket=ticket,
        solution="已修",
        cause="hardware",
        actor=world.agent,
        now=world.later(minutes=4),
        breach_reasons={},
    )
    order = finished(ordered(world, published(world, on_site="4h"), now=world.later(minutes=5)), world.later(minutes=5))
    assert (order.total, order.changed) == (0, 0)
    reopen(ticket=ticket, reason="又坏了", actor=world.agent, now=world.later(hours=1))
    assert clock(ticket, "on_site").due_at == world.later(hours=13)


def test_it_cannot_be_undone_as_a_mistake(world: World) -> None:
    ticket = world.report()
    finished(ordered(world, published(world, on_site="4h")), world.now)
    with pytest.raises(RuleError) as refused:
        undo(ticket=ticket, event=ticket.events.last(), actor=world.duty_manager, now=world.now, reason="误")
    assert refused.value.code == "not_undoable"


@pytest.mark.parametrize("who", ["agent", "duty_manager", "manager", "engineer"])
def test_a3_only_administrators_order_it(world: World, who: str) -> None:
    world.report()
    promises = published(world, on_site="4h")
    with pytest.raises(Denied):
        ordered(world, promises, actor=getattr(world, who))
    assert Reapplication.objects.count() == 0


def test_orders_that_make_no_sense_are_refused(world: World) -> None:
    promises = published(world, on_site="4h")
    other = version_of("L4").pk
    coming = promise_version.publish(
        code="HW12",
        document=json.loads(version_of("HW12").document)["set"] | {"name": "以后"},
        effective_from=world.later(days=3),
        actor=None,
        now=world.now,
    )
    cases: list[tuple[dict[int, int], dict[int, int], str]] = [
        ({}, {}, "nothing"),
        ({next(iter(promises)): other}, {}, "other_set"),
        ({next(iter(promises)): 10**9}, {}, "other_set"),
        ({other: other}, {}, "other_set"),
        ({}, {1: 10**9}, "other_set"),
        ({next(iter(promises)): coming.pk}, {}, "not_in_force"),
    ]
    for wanted, calendars, code in cases:
        with pytest.raises(RuleError) as refused:
            ordered(world, wanted, calendars)
        assert refused.value.code == code
    with pytest.raises(InputError):
        ordered(world, promises, reason="  ")
    ordered(world, promises)
    with pytest.raises(RuleError) as refused:
        ordered(world, promises)
    assert refused.value.code == "running"
    assert Reapplication.objects.count() == 1


def test_who_ordered_what_and_why_is_on_record(world: World) -> None:
    ticket = world.report()
    order = finished(ordered(world, published(world, on_site="4h")), world.now)
    started = Audit.objects.get(action="reapplication.start")
    assert (started.actor, started.changes["reason"], started.changes["tickets"]) == (world.admin, "合同补充", 1)
    event = ticket.events.get(kind="promise_changed")
    assert (event.actor, event.source, event.data["note"]) == (world.admin, "system", "合同补充")
    assert Audit.objects.filter(action="ticket.reapply", subject=f"tickets.ticket:{ticket.number}").count() == 1
    assert order.started_by == world.admin


def test_a_draft_is_previewed_without_being_published(world: World) -> None:
    world.report()
    document = json.loads(version_of("HW12").document)["set"]
    document["rows"] = [row for row in document["rows"] if row["target"] != "plan"]
    count = PromiseVersion.objects.count()
    moves = reapply.preview_document("HW12", document, world.later(minutes=1))
    assert [(one.target, one.new_due, one.new_state) for one in moves.rows] == [("plan", None, "withdrawn")]
    assert PromiseVersion.objects.count() == count
    with pytest.raises(InputError):
        reapply.preview_document("HW12", {"name": "x"}, world.now)


def test_many_tickets_are_sampled_and_it_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reapply, "EXAMINED", 3)
    monkeypatch.setattr(reapply, "LISTED", 2)
    for _ in range(5):
        world.report()
    moves = reapply.preview(published(world, on_site="4h"), {}, world.now)
    assert (moves.tickets, moves.examined, moves.clocks, len(moves.rows), moves.is_sample) == (5, 3, 3, 2, True)


@pytest.mark.parametrize("count", [5, 25])
def test_the_preview_costs_the_same_statements(world: World, count: int, django_assert_max_num_queries: Any) -> None:
    for _ in range(count):
        world.report()
    promises = published(world, on_site="4h")
    reapply.preview(promises, {}, world.now)
    with django_assert_max_num_queries(12):
        reapply.preview(promises, {}, world.now)


def test_a_device_under_another_set_takes_the_clocks_along(world: World) -> None:
    """ADR 8, replaced: from HW12 to HB2D. What was met keeps its record under the old set."""
    other = make_place("C", "HB2D", world.now)
    ticket = world.report()
    reply(ticket=ticket, body="您好", actor=world.agent, now=world.later(minutes=3))
    moved = device_under(world, other)
    change(ticket=ticket, changes=Changes(asset=moved), actor=world.agent, now=world.later(minutes=30))
    states = {(one.set_code, one.target): one.state for one in ticket.clocks.exclude(state="withdrawn")}
    assert states[("HW12", "first_contact")] == "met"
    assert states[("HB2D", "response")] == "met"
    assert states[("HB2D", "resolution")] == "running"
    assert ("HW12", "on_site") not in states
    assert promises_of(ticket).contract.code == "HB2D"
    sound(world.later(minutes=30))
    sweep.sweep(world.later(days=5))
    sound(world.later(days=5))


def device_under(world: World, other: Place) -> Asset:
    """Another device of customer A, under a contract line of its own with the promise set of another customer."""
    product, contract, promise_set = other.asset.product, world.a.line.contract, other.line.promise_set
    device = assets.create(site=world.a.site, product=product, name="服务器", serial="SN-X", actor=None, now=world.now)
    contracts.add_line(contract=contract, promise_set=promise_set, asset=device, actor=None, now=world.now)
    return device
