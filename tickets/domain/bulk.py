"""The acts on many tickets at once: each ticket by the act of its own, in a transaction of its own.

What cannot be done to one ticket is told with its number and stops nothing else. Call these outside of any transaction;
`tick` tells the time of each act. The caller hands over visible tickets only.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Denied, RuleError
from core.permissions import require
from tickets.domain import assignment, resolution, waiting
from tickets.domain import ticket as facts
from tickets.domain.undo import WINDOW, undo
from tickets.enums import Kind, Severity
from tickets.models import Event, Ticket
from tickets.queries.page import late_clocks

MOST = 200
"""Tickets of one bulk act: what a request can do in some seconds."""

Tick = Callable[[], datetime]
One = Callable[[Ticket, int | None, datetime], object]


@dataclass(frozen=True)
class Pick:
    """A visible ticket, and its version as the person saw it (None: not seen, as where all of a list are meant)."""

    ticket: Ticket
    version: int | None = None


@dataclass
class Report:
    """What became of a bulk act. `done` counts the tickets, `events` names the act of each that changed, by ticket id
    and number of the event; `refused` are pairs of number and reason; `ended_at` is an epoch second.
    """

    done: int = 0
    refused: list[list[str]] = field(default_factory=list)
    events: list[list[int]] = field(default_factory=list)
    began_at: float = 0
    ended_at: float = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def assign(*, picks: Sequence[Pick], assignee: User | None, actor: Any, tick: Tick) -> Report:
    """Give the tickets to one member of staff, or to nobody."""

    def one(ticket: Ticket, version: int | None, now: datetime) -> object:
        require(actor, "tickets.assign_ticket", ticket)
        return assignment.assign(ticket=ticket, assignee=assignee, actor=actor, now=now, version=version)

    return _each(picks, one, actor, tick)


def set_state(*, picks: Sequence[Pick], state: str, note: str, actor: Any, tick: Tick) -> Report:
    """Move the tickets to one working state (in progress, waiting …); `resolve` is the way to the end."""

    def one(ticket: Ticket, version: int | None, now: datetime) -> object:
        require(actor, "tickets.set_state_ticket", ticket)
        return waiting.set_state(ticket=ticket, state=state, note=note, actor=actor, now=now, version=version)

    return _each(picks, one, actor, tick)


def resolve(*, picks: Sequence[Pick], solution: str, cause: str, breach_reason: str, actor: Any, tick: Tick) -> Report:
    """Resolve the tickets with one solution, but those of level 1 and 2 and complaints, which deserve their own.

    `breach_reason` stands for every promise that was missed; a ticket with a missed one is refused without it.
    """

    def one(ticket: Ticket, version: int | None, now: datetime) -> object:
        require(actor, "tickets.resolve_ticket", ticket)
        if ticket.severity <= Severity.TWO or ticket.kind == Kind.COMPLAINT:
            raise RuleError("one_by_one", _("Tickets of level 1 and 2 and complaints are resolved one by one."))
        reasons = {clock.target: breach_reason for clock in late_clocks(ticket, now)} if breach_reason else {}
        return resolution.resolve(
            ticket=ticket,
            solution=solution,
            cause=cause,
            breach_reasons=reasons,
            actor=actor,
            now=now,
            version=version,
        )

    return _each(picks, one, actor, tick)


def set_severity(*, picks: Sequence[Pick], severity: int, actor: Any, tick: Tick) -> Report:
    """One severity for all; raising and lowering need the rights they need for one ticket (decisions 13)."""

    def one(ticket: Ticket, version: int | None, now: datetime) -> object:
        require(actor, "tickets.change_ticket", ticket)
        changes = facts.Changes(severity=severity)
        return facts.change(ticket=ticket, changes=changes, actor=actor, now=now, version=version)

    return _each(picks, one, actor, tick)


def take_back(*, report: Report, actor: Any, tick: Tick) -> Report:
    """Undo a bulk act ticket by ticket, within ten seconds of its end. Raises RuleError `too_late` after that.

    An act that was taken back already counts as taken back.
    """
    if tick().timestamp() > report.ended_at + WINDOW.total_seconds():
        raise RuleError("too_late", _("The ten seconds for taking this back are over."))
    window = WINDOW + timedelta(seconds=report.ended_at - report.began_at)
    tickets = Ticket.objects.in_bulk([ticket for ticket, _seq in report.events])
    last = {one[0]: one[1] for one in report.events}

    def one(ticket: Ticket, _version: int | None, now: datetime) -> object:
        event = Event.objects.get(ticket=ticket, seq=last[ticket.pk])
        try:
            return undo(ticket=ticket, event=event, actor=actor, now=now, window=window)
        except RuleError as error:
            if error.code != "undone":
                raise
            return None

    return _each([Pick(ticket) for ticket in tickets.values()], one, actor, tick)


def _each(picks: Iterable[Pick], one: One, actor: Any, tick: Tick) -> Report:
    began = tick()
    report, changed = Report(began_at=began.timestamp()), []
    for pick in sorted(picks, key=lambda pick: pick.ticket.pk):
        before = pick.ticket.version
        try:
            one(pick.ticket, pick.version, tick())
        except (RuleError, Denied) as error:
            report.refused.append([pick.ticket.number, _reason(error)])
            continue
        report.done += 1
        if pick.ticket.version != before:
            changed.append(pick.ticket.pk)
    report.events = _last_events(changed, actor, began)
    report.ended_at = tick().timestamp()
    return report


def _reason(error: RuleError | Denied) -> str:
    return error.message if isinstance(error, RuleError) else _("You may not do this to this ticket.")


def _last_events(tickets: list[int], actor: Any, since: datetime) -> list[list[int]]:
    """The last event of this person in each ticket, which is of the act just done. One statement."""
    told = Event.objects.filter(ticket__in=tickets, actor=actor, recorded_at__gte=since)
    last = told.order_by().values("ticket").annotate(last=Max("seq")).values_list("ticket", "last")
    return [list(pair) for pair in sorted(last)] if tickets else []
