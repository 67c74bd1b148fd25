"""The way of a case as a line of few steps, in the customer's words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tickets.enums import EventKind, State
from tickets.models import Event, Ticket

ACCEPTED = frozenset({"assigned", "responded", "first_contact", "plan_sent", "remote_started", "checked_in"})
WORKED = frozenset({"remote_started", "checked_in", "plan_sent"})
# What the line and the thread are made of: nothing else of the log is read for a customer.
KINDS = frozenset(
    {"reported", "reopened", "message", "attached", "visit_scheduled", "resolved", "closed", "cancelled"} | ACCEPTED
)


@dataclass(frozen=True)
class Step:
    """`state` is done, now or todo."""

    label: str
    icon: str
    at: datetime | None = None
    state: str = "todo"


def track(ticket: Ticket, events: Sequence[Event], expected: frozenset[str]) -> list[Step]:
    """The steps of the present round. Plan and visit have a step where the contract promises them (`expected` names
    targets) or they happened.
    """
    present = _present_round(events)
    if ticket.state == State.CANCELLED:
        return [*_done(_begun(present)), Step(_("Withdrawn"), "circle-x", ticket.closed_at, "done")]
    steps = [*_begun(present), *_plan(present, expected), *_visit(present, expected), *_ends(ticket, present)]
    return _with_states(steps)


def _begun(present: Sequence[Event]) -> list[Step]:
    again = bool(present) and present[0].kind == EventKind.REOPENED
    return [
        Step(_("Reported again") if again else _("Reported"), "send", present[0].at if present else None),
        _step(_("Accepted"), _("Acceptance"), "user-check", _first(present, ACCEPTED)),
    ]


def _plan(present: Sequence[Event], expected: frozenset[str]) -> list[Step]:
    at = _first(present, frozenset({"plan_sent"}))
    step = _step(_("Plan given"), _("A plan for the repair"), "clipboard-list", at)
    return [step] if at or "plan" in expected else []


def _visit(present: Sequence[Event], expected: frozenset[str]) -> list[Step]:
    arranged = _first(present, frozenset({"visit_scheduled"}))
    arrived = _first(present, frozenset({"checked_in"}))
    if not (arrived or arranged or "on_site" in expected):
        return []
    ahead = _("Visit arranged, engineer on the way at the agreed time") if arranged else _("Engineer arrives")
    return [_step(_("Engineer on site"), ahead, "truck", arrived)]


def _ends(ticket: Ticket, present: Sequence[Event]) -> list[Step]:
    resolved = ticket.resolved_at if ticket.state in (State.RESOLVED, State.CLOSED) else None
    closed = ticket.closed_at if ticket.state == State.CLOSED else None
    return [
        _step(_("Handled and tried out"), _("Handling and trial run"), "tool", resolved),
        _step(_("Confirmed"), _("Your confirmation and rating"), "checks", closed),
    ]


def _step(done: str, ahead: str, icon: str, at: datetime | None) -> Step:
    """A step in the words of what has happened or of what is to come."""
    return Step(done if at else ahead, icon, at)


def _with_states(steps: Sequence[Step]) -> list[Step]:
    """Done up to the last step that happened, the next one is now."""
    last = max((place for place, step in enumerate(steps) if step.at), default=-1)
    states = ["done" if place <= last else "now" if place == last + 1 else "todo" for place in range(len(steps))]
    told = zip(steps, states, strict=True)
    return [Step(step.label, step.icon, step.at, state) for step, state in told if step.at or state != "done"]


def _done(steps: Sequence[Step]) -> list[Step]:
    return [Step(step.label, step.icon, step.at, "done") for step in steps if step.at]


def _present_round(events: Sequence[Event]) -> list[Event]:
    starts = [place for place, event in enumerate(events) if event.kind in (EventKind.REPORTED, EventKind.REOPENED)]
    return list(events[starts[-1] :]) if starts else list(events)


def _first(events: Sequence[Event], kinds: frozenset[str]) -> datetime | None:
    return next((event.at for event in events if event.kind in kinds and _counts(event)), None)


def _counts(event: Event) -> bool:
    """An assignment to nobody is none."""
    return event.kind != EventKind.ASSIGNED or bool(event.data.get("to"))
