"""New promises and calendars for tickets that are open already: first which clocks would move, then, on an
administrator's order, done (promises.yaml rule 12, decisions 32).

An order is a row. A tick takes it for a minute, works through a batch of tickets, each in a transaction of its own, and
gives it back; between batches it can be stopped. A ticket that stands under none of the old versions any more is left
alone, so that a batch done twice changes nothing twice. Clocks that are met, overdue or not needed keep their record.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from contracts.domain import calendar_version
from contracts.domain.document import DocumentError
from contracts.domain.promise_version import compile_text, current_calendars, stored_text
from contracts.models import CalendarVersion, PromiseVersion
from contracts.queries.promise_version import promise_rows
from core.domain import audit
from core.errors import InputError, RuleError
from core.permissions import require
from tickets.domain.act import Act, act_on
from tickets.domain.promises import bound_of
from tickets.domain.rebinding import ClockMove, Draft, Published, Rebinding, can_follow, in_order, moves_of
from tickets.domain.text import cleaned
from tickets.enums import ClockState, ReapplicationState, Source
from tickets.models import Event, Reapplication, ReapplicationMove, Ticket
from tickets.queries.reapply import (
    Standing,
    count_standing,
    first_due,
    next_standing,
    versions_of_calendars,
    versions_of_set,
)

logger = logging.getLogger(__name__)
EXAMINED, LISTED = 500, 50
BATCH = 50
LEASE = timedelta(seconds=60)
MOST_FAILED = 50


@dataclass(frozen=True)
class Move:
    """A clock of a ticket that would move. Instants are None where there is no clock, states "" or "withdrawn"."""

    number: str
    subject: str
    set_code: str
    target: str
    old_due: datetime | None
    new_due: datetime | None
    old_state: str
    new_state: str

    @property
    def is_earlier(self) -> bool:
        return bool(self.old_due and self.new_due and self.new_due < self.old_due)


@dataclass(frozen=True)
class Moves:
    """Which running clocks would move. `tickets` stand under what is replaced, `examined` of them, the nearest due
    first, were folded; `clocks` of `moved` tickets move, `earlier` of them to an earlier instant, `late` are overdue
    at once. `rows` are the first of them, `failed` tickets that cannot be folded so.
    """

    tickets: int
    examined: int
    moved: int
    clocks: int
    earlier: int
    late: int
    rows: tuple[Move, ...]
    failed: tuple[str, ...]

    @property
    def is_sample(self) -> bool:
        return self.examined < self.tickets


def preview(promises: Mapping[int, int], calendars: Mapping[int, int], now: datetime) -> Moves:
    """What `start` with the same {old: new} would do, at most `EXAMINED` tickets folded. Reads only."""
    _check_versions(promises, calendars)
    return _preview(Published(promises, calendars), Standing(promises.keys(), calendars.keys()), now)


def preview_document(
    set_code: str, document: Mapping[str, Any], now: datetime, vocabulary: Mapping[str, Any] | None = None
) -> Moves:
    """The same for a wording of a set that is not published: all tickets under any version of it."""
    return preview_text(set_code, stored_text(document, vocabulary), now)


def preview_text(set_code: str, text: str, now: datetime) -> Moves:
    """The same for the text under which a version would be stored."""
    try:
        compile_text(set_code, text, current_calendars())
    except DocumentError as error:
        raise _unusable(error) from error
    return _preview(Draft({set_code: text}), Standing(promises=versions_of_set(set_code)), now)


def preview_calendars(documents: Mapping[str, Mapping[str, Any]], now: datetime) -> Moves:
    """The same for calendars, by code, with the special days of today."""
    try:
        found = {
            code: calendar_version.compile_text(code, calendar_version.stored_text(document))
            for code, document in documents.items()
        }
    except DocumentError as error:
        raise _unusable(error) from error
    return _preview(Draft(calendars=found), Standing(calendars=versions_of_calendars(documents)), now)


def start(
    *, promises: Mapping[int, int], calendars: Mapping[int, int], actor: Any, reason: str, now: datetime
) -> Reapplication:
    """Order that open tickets under the old versions get the new ones, {old id: new id}; the tick does it.

    RuleError `nothing` without versions, `other_set` and `other_rounds` for versions that cannot replace each other,
    `not_in_force` for a wording that does not count yet, `running` while another order replaces the same version.
    """
    require(actor, "tickets.start_reapplication")
    text = cleaned(reason, "reason", limit=500)
    _check_versions(promises, calendars)
    if any(row.effective_from > now for row in promise_rows(promises.values())):
        raise RuleError("not_in_force", _("This version does not count yet. Please apply it once it does."))
    with transaction.atomic():
        _check_alone(promises, calendars)
        order = Reapplication.objects.create(
            promises={str(old): new for old, new in promises.items()},
            calendars={str(old): new for old, new in calendars.items()},
            reason=text,
            started_by=actor,
            started_at=now,
            total=count_standing(Standing(promises.keys(), calendars.keys())),
        )
        _record(order, "reapplication.start", actor, now, {"reason": text, "tickets": order.total})
    return order


def cancel(*, reapplication: Reapplication, actor: Any, now: datetime) -> Reapplication:
    """Stop between two batches; what is done stays. RuleError `ended` for one that is no longer under way."""
    require(actor, "tickets.cancel_reapplication")
    with transaction.atomic():
        order = Reapplication.objects.select_for_update().get(pk=reapplication.pk)
        if order.state != ReapplicationState.RUNNING:
            raise RuleError("ended", _("This has already ended."))
        order.state, order.finished_at = ReapplicationState.CANCELLED, now
        order.save(update_fields=["state", "finished_at"])
        _record(order, "reapplication.cancel", actor, now, {"done": order.done})
    reapplication.refresh_from_db()
    return reapplication


def drain(now: datetime) -> int:
    """One batch of the oldest order under way, if nobody else has it. Returns how many tickets were looked at."""
    order = _take(now)
    if order is None:
        return 0
    rebinding = _published(order)
    standing = Standing(rebinding.promises.keys(), rebinding.calendars.keys())
    batch = next_standing(standing, order.cursor, BATCH)
    for pk in batch:
        _apply_one(order, rebinding, pk, now)
    _give_back(order, batch, now)
    return len(batch)


# --- Preview --------------------------------------------------------------------------------------------------------


def _preview(rebinding: Rebinding, standing: Standing, now: datetime) -> Moves:
    ids = first_due(standing, EXAMINED)
    total = len(ids) if len(ids) < EXAMINED else count_standing(standing)
    tickets = Ticket.objects.in_bulk(ids)
    events: dict[int, list[Event]] = {pk: [] for pk in ids}
    for event in Event.objects.filter(ticket__in=ids).order_by("seq"):
        events[event.ticket_id].append(event)
    found: list[tuple[ClockMove, Ticket]] = []
    failed = []
    for pk in ids:
        try:
            found += [(move, tickets[pk]) for move in moves_of(events[pk], rebinding, now) or ()]
        except DocumentError:
            failed.append(tickets[pk].number)
    return _counted(found, total, len(ids), tuple(failed))


def _counted(found: list[tuple[ClockMove, Ticket]], total: int, examined: int, failed: tuple[str, ...]) -> Moves:
    moves = [move for move, _ticket in found]
    owners = {id(move): ticket for move, ticket in found}
    rows = [_row(move, owners[id(move)]) for move in in_order(moves)]
    return Moves(
        tickets=total,
        examined=examined,
        moved=len({row.number for row in rows}),
        clocks=len(rows),
        earlier=sum(row.is_earlier for row in rows),
        late=sum(row.new_state == ClockState.BREACHED for row in rows),
        rows=tuple(rows[:LISTED]),
        failed=failed,
    )


def _row(move: ClockMove, ticket: Ticket) -> Move:
    return Move(
        number=ticket.number,
        subject=ticket.subject,
        set_code=move.set_code,
        target=move.target,
        old_due=move.old_due,
        new_due=move.new_due,
        old_state=move.old_state,
        new_state=move.new_state,
    )


# --- Order ----------------------------------------------------------------------------------------------------------


def _check_versions(promises: Mapping[int, int], calendars: Mapping[int, int]) -> None:
    if not promises and not calendars:
        raise RuleError("nothing", _("Please choose the versions to be applied."))
    sets = PromiseVersion.objects.in_bulk([*promises, *promises.values()])
    plans = CalendarVersion.objects.in_bulk([*calendars, *calendars.values()])
    for old, new in promises.items():
        if old not in sets or new not in sets or old == new or sets[old].promise_set_id != sets[new].promise_set_id:
            raise RuleError("other_set", _("Only another version of the same promise set can be applied."))
    for old, new in calendars.items():
        if old not in plans or new not in plans or old == new or plans[old].calendar_id != plans[new].calendar_id:
            raise RuleError("other_set", _("Only another version of the same calendar can be applied."))
    if not all(can_follow(old, new) for old, new in promises.items()):
        raise RuleError("other_rounds", _("A version that knows no reopening cannot replace one that does."))


def _check_alone(promises: Mapping[int, int], calendars: Mapping[int, int]) -> None:
    for order in Reapplication.objects.select_for_update().filter(state=ReapplicationState.RUNNING):
        going = _published(order)
        if not (going.promises.keys().isdisjoint(promises) and going.calendars.keys().isdisjoint(calendars)):
            raise RuleError("running", _("This version is being replaced already. Please wait until that is done."))


def _record(order: Reapplication, action: str, actor: Any, now: datetime, changes: dict[str, Any]) -> None:
    versions = {"promises": order.promises, "calendars": order.calendars}
    audit.record(
        actor=actor, action=action, subject=f"tickets.reapplication:{order.pk}", changes=changes | versions, now=now
    )


def _unusable(error: DocumentError) -> InputError:
    return InputError("document", _("This draft cannot be used: %(problem)s") % {"problem": error}, "document")


# --- The tick -------------------------------------------------------------------------------------------------------


def _published(order: Reapplication) -> Published:
    return Published(
        {int(old): new for old, new in order.promises.items()}, {int(old): new for old, new in order.calendars.items()}
    )


def _take(now: datetime) -> Reapplication | None:
    """The oldest order under way, for a minute: a worker that dies loses it to the next."""
    with transaction.atomic():
        going = Reapplication.objects.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
        order = going.filter(state=ReapplicationState.RUNNING).first()
        if order is None or (order.lease_until and order.lease_until > now):
            return None
        order.lease_until = now + LEASE
        order.save(update_fields=["lease_until"])
    return order


def _give_back(order: Reapplication, batch: Sequence[int], now: datetime) -> None:
    with transaction.atomic():
        row = Reapplication.objects.select_for_update().get(pk=order.pk)
        if row.lease_until != order.lease_until:
            return  # it took longer than the lease: another worker goes on from the old place
        row.lease_until = None
        if batch:
            row.cursor, row.done = batch[-1], row.done + len(batch)
        elif row.state == ReapplicationState.RUNNING:
            row.state, row.finished_at = ReapplicationState.DONE, now
        row.save(update_fields=["lease_until", "cursor", "done", "state", "finished_at"])


def _apply_one(order: Reapplication, rebinding: Published, pk: int, now: datetime) -> None:
    """One ticket. One that cannot be folded so stays as it is, is named in the order and holds up nobody."""
    try:
        _apply(order, rebinding, Ticket.objects.get(pk=pk), now)
    except Exception:
        logger.exception("ticket %s could not get the versions of re-application %s", pk, order.pk)
        with transaction.atomic():
            row = Reapplication.objects.select_for_update().get(pk=order.pk)
            number = Ticket.objects.values_list("number", flat=True).get(pk=pk)
            row.failed = [*row.failed, number][:MOST_FAILED]
            row.save(update_fields=["failed"])


def _apply(order: Reapplication, rebinding: Published, ticket: Ticket, now: datetime) -> None:
    with act_on(ticket, actor=order.started_by, now=now, action="reapply", source=Source.SYSTEM) as act:
        events = list(Event.objects.filter(ticket=act.ticket).order_by("seq"))
        moves = moves_of(events, rebinding, now)
        if moves is None:
            return
        for kind, data in rebinding.changes(bound_of(events).versions):
            act.record(kind, data={**data, "note": order.reason})
        _keep(order, act, moves)


def _keep(order: Reapplication, act: Act, moves: Sequence[ClockMove]) -> None:
    ReapplicationMove.objects.bulk_create(
        ReapplicationMove(
            reapplication=order,
            ticket=act.ticket,
            set_code=move.set_code,
            target=move.target,
            round=move.round,
            about=move.about,
            old_due=move.old_due,
            new_due=move.new_due,
            old_state=move.old_state,
            new_state=move.new_state,
        )
        for move in moves
    )
    Reapplication.objects.filter(pk=order.pk).update(changed=F("changed") + 1, moved=F("moved") + len(moves))
