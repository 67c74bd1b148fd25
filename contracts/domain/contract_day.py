"""What a new day does to contracts by itself. Every step may be repeated: it changes nothing twice."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.domain import contract as contracts
from contracts.domain import renewal
from contracts.enums import ContractState
from contracts.models import Contract
from core.errors import RuleError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Turned:
    """How many contracts came into force, expired, and whose owners were reminded."""

    activated: int
    expired: int
    reminded: int


def turn(today: date, now: datetime) -> Turned:
    """Bring signed contracts into force, let those whose last day is over expire, remind owners; each on its own."""
    begun = Contract.objects.filter(state=ContractState.SIGNED, starts_on__lte=today)
    over = Contract.objects.filter(state=ContractState.ACTIVE, ends_on__lt=today)
    act: dict[str, Any] = {"today": today, "actor": None, "now": now}
    return Turned(
        activated=_count(list(begun), lambda one: contracts.activate(contract=one, **act)),
        expired=_count(list(over), lambda one: contracts.expire(contract=one, **act)),
        reminded=sum(renewal.remind(one, today, now) for one in renewal.due_reminders(today)),
    )


def _count(found: list[Contract], act: Callable[[Contract], None]) -> int:
    done = 0
    for contract in found:
        try:
            act(contract)
            done += 1
        except RuleError as error:
            logger.info("contract %s: %s", contract.number, error.code)
    return done
