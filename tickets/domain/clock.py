"""What a clock shows at an instant (decisions 6): words and numbers for chip, card and API, from the stored row.

The stored row is as of the last fold; a clock whose due instant has passed since is shown as overdue at once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from contracts.domain.promise_set import PromiseSet, Row
from contracts.domain.promise_words import goal_of, target_name
from contracts.domain.replay import WaitingRow
from contracts.domain.vocabulary import Target
from core import formats
from core.language import is_chinese, language_code
from core.worktime import WorkCalendar
from tickets.domain.critical import calendar_of, margin_of
from tickets.domain.folded import UNMET_STATES, rank_of, replays
from tickets.domain.promises import Bound, bound_of
from tickets.enums import ClockState, PauseReason
from tickets.models import Clock, Ticket
from tickets.queries.clock import bindings_of, clocks_of

SOON_SHARE = 0.25


@dataclass(frozen=True)
class ClockView:
    """One clock as screens and API show it. Seconds are wall clock, but `held_seconds`, `service_seconds` and
    `fraction` count the calendar's open time. `level` is set while running: normal, soon, critical, off_hours."""

    id: int | str
    target: str
    target_name: str
    target_short: str
    state: str
    set_code: str
    set_name: str
    round: int = 1
    about: str = ""
    level: str = ""
    goal: str = ""
    calendar_name: str = ""
    started_at: datetime | None = None
    due_at: datetime | None = None
    computed_due_at: datetime | None = None
    agreed_due: datetime | None = None
    met_at: datetime | None = None
    breached_at: datetime | None = None
    remaining_seconds: int | None = None
    over_seconds: int | None = None
    held_seconds: int | None = None
    service_seconds: int | None = None
    used_seconds: int | None = None
    fraction: float = 0.0
    paused_at: datetime | None = None
    pause_reason_label: str = ""
    resumes_at: datetime | None = None
    next_change_at: datetime | None = None
    starts_on: str = ""
    tooltip: str = ""
    breach_reason: str = ""


NO_PROMISE = ClockView(id="none", target="", target_name="", target_short="", state="none", set_code="", set_name="")


def nearest_views(tickets: Collection[Ticket], now: datetime) -> dict[int, ClockView]:
    """The chip of each ticket: its nearest unmet clock, else the one met last, else none. Two statements."""
    clocks, bindings = clocks_of(tickets), bindings_of(tickets)
    return {ticket.pk: _nearest(ticket, clocks[ticket.pk], bound_of(bindings[ticket.pk]), now) for ticket in tickets}


def views_of(ticket: Ticket, bound: Bound, now: datetime, read: list[Clock] | None = None) -> list[ClockView]:
    """All clocks of the present round, the nearest first: unmet ones by urgency, then the closed ones. One statement,
    none where the ticket's clocks were `read` already.
    """
    known = clocks_of([ticket])[ticket.pk] if read is None else read
    clocks = [clock for clock in known if is_present(clock, ticket, bound)]
    return [view_of(clock, bound, now) for clock in sorted(clocks, key=_urgency)]


def past_views(ticket: Ticket, bound: Bound, now: datetime, read: list[Clock] | None = None) -> list[ClockView]:
    """The record of earlier rounds, the latest round first. Statements as `views_of`."""
    known = clocks_of([ticket])[ticket.pk] if read is None else read
    clocks = [clock for clock in known if not is_present(clock, ticket, bound)]
    return [view_of(clock, bound, now) for clock in sorted(clocks, key=lambda clock: (-clock.round, clock.due_at))]


def is_present(clock: Clock, ticket: Ticket, bound: Bound) -> bool:
    promise_set = bound.wording_of(clock)
    return clock.round == ticket.round or not promise_set.rounds


def view_of(clock: Clock, bound: Bound, now: datetime) -> ClockView:
    """One stored clock as it shows at `now`."""
    promise_set = bound.wording_of(clock)
    row = row_of(promise_set, clock)
    calendar = calendar_of(row, clock.agreed)
    target = promise_set.vocabulary.targets[clock.target]
    state = _live_state(clock, now)
    budget = clock.budget_seconds or max(1, int((clock.due_at - clock.started_at).total_seconds()))
    facts = _common(clock, target, promise_set, row, state)
    if state == ClockState.RUNNING:
        facts |= _running(clock, calendar, budget, now)
    elif state == ClockState.PAUSED:
        facts |= _paused(clock, budget)
    elif state == ClockState.BREACHED:
        facts |= {"over_seconds": _seconds(now - clock.due_at), "fraction": 1.0}
    elif state == ClockState.MET_LATE and clock.met_at:
        facts |= {"over_seconds": _seconds(clock.met_at - clock.due_at), "fraction": 1.0}
    else:
        facts |= {"fraction": min(1.0, clock.used_seconds / budget)}
    return ClockView(**facts, tooltip=_tooltip(facts))


def _nearest(ticket: Ticket, clocks: list[Clock], bound: Bound, now: datetime) -> ClockView:
    present = [clock for clock in clocks if is_present(clock, ticket, bound)]
    unmet = [clock for clock in present if clock.state in UNMET_STATES] if ticket.is_open else []
    if unmet:
        return view_of(min(unmet, key=_urgency), bound, now)
    met = [clock for clock in present if clock.met_at]
    return view_of(max(met, key=lambda clock: (clock.met_at, clock.pk)), bound, now) if met else NO_PROMISE


def _urgency(clock: Clock) -> tuple[bool, int, datetime]:
    unmet = clock.state in UNMET_STATES
    return (not unmet, rank_of(clock.state) if unmet else 0, clock.due_at)


def _live_state(clock: Clock, now: datetime) -> str:
    passed = clock.state == ClockState.RUNNING and clock.due_at < now
    return str(ClockState.BREACHED) if passed else clock.state


def row_of(promise_set: PromiseSet, clock: Clock) -> Row | None:
    return next((row for row in promise_set.rows if row.index == clock.row), None)


def _common(clock: Clock, target: Target, promise_set: PromiseSet, row: Row | None, state: str) -> dict[str, Any]:
    chinese = is_chinese()
    set_name = promise_set.name if chinese else promise_set.name_en
    return {
        "id": clock.pk,
        "target": clock.target,
        "target_name": target_name(target),
        "target_short": target.short if chinese else target.en,
        "state": state,
        "set_code": clock.set_code,
        "set_name": set_name,
        "round": clock.round,
        "about": clock.about,
        "goal": goal_of(row) if row and not clock.agreed else _("agreed date") if clock.agreed else "",
        "calendar_name": row.calendar.name if row else "",
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "computed_due_at": clock.computed_due_at,
        "agreed_due": clock.due_at if clock.agreed else None,
        "met_at": clock.met_at,
        "breached_at": clock.breached_at,
        "used_seconds": clock.used_seconds,
        "breach_reason": clock.breach_reason,
    }


def _running(clock: Clock, calendar: WorkCalendar, budget: int, now: datetime) -> dict[str, Any]:
    left = int(calendar.elapsed(now, clock.due_at))
    critical = margin_of(budget)
    soon = max(SOON_SHARE * budget, critical)
    is_open = calendar.is_open(now)
    level = "critical" if left <= critical else "soon" if left <= soon else "normal"
    return {
        "level": level if is_open else "off_hours",
        "remaining_seconds": _seconds(clock.due_at - now),
        "service_seconds": left,
        "used_seconds": max(0, budget - left),
        "fraction": min(1.0, max(0.0, 1 - left / budget)),
        "resumes_at": None if is_open else calendar.next_opening(now),
        "next_change_at": _next_change(calendar, clock.due_at, left, (soon, critical), now, is_open),
    }


def _tooltip(view: dict[str, Any]) -> str:
    """What the chip says on hover: service time left, calendar, promise."""
    parts = [_("Promise: %(name)s") % {"name": view["set_name"]}]
    if view["calendar_name"]:
        parts.insert(0, _("Calendar %(name)s") % {"name": view["calendar_name"]})
    if "service_seconds" in view:
        left = formats.duration(view["service_seconds"], language_code())
        parts.insert(0, _("%(left)s of service time left") % {"left": left})
    return " · ".join(parts)


def _next_change(
    calendar: WorkCalendar, due_at: datetime, left: int, marks: Iterable[float], now: datetime, is_open: bool
) -> datetime:
    """When the chip will have to change: at the next mark, at the opening, else at the due instant."""
    if not is_open:
        return calendar.next_opening(now)
    ahead = [calendar.add(now, left - mark) for mark in marks if left > mark]
    return min(ahead, default=due_at)


def _paused(clock: Clock, budget: int) -> dict[str, Any]:
    labels: dict[str, Any] = dict(PauseReason.choices)
    return {
        "held_seconds": max(0, budget - clock.used_seconds),
        "fraction": min(1.0, clock.used_seconds / budget),
        "paused_at": clock.paused_since,
        "pause_reason_label": str(labels.get(clock.pause_reason, clock.pause_reason)),
    }


def _seconds(span: timedelta) -> int:
    return max(0, int(span.total_seconds()))


def waiting_views(ticket: Ticket, bound: Bound, now: datetime) -> list[ClockView]:
    """Promises that are not armed yet: what they are and which event starts them. One statement."""
    events = list(ticket.events.order_by("seq"))
    return [
        _waiting_view(waiting, promise_set, bound)
        for promise_set, about, answer in replays(bound, events, now)
        if not about and promise_set.rounds
        for waiting in answer.waiting
    ]


def _waiting_view(waiting: WaitingRow, promise_set: PromiseSet, bound: Bound) -> ClockView:
    chinese = is_chinese()
    target = waiting.row.target
    return ClockView(
        id=f"{promise_set.code}-{waiting.row.index}",
        target=target.name,
        target_name=target_name(target),
        target_short=target.short if chinese else target.en,
        state="waiting",
        set_code=promise_set.code,
        set_name=promise_set.name if chinese else promise_set.name_en,
        goal=goal_of(waiting.row),
        calendar_name=waiting.row.calendar.name,
        starts_on=bound.event_name(waiting.starts_at),
    )
