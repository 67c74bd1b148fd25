"""How the acts on a contract lock its row, write it and leave their trace."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from contracts.models import Contract
from core.domain import audit, record
from core.errors import StaleError


def locked(contract: Contract, version: int | None = None) -> Contract:
    """Lock the row and read it again; StaleError if a `version` is given and is no longer the present one."""
    contract.refresh_from_db(from_queryset=Contract.objects.select_for_update())
    if version is not None and version != contract.version:
        message = _("This contract was changed by someone else. Please check it and try again.")
        raise StaleError(message, {"version": contract.version, "state": contract.state})
    return contract


def store(contract: Contract, values: Mapping[str, Any], action: str, actor: Any, now: datetime) -> None:
    """Write values of a locked contract, count its version up and keep the audit trail."""
    counted = {**values, "version": contract.version + 1}
    record.save(contract, counted, actor=actor, action=action, now=now)


def note(contract: Contract, action: str, changes: dict[str, Any], actor: Any, now: datetime) -> None:
    """Count the version up for a change beside the contract's own row, with what it was in the audit trail."""
    contract.version += 1
    contract.save(update_fields=["version"])
    audit.record(
        actor=actor,
        action=action,
        subject=record.subject(contract),
        changes=changes,
        now=now,
        customer_id=contract.customer_id,
    )
