"""Requests of people who are no authorised callers are confirmed with one who is [004]."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.domain import audit
from core.errors import InputError, RuleError
from customers.models import CallerCheck, Contact


def confirm(*, contact: Contact, subject: str, actor: Any, now: datetime) -> CallerCheck:
    """Note that this contact confirmed the request `subject`, which the caller has locked.

    InputError at `contact` for somebody who is no authorised caller, RuleError if it is confirmed already.
    """
    if not (contact.is_active and contact.may_report):
        raise InputError("not_authorised", _("Only an authorised caller can confirm a request."), "contact")
    with transaction.atomic():
        facts = {"customer_id": contact.customer_id, "contact": contact, "at": now, "actor": actor}
        check, new = CallerCheck.objects.get_or_create(subject=subject, defaults=facts)
        if not new:
            raise RuleError("confirmed", _("This request is confirmed already."))
        audit.record(
            actor=actor,
            action="caller.confirm",
            subject=subject,
            changes={"contact": [None, contact.pk]},
            now=now,
            customer_id=contact.customer_id,
        )
    return check
