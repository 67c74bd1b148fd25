"""Copies of a signed contract, or of a supplement, for the departments, each acknowledged by who speaks for it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department
from contracts.domain.contract_row import locked, note
from contracts.domain.contract_words import tell
from contracts.enums import COVERING_STATES, SupplementState
from contracts.models import Contract, ContractCopy, Supplement
from contracts.queries.contract_review import speakers
from core.errors import InputError, RuleError


def send(
    *,
    contract: Contract,
    departments: Collection[Department],
    actor: Any,
    now: datetime,
    supplement: Supplement | None = None,
) -> int:
    """Send a copy to departments; those that have one already are left out. Returns how many are new.

    RuleError before the signature, InputError without a department.
    """
    with transaction.atomic():
        locked(contract)
        _check_signed(contract, supplement)
        if not departments:
            raise InputError("required", _("Please choose at least one department."), "departments")
        held = ContractCopy.objects.filter(contract=contract, supplement=supplement).values_list(
            "department", flat=True
        )
        new = [one for one in departments if one.pk not in set(held)]
        ContractCopy.objects.bulk_create(
            ContractCopy(contract=contract, supplement=supplement, department=one, sent_at=now, sent_by=actor)
            for one in new
        )
        if new:
            names = [one.name for one in new]
            changes = {"departments": names, "supplement": supplement.number if supplement else None}
            note(contract, "contract.send_copy", changes, actor, now)
        for department in new:
            _tell(contract, supplement, department, now)
    return len(new)


def acknowledge(*, copy: ContractCopy, actor: Any, now: datetime) -> None:
    """The department has read it. A second time changes nothing."""
    with transaction.atomic():
        copy.refresh_from_db(from_queryset=ContractCopy.objects.select_for_update())
        if copy.acknowledged_at is not None:
            return
        copy.acknowledged_at, copy.acknowledged_by = now, actor
        copy.save(update_fields=["acknowledged_at", "acknowledged_by"])
        changes = {"department": copy.department.name}
        note(locked(copy.contract), "contract.acknowledge_copy", changes, actor, now)


def _check_signed(contract: Contract, supplement: Supplement | None) -> None:
    if contract.state not in COVERING_STATES or (supplement and supplement.state != SupplementState.SIGNED):
        raise RuleError("unsigned", _("Copies are sent once both sides have signed."))


def _tell(contract: Contract, supplement: Supplement | None, department: Department, now: datetime) -> None:
    for user in speakers(department):
        key = f"contract.copy:{contract.pk}:{supplement.number if supplement else 0}:{department.pk}"
        tell(contract, user, key, "contract.copy", now)
