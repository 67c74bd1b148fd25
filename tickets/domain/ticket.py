from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.queries.entitlement import Entitlement, entitled
from contracts.queries.promise_version import versions_for
from core import hooks
from core.domain import outbox
from core.domain.numbering import next_number
from core.errors import InputError, RuleError
from core.permissions import require
from customers.models import Asset, Contact, Customer, Site
from tickets.domain import participant
from tickets.domain.act import AHEAD, Act, act_on, finish
from tickets.domain.assignment import assign
from tickets.domain.coverage import coverage_for, day_of, judged_day
from tickets.domain.promises import promises_of
from tickets.domain.rebinding import Published, can_follow
from tickets.domain.text import cleaned
from tickets.enums import Channel, EventKind, Kind, Maintenance, ParticipantReason, Severity, Source, State
from tickets.models import Ticket

OFFICE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Report:
    """What is known when a ticket is recorded. `site` may be left out where the asset says it."""

    customer: Customer
    subject: str
    kind: str
    channel: str
    severity: int
    description: str = ""
    contact: Contact | None = None
    caller_name: str = ""
    caller_phone: str = ""
    site: Site | None = None
    asset: Asset | None = None
    maintenance: str = ""
    occurred_at: datetime | None = None

    @property
    def place(self) -> Site | None:
        return self.site or (self.asset.site if self.asset else None)


def report(
    *,
    report: Report,
    actor: Any,
    now: datetime,
    assignee: Any = None,
    answered: bool = False,
    source: str = Source.DESK,
) -> Ticket:
    """Record a request or fault: number, entitlement, clocks, acknowledgement to the customer.

    `answered` says that the caller got the answer at once (已当场答复, decisions 14). One transaction; the number's
    counter is locked last. Raises InputError with the field at fault.
    """
    _check(report, now)
    with transaction.atomic():
        hooks.run_guards("tickets.report", ticket=None, actor=actor, now=now)
        found = entitled(
            customer=report.customer, site=report.place, asset=report.asset, on_day=now.astimezone(OFFICE).date()
        )
        act = Act(_insert(report, actor, now), actor, now, source)
        facts = _facts(report, found, now)
        data = {"facts": facts, "versions": asdict(versions_for(found.promise_set, now))}
        act.record(EventKind.REPORTED, data=data, caches=_first_caches(report, found, facts))
        if report.occurred_at:
            act.record(EventKind.OCCURRED, at=report.occurred_at)
        if answered:
            act.record(EventKind.RESPONDED)
            act.record(EventKind.STATE_CHANGED, caches={"state": str(State.IN_PROGRESS)})
        finish(act, action="report", before={})
        if actor is not None:
            participant.join(act.ticket, actor.pk, ParticipantReason.REPORTER, now)
        outbox.post(kind="ticket.receipt", key=f"receipt:{act.ticket.pk}", payload={"ticket": act.ticket.pk}, now=now)
        if assignee:
            assign(ticket=act.ticket, assignee=assignee, actor=actor, now=now, source=source)
    return act.ticket


@dataclass(frozen=True)
class Changes:
    """New facts of a ticket; what is None stays as it is."""

    severity: int | None = None
    kind: str | None = None
    site: Site | None = None
    asset: Asset | None = None
    subject: str | None = None


def change(
    *,
    ticket: Ticket,
    changes: Changes,
    actor: Any,
    now: datetime,
    version: int | None = None,
    source: str = Source.DESK,
) -> Ticket:
    """Correct what the ticket is about; open clocks are computed anew from their own start (promises.yaml rule 7).

    Raising the severity needs another right than lowering it (decisions 13). A device under another promise set brings
    that set's version of the day of the report: open clocks move to it, closed ones keep their record.
    """
    with act_on(ticket, actor=actor, now=now, action="change", version=version, source=source) as act:
        if not act.ticket.is_open:
            raise RuleError("ended", _("This ticket is completed. Please reopen it first."))
        caches = _severity(act, changes.severity) | _kind(changes.kind) | _place(act, changes)
        new = {column: value for column, value in caches.items() if getattr(act.ticket, column) != value}
        subject = cleaned(changes.subject, "subject", limit=160) if changes.subject is not None else act.ticket.subject
        if subject != act.ticket.subject:
            act.ticket.subject = subject
            act.ticket.save(update_fields=["subject"])
        if new or subject != ticket.subject:
            facts = {name: None if new[name] == "" else new[name] for name in FACTS if name in new}
            act.record(EventKind.FACTS_CHANGED, data={"facts": facts}, caches=new)
    return ticket


FACTS = ("severity", "kind", "channel", "locality", "distance_km", "coverage")


def _check(report: Report, now: datetime) -> None:
    if not report.customer.is_active:
        raise RuleError("not_served", _("This customer is no longer served. Nothing new can be reported."))
    cleaned(report.subject, "subject", limit=160)
    cleaned(report.description, "description", required=False)
    cleaned(report.caller_name, "caller_name", limit=60, required=False)
    cleaned(report.caller_phone, "caller_phone", limit=20, required=False)
    _check_choice(report.kind, Kind.values, "kind")
    _check_choice(report.channel, Channel.values, "channel")
    _check_choice(report.severity, Severity.values, "severity")
    if report.maintenance:
        _check_choice(report.maintenance, Maintenance.values, "maintenance")
    for name in ("contact", "site", "asset"):
        owned = getattr(report, name)
        if owned is not None and owned.customer_id != report.customer.pk:
            raise InputError("does_not_exist", _("This entry does not exist at the customer."), name)
    if report.asset and report.site and report.asset.site_id != report.site.pk:
        raise InputError("elsewhere", _("This device stands at another site."), "asset")
    if report.occurred_at and report.occurred_at > now + AHEAD:
        raise InputError("future", _("This time lies in the future. Please enter when it happened."), "occurred_at")


def _check_choice(value: Any, choices: list[Any], field: str) -> None:
    if value not in choices:
        raise InputError("choice", _("Please choose a value from the list."), field)


def _insert(report: Report, actor: Any, now: datetime) -> Ticket:
    return Ticket.objects.create(
        number=next_number("WB", now),
        customer=report.customer,
        contact=report.contact,
        caller_name=report.caller_name.strip(),
        caller_phone=report.caller_phone.strip(),
        subject=report.subject.strip(),
        description=report.description.strip(),
        maintenance=report.maintenance,
        reported_at=now,
        occurred_at=report.occurred_at,
        created_at=now,
        created_by=actor,
        updated_at=now,
        folded_at=now,
        version=0,
        severity=report.severity,
        kind=report.kind,
        channel=report.channel,
    )


def _facts(report: Report, found: Entitlement, now: datetime) -> dict[str, Any]:
    place, day = report.place, judged_day(now, report.occurred_at)
    return {
        "severity": report.severity,
        "kind": report.kind,
        "channel": report.channel,
        "locality": place.locality if place else None,
        "distance_km": place.distance_km if place else None,
        "coverage": coverage_for(found, customer=report.customer, site=place, asset=report.asset, day=day),
    }


def _first_caches(report: Report, found: Entitlement, facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {
        "locality": facts["locality"] or "",
        "state": str(State.NEW),
        "site_id": report.place.pk if report.place else None,
        "asset_id": report.asset.pk if report.asset else None,
        "line_id": found.line.pk if found.line else None,
        "round": 1,
    }


def _severity(act: Act, severity: int | None) -> dict[str, Any]:
    if severity is None or severity == act.ticket.severity:
        return {}
    _check_choice(severity, Severity.values, "severity")
    right = "raise" if severity < act.ticket.severity else "lower"
    require(act.actor, f"tickets.{right}_severity_ticket", act.ticket)
    return {"severity": severity}


def _kind(kind: str | None) -> dict[str, Any]:
    if kind is None:
        return {}
    _check_choice(kind, Kind.values, "kind")
    return {"kind": kind}


def _place(act: Act, changes: Changes) -> dict[str, Any]:
    """Site, device and what follows from them: locality, distance, coverage, contract line."""
    if changes.site is None and changes.asset is None:
        return {}
    ticket = act.ticket
    asset = changes.asset or (ticket.asset if changes.site is None else None)
    site = changes.site or (asset.site if asset else None)
    for name, owned in (("site", changes.site), ("asset", changes.asset)):
        if owned is not None and owned.customer_id != ticket.customer_id:
            raise InputError("does_not_exist", _("This entry does not exist at the customer."), name)
    found = entitled(
        customer=ticket.customer, site=site, asset=asset, on_day=ticket.reported_at.astimezone(OFFICE).date()
    )
    _follow_promise(act, found)
    return {
        "site_id": site.pk if site else None,
        "asset_id": asset.pk if asset else None,
        "locality": site.locality if site else "",
        "distance_km": site.distance_km if site else None,
        "coverage": coverage_for(found, customer=ticket.customer, site=site, asset=asset, day=day_of(ticket)),
        "coverage_by_hand": False,
        "coverage_reason": "",
        "line_id": found.line.pk if found.line else None,
    }


def _follow_promise(act: Act, found: Entitlement) -> None:
    """Put the ticket under the promise set of its new device, if that is another one."""
    bound = promises_of(act.ticket)
    old = bound.versions.promises.get(bound.contract.code) if bound.contract else None
    code = found.promise_set.code if found.promise_set else None
    if (bound.contract.code if bound.contract else None) == code:
        return
    new = versions_for(found.promise_set, act.ticket.reported_at).promises.get(code or "")
    if old is None or new is None or not can_follow(old, new):
        raise RuleError(
            "other_promise",
            _("This device is under another promise. Please record a new ticket for it and link the two."),
            "asset",
        )
    for kind, data in Published({old: new}).changes(bound.versions):
        act.record(kind, data=data)
