"""Telling people that a clock reached a step. Texts and receivers are made at delivery, from what is true then."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries.user import duty_managers, on_duty_staff
from contracts.domain.promise_words import target_name
from core import formats
from core.domain import notification, outbox
from core.language import language_code
from core.models import Outbox
from tickets.domain.promises import set_of
from tickets.models import Clock, Escalation

DUE = "100%"


@outbox.deliverer("ticket.escalation")
def deliver_escalation(row: Outbox, now: datetime) -> None:
    """Write one notification (and mail) a receiver, and note on the escalation who was told."""
    escalation = Escalation.objects.select_related(
        "ticket__line", "ticket__assignee__team__lead", "ticket__assignee__team__department__head", "clock"
    ).get(pk=row.payload["escalation"])
    promise_set = set_of(escalation.clock)
    told = next((step.tell for step in promise_set.ladder if step.step == escalation.step), ())
    target = promise_set.vocabulary.targets[escalation.clock.target]
    receivers = list(_receivers(escalation, told))
    for user in receivers:
        notification.notify(
            user=user,
            key=row.key,
            kind="escalation",
            text=lambda: _text(escalation, target_name(target), now),
            url=f"/tickets/{escalation.ticket.number}/",
            now=now,
            mail=True,
            always=Role.DUTY_MANAGER in user.role_codes,
        )
    Escalation.objects.filter(pk=escalation.pk).update(told=[user.pk for user in receivers])
    if promise_set.scope == "contract" and (escalation.step == DUE or "customer_contact" in told):
        _tell_customer(escalation, now)


def _receivers(escalation: Escalation, told: Iterable[str]) -> Iterable[User]:
    found = {user.pk: user for role in told for user in _users(role, escalation) if user and user.is_active}
    return found.values()


def _moment(at: datetime, now: datetime) -> str:
    return formats.when(at, now, timezone.get_current_timezone(), language_code())


def _users(role: str, escalation: Escalation) -> list[User | None]:
    assignee = escalation.ticket.assignee
    team = assignee.team if assignee else None
    match role:
        case "assignee":
            return [assignee] if assignee else list(on_duty_staff())
        case "team_lead":
            return [team.lead] if team else []
        case "duty_manager":
            return list(duty_managers())
        case "department_head":
            return [team.department.head] if team else list(duty_managers())
    return []


def _text(escalation: Escalation, target: str, now: datetime) -> str:
    clock, ticket = escalation.clock, escalation.ticket
    facts = {
        "number": ticket.number,
        "target": target,
        "step": escalation.step,
        "due": _moment(clock.due_at, now),
        "subject": ticket.subject,
    }
    if clock.breached_at and clock.breached_at <= now:
        return _("%(number)s %(target)s is overdue (due %(due)s): %(subject)s") % facts
    return _("%(number)s %(target)s has used %(step)s of its time (due %(due)s): %(subject)s") % facts


def _tell_customer(escalation: Escalation, now: datetime) -> None:
    """A late promise is said first by us, once a clock, where the contract line says so; promises among ourselves never
    are.
    """
    ticket, clock = escalation.ticket, escalation.clock
    if clock.breached_at and ticket.line and ticket.line.tell_customer:
        payload = {"escalation": escalation.pk}
        outbox.post(kind="ticket.late", key=f"late:{clock.pk}", payload=payload, now=now)


@outbox.deliverer("ticket.moved")
def deliver_moved(row: Outbox, now: datetime) -> None:
    """Tell the assignee that a due instant has moved earlier."""
    clock = Clock.objects.select_related("ticket__assignee").get(pk=row.payload["clock"])
    if not clock.ticket.assignee:
        return
    target = set_of(clock).vocabulary.targets[clock.target]
    notification.notify(
        user=clock.ticket.assignee,
        key=row.key,
        kind="moved",
        text=lambda: (
            _("%(number)s %(target)s is now due earlier, %(due)s: %(subject)s")
            % {
                "number": clock.ticket.number,
                "target": target_name(target),
                "due": _moment(clock.due_at, now),
                "subject": clock.ticket.subject,
            }
        ),
        url=f"/tickets/{clock.ticket.number}/",
        now=now,
    )
