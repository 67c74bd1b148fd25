"""What partners promise us: their own contract with us, under a promise set [000][001]."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import PartnerAgreement, PromiseSet
from core.domain import record
from core.errors import InputError
from customers.models import Partner

FIELDS = frozenset({"number", "promise_set", "starts_on", "ends_on"})


def create(
    *,
    partner: Partner,
    promise_set: PromiseSet,
    number: str,
    starts_on: date,
    ends_on: date,
    actor: Any,
    now: datetime,
) -> PartnerAgreement:
    """Register an agreement, both days included. One partner has one at a time. InputError at the field."""
    agreement = PartnerAgreement(partner=partner)
    values = {"promise_set": promise_set, "number": number, "starts_on": starts_on, "ends_on": ends_on}
    with transaction.atomic():
        _check(agreement, values)
        record.save(agreement, values, actor=actor, action="partner_agreement.create", now=now)
    return agreement


def change(
    *, partner_agreement: PartnerAgreement, actor: Any, now: datetime, version: str | None = None, **values: Any
) -> None:
    """Change any of `FIELDS`. InputError at the field, StaleError if `version` is no longer the row's."""
    with transaction.atomic():
        _check(partner_agreement, values)
        act: dict[str, Any] = {"actor": actor, "action": "partner_agreement.change", "now": now}
        record.change(partner_agreement, values, FIELDS, version=version, **act)


def version_of(agreement: PartnerAgreement) -> str:
    return record.version_of(agreement, FIELDS)


def _check(agreement: PartnerAgreement, values: dict[str, Any]) -> None:
    """Locks the partner, so that of two overlapping agreements entered at once the second is refused."""
    starts_on = values.get("starts_on", agreement.starts_on)
    ends_on = values.get("ends_on", agreement.ends_on)
    if ends_on < starts_on:
        raise InputError("term", _("The last day must not be before the first day."), "ends_on")
    Partner.objects.select_for_update().get(pk=agreement.partner_id)
    others = PartnerAgreement.objects.filter(partner=agreement.partner_id).exclude(pk=agreement.pk)
    other = others.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).first()
    if other:
        message = _("The agreement %(number)s counts until %(day)s. Its term and this one overlap.")
        facts = {"number": other.number, "day": other.ends_on.isoformat()}
        raise InputError("overlap", message % facts, "starts_on")
