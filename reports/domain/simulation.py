"""The promise simulator: how a wording would have done in a past period, on somebody's order (decisions 32).

An order is a row with its parts; ticks work through them (`simulation_work`). The wording is kept as it reads at the
order, so that a draft can be changed or published meanwhile.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain import promise_set_draft
from contracts.domain.document import DocumentError
from contracts.domain.promise_version import compile_text, current_calendars
from contracts.models import PromiseDraft, PromiseVersion
from contracts.queries.promise_version import newest_calendars
from core.domain import audit
from core.errors import InputError, RuleError
from core.permissions import require
from reports.enums import SimulationState
from reports.models import Simulation, SimulationPart
from reports.queries.simulation import Span, beginnings

PART = 500
LONGEST = timedelta(days=367)  # 366 days, one of which may have 25 hours
MOST_TICKETS = 300_000
MOST_GOING = 10
KEPT = timedelta(days=90)
GOING = (SimulationState.WAITING, SimulationState.RUNNING)


def start(*, wording: PromiseDraft | PromiseVersion, span: Span, actor: Any, now: datetime) -> Simulation:
    """Order that the tickets of a span are held against a draft or a version; ticks do it. One transaction.

    InputError `wording` for one that the engine cannot read, `end` for a span that is not over, `start` for one that is
    empty or too long, `tickets` for none or too many; RuleError `many` while too many others wait.
    """
    require(actor, "reports.start_simulation")
    _check_span(span, now)
    order = _frozen(wording)
    order.start, order.end, order.customer_id, order.under = span.start, span.end, span.customer, span.under
    order.ordered_by, order.created_at = actor, now
    with transaction.atomic():
        if Simulation.objects.filter(state__in=GOING).count() >= MOST_GOING:
            raise RuleError("many", _("Many simulations are waiting already. Please try again later."))
        order.tickets = _check_tickets(span)
        order.save()
        _divide(order, span)
        _note(order, "start", actor, now, {"set": order.code, "version": order.number, "tickets": order.tickets})
    return order


def cancel(*, simulation: Simulation, actor: Any, now: datetime) -> Simulation:
    """Stop it; workers notice between two batches, and nothing of it is shown. RuleError `ended` for one that is no
    longer under way.
    """
    require(actor, "reports.cancel_simulation", simulation)
    with transaction.atomic():
        order = Simulation.objects.select_for_update().get(pk=simulation.pk)
        if not order.is_going:
            raise RuleError("ended", _("This has already ended."))
        order.state, order.finished_at = SimulationState.CANCELLED, now
        order.save(update_fields=["state", "finished_at"])
        _note(order, "cancel", actor, now, {})
    simulation.refresh_from_db()
    return simulation


def purge(now: datetime) -> int:
    """Forget simulations that ended more than 90 days ago, with all that was found. Returns how many."""
    old = Simulation.objects.filter(created_at__lt=now - KEPT).exclude(state__in=GOING)
    return int(old.delete()[1].get("reports.Simulation", 0))


def note_export(*, simulation: Simulation, actor: Any, rows: int, form: str, query: str, now: datetime) -> None:
    """Keep in the audit trail that somebody took what was found out of the house."""
    _note(simulation, "export", actor, now, {"rows": rows, "format": form, "query": query})


def _frozen(wording: PromiseDraft | PromiseVersion) -> Simulation:
    """An order with the wording as it reads now and the newest calendars."""
    if isinstance(wording, PromiseDraft):
        code, number = wording.code, None
        text = promise_set_draft.stored_text(promise_set_draft.content_of(wording))
    else:
        code, number, text = wording.promise_set.code, wording.number, wording.document
    try:
        chosen = compile_text(code, text, current_calendars())
    except DocumentError as error:
        message = _("This wording cannot be used: %(problem)s") % {"problem": error}
        raise InputError("wording", message, "wording") from error
    if not chosen.rows:
        raise InputError("wording", _("This wording promises nothing yet."), "wording")
    used = {row.calendar.code for row in chosen.rows}
    calendars = {name: pk for name, pk in newest_calendars().items() if name in used}
    names = {"name": chosen.name[:200], "name_en": chosen.name_en[:200]}
    return Simulation(code=code, number=number, text=text, scope=chosen.scope, calendars=calendars, **names)


def _check_span(span: Span, now: datetime) -> None:
    if span.start > now:
        raise InputError("end", _("Please choose a period that has begun."), "first")
    if span.end <= span.start:
        raise InputError("start", _("The last day must not be before the first day."), "last")
    if span.end - span.start > LONGEST:
        raise InputError("start", _("Please choose at most a year."), "last")


def _check_tickets(span: Span) -> int:
    count = span.tickets.count()
    if not count:
        raise InputError("tickets", _("No ticket was reported in this period. Please choose another one."), "first")
    if count > MOST_TICKETS:
        message = _("These are %(n)s tickets, more than %(most)s. Please choose a shorter period.")
        raise InputError("tickets", message % {"n": count, "most": MOST_TICKETS}, "first")
    return count


def _divide(order: Simulation, span: Span) -> None:
    first = beginnings(span, PART)
    bounds = zip(first, [*first[1:], None], strict=True)
    last = order.tickets - PART * (len(first) - 1)
    SimulationPart.objects.bulk_create(
        SimulationPart(simulation=order, number=n, first=begin, until=until, size=PART if until else max(last, 0))
        for n, (begin, until) in enumerate(bounds)
    )


def _note(order: Simulation, what: str, actor: Any, now: datetime, changes: dict[str, Any]) -> None:
    audit.record(
        actor=actor, action=f"simulation.{what}", subject=f"reports.simulation:{order.pk}", changes=changes, now=now
    )
