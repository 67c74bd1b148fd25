"""Offices, service partners, subcontractors and makers, and who of our staff works for them [000][001]."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.permissions import is_staff
from core.domain import audit, record
from core.errors import InputError, RuleError
from customers.domain import phone as phones
from customers.models import Customer, Partner, PartnerStaff

FIELDS = frozenset({"code", "name", "kind", "contact_name", "phone", "is_active"})


def create(
    *, code: str, name: str, kind: str, actor: Any, now: datetime, contact_name: str = "", phone: str = ""
) -> Partner:
    """Take in a partner. InputError at the field for bad input."""
    partner = Partner()
    values = {"code": code, "name": name, "kind": kind, "contact_name": contact_name, "phone": phones.stored(phone)}
    record.save(partner, values, actor=actor, action="partner.create", now=now)
    return partner


def change(*, partner: Partner, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`. Without `is_active` its people no longer see its customers. RuleError while customers
    that we serve are served through it; InputError at the field, StaleError if `version` is no longer the row's.
    """
    if "phone" in values:
        values["phone"] = phones.stored(values["phone"])
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        if values.get("is_active") is False and Customer.objects.filter(partner=partner, is_active=True).exists():
            message = _("Customers are still served through this partner. Give them to another one first.")
            raise RuleError("has_customers", message)
        record.change(partner, values, FIELDS, version=version, actor=actor, action="partner.change", now=now)


def version_of(partner: Partner) -> str:
    return record.version_of(partner, FIELDS)


def add_staff(*, partner: Partner, user: Any, actor: Any, now: datetime) -> None:
    """Let somebody with the role partner work for the partner. Twice is once. InputError at `user`."""
    if not (is_staff(user) and Role.PARTNER in user.role_codes):
        raise InputError("role", _("Please choose somebody with the role of partner staff."), "user")
    with transaction.atomic():
        _row, added = PartnerStaff.objects.get_or_create(partner=partner, user=user)
        if added:
            _note(partner, "partner.add_staff", [None, user.pk], actor, now)


def remove_staff(*, partner: Partner, user: Any, actor: Any, now: datetime) -> None:
    """From now on this person sees the partner's customers no longer. Twice is once."""
    with transaction.atomic():
        removed, _rows = PartnerStaff.objects.filter(partner=partner, user=user).delete()
        if removed:
            _note(partner, "partner.remove_staff", [user.pk, None], actor, now)


def _note(partner: Partner, action: str, change: list[Any], actor: Any, now: datetime) -> None:
    audit.record(actor=actor, action=action, subject=record.subject(partner), changes={"user": change}, now=now)
