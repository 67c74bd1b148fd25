"""What would we owe: the clocks of a ticket that is reported now, and what else could start."""

from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.domain.case import render_instant, render_step
from contracts.domain.clock_state import ClockState
from contracts.domain.facts import Facts
from contracts.domain.promise_set import PromiseSet
from contracts.domain.replay import Replay, WaitingRow, replay, unannounced_years
from contracts.domain.timeline import PromiseEvent


def forecast(promise_set: PromiseSet, facts: Facts, reported_at: datetime) -> Replay:
    """The promises of a ticket at the instant of its report."""
    return replay(promise_set, facts, [PromiseEvent(reported_at, "reported")], reported_at)


def render_forecast(promise_set: PromiseSet, facts: Facts, reported_at: datetime) -> dict[str, object]:
    """The forecast as JSON: clocks with due instants, rows that wait for an event, years without known holidays."""
    zone = promise_set.vocabulary.zone
    answer = forecast(promise_set, facts, reported_at)
    return {
        "promise_set": promise_set.code,
        "at": render_instant(reported_at, zone),
        "clocks": [_render_clock(clock, zone) for clock in answer.clocks],
        "waiting": [_render_waiting(waiting) for waiting in answer.waiting],
        "unannounced_years": list(unannounced_years(promise_set, answer.clocks)),
    }


def _render_clock(clock: ClockState, zone: ZoneInfo) -> dict[str, object]:
    return {
        "target": clock.target,
        "due_at": render_instant(clock.due_at, zone),
        "row": clock.row,
        "reason": clock.reason,
        "calendar": clock.calendar,
        "budget": clock.budget,
        "steps": [render_step(step, zone) for step in clock.steps],
    }


def _render_waiting(waiting: WaitingRow) -> dict[str, object]:
    row = waiting.row
    return {
        "target": row.target.name,
        "starts_at": waiting.starts_at,
        "row": row.index,
        "reason": f"row {row.index}: {row.text}",
        "calendar": row.calendar.code,
        "budget": row.budget.text,
    }
