"""What we tell a customer about our promises: only those of the contract's set, in the customer's words.

Internal sets (scope house) never appear here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.domain.preview import Preview
from contracts.domain.promise_words import target_name
from contracts.domain.vocabulary import Target
from tickets.domain.clock import ClockView
from tickets.domain.promises import Bound
from tickets.enums import ClockState, State
from tickets.models import Ticket

CALL_WITHIN = timedelta(minutes=30)
AT_A_GLANCE = 4
PRESSING = ("late", "running", "paused")
STATE_WORDS = {
    State.NEW: gettext_lazy("We have it and are arranging who takes it"),
    State.ACCEPTED: gettext_lazy("Accepted"),
    State.IN_PROGRESS: gettext_lazy("We are working on it"),
    State.WAITING_CUSTOMER: gettext_lazy("Waiting for your answer"),
    State.WAITING_PARTS: gettext_lazy("Waiting for spare parts"),
    State.WAITING_VENDOR: gettext_lazy("Waiting for the maker's answer"),
    State.WAITING_OTHER: gettext_lazy("Waiting for the time to go on"),
    State.RESOLVED: gettext_lazy("Handled, please confirm"),
    State.CLOSED: gettext_lazy("Completed"),
    State.CANCELLED: gettext_lazy("Withdrawn"),
}


@dataclass(frozen=True)
class Line:
    """One promise: what we do (`doing`) by when. `state` is running, paused, late, met, missed or not_needed."""

    id: int | str
    target: str
    doing: str
    state: str
    due_at: datetime
    met_at: datetime | None = None
    level: str = ""
    resumes_at: datetime | None = None
    paused_at: datetime | None = None
    over_seconds: int | None = None
    next_change_at: datetime | None = None

    @property
    def overdue(self) -> dict[str, object]:
        """As the counting tag of the pages takes a late clock."""
        return {"state": str(ClockState.BREACHED), "due_at": self.due_at}


@dataclass(frozen=True)
class Promise:
    """All promises of a case, the pressing ones first, and what the card says. `kind` is late, paused, off_hours,
    running, met, none or, for a case that is over, its state. `call_by`: until when the duty manager calls about a
    late promise, None once that has passed. `words` say what state the case is in.
    """

    kind: str
    words: str
    lines: tuple[Line, ...]
    call_by: datetime | None = None

    @property
    def first(self) -> Line | None:
        """The promise that the card is about."""
        return self.lines[0] if self.lines and self.lines[0].state in PRESSING else None

    @property
    def targets(self) -> frozenset[str]:
        """What the contract promises here."""
        return frozenset(line.target for line in self.lines)

    @property
    def look(self) -> tuple[object, ...]:
        """Differs whenever the card would be drawn differently."""
        return (self.kind, self.call_by, *((line.id, line.state, line.level, line.due_at) for line in self.lines))

    @property
    def shown(self) -> tuple[Line, ...]:
        return self.lines[:AT_A_GLANCE]

    @property
    def more(self) -> tuple[Line, ...]:
        return self.lines[AT_A_GLANCE:]


def promise_of(ticket: Ticket, views: Iterable[ClockView], bound: Bound, now: datetime) -> Promise:
    """What is told about a ticket whose clocks show as `views` at `now`."""
    contract = bound.contract
    told = [view for view in views if contract and view.set_code == contract.code and not view.about]
    lines = tuple(sorted((_line(view, view.due_at) for view in told if view.due_at), key=_pressing))
    words = str(STATE_WORDS[State(ticket.state)])
    if not ticket.is_open:
        return Promise(str(ticket.state), words, lines)
    first = lines[0] if lines and lines[0].state in PRESSING else None
    if first is None:
        return Promise("met" if lines else "none", words, lines)
    if first.state == "late":
        call_by = first.due_at + CALL_WITHIN
        return Promise("late", words, lines, call_by if now < call_by else None)
    return Promise("off_hours" if first.level == "off_hours" else first.state, words, lines)


def forecast_of(promised: Preview) -> list[Line]:
    """What we would promise, the nearest first, as `promise_of` tells it once the ticket is recorded."""
    dues = [due for due in promised.due if due.promise_set.scope == "contract"]
    lines = [
        Line(
            due.target.name,
            due.target.name,
            doing=doing(due.target.name, due.target),
            state="running",
            due_at=due.due_at,
        )
        for due in dues
    ]
    return sorted(lines, key=lambda line: line.due_at)


def doing(name: str, target: Target | None = None, fallback: str = "") -> str:
    """A target as something that we do: "be on site", to stand behind "we promise, by 21:16"."""
    words = {
        "first_contact": _("contact you"),
        "response": _("answer you"),
        "remote": _("begin remote support"),
        "plan": _("give you a plan"),
        "on_site": _("be on site"),
        "resolution": _("have it repaired"),
        "visit_arranged": _("arrange the visit with you"),
        "loaner": _("supply a spare unit, if it is not repaired by then"),
    }
    return words.get(name) or _("complete: %(target)s") % {"target": target_name(target) if target else fallback}


_STATES = {
    ClockState.BREACHED: "late",
    ClockState.MET_LATE: "missed",
}


def _pressing(line: Line) -> tuple[int, datetime]:
    return (PRESSING.index(line.state) if line.state in PRESSING else len(PRESSING), line.due_at)


def _line(view: ClockView, due_at: datetime) -> Line:
    state = ClockState(view.state)
    return Line(
        id=view.id,
        target=view.target,
        doing=doing(view.target, fallback=view.target_name),
        state=_STATES.get(state, str(state)),
        due_at=due_at,
        met_at=view.met_at,
        level=view.level,
        resumes_at=view.resumes_at,
        paused_at=view.paused_at,
        over_seconds=view.over_seconds,
        next_change_at=view.next_change_at,
    )
