"""The end of contracts: reminders 90, 60 and 30 days before it, and the draft of the next one."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries.user import staff
from contracts.domain import contract as contracts
from contracts.domain.contract_row import locked
from contracts.domain.contract_words import renewal_text, tell
from contracts.enums import COVERING_STATES, ContractState
from contracts.models import Contract, ContractLine, RenewalNotice
from core.errors import RuleError

REMINDERS = (90, 60, 30)
COPIED = (
    "title",
    "is_supplementary",
    "amount",
    "owner",
    "service_manager",
    "hotline",
    "complaint_phone",
    "scope",
    "exclusions",
    "acceptance_criteria",
    "liability",
    "spare_parts_until",
)


def remind(contract: Contract, today: date, now: datetime) -> bool:
    """Tell the owner that a contract in force ends, once for each mark that was passed last; True if told now.

    Whoever registers a contract with 20 days left is told once, not three times. A contract that is renewed already is
    left alone. Without an owner the service manager is told, without either every manager.
    """
    left = (contract.ends_on - today).days
    mark = min((days for days in REMINDERS if left <= days), default=None)
    if mark is None or left < 0:
        return False
    with transaction.atomic():
        _notice, is_new = RenewalNotice.objects.get_or_create(contract=contract, days=mark, defaults={"told_at": now})
        if is_new:
            for user in _owners(contract):
                _tell(contract, user, mark, left, now)
    return is_new


def due_reminders(today: date) -> QuerySet[Contract]:
    """Contracts in force that end within the first mark and have no follower yet."""
    followed = Exists(Contract.objects.filter(renews=OuterRef("pk")))
    ending = Contract.objects.filter(state=ContractState.ACTIVE, ends_on__gte=today)
    soon = ending.filter(~followed, ends_on__lte=today + timedelta(days=max(REMINDERS)))
    return soon.select_related("customer", "owner", "service_manager").order_by("ends_on", "pk")


def renew(*, contract: Contract, number: str, starts_on: date, ends_on: date, actor: Any, now: datetime) -> Contract:
    """Make the next draft: texts, people and the lines that ran to the end, for a new term.

    RuleError if there is one already or the contract was never signed. InputError at the field.
    """
    with transaction.atomic():
        locked(contract)
        if contract.state not in COVERING_STATES:
            raise RuleError("unsigned", _("Only a signed contract can be renewed."))
        follower = Contract.objects.filter(renews=contract).first()
        if follower is not None:
            message = _("Contract %(number)s continues this one already.")
            raise RuleError("renewed", message % {"number": follower.number})
        term: dict[str, Any] = {"number": number, "starts_on": starts_on, "ends_on": ends_on}
        copied: dict[str, Any] = {name: getattr(contract, name) for name in COPIED}
        customer = contract.customer
        following = contracts.draft(customer=customer, renews=contract, actor=actor, now=now, **term, **copied)
        for line in _lines_to_the_end(contract):
            contracts.add_line(
                contract=following,
                promise_set=line.promise_set,
                site=line.site,
                asset=line.asset,
                tell_customer=line.tell_customer,
                actor=actor,
                now=now,
            )
    return following


def next_term(contract: Contract) -> tuple[date, date]:
    """The term that follows: from the day after the end, to the same day a year on where it was whole years."""
    starts_on = contract.ends_on + timedelta(days=1)
    years = starts_on.year - contract.starts_on.year
    if years > 0 and _years_on(contract.starts_on, years) == starts_on:
        return starts_on, _years_on(starts_on, years) - timedelta(days=1)
    return starts_on, starts_on + (contract.ends_on - contract.starts_on)


def _years_on(day: date, years: int) -> date:
    """The same day years later; 29 February is 28 February in a year without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _lines_to_the_end(contract: Contract) -> list[ContractLine]:
    lines = ContractLine.objects.filter(contract=contract, ends_on=contract.ends_on)
    return list(lines.select_related("promise_set", "site", "asset").order_by("pk"))


def _owners(contract: Contract) -> list[User]:
    named = [user for user in (contract.owner, contract.service_manager) if user is not None and user.is_active]
    return named[:1] or list(staff().filter(roles__role=Role.MANAGER).distinct())


def _tell(contract: Contract, user: User, mark: int, left: int, now: datetime) -> None:
    key = f"contract.renewal:{contract.pk}:{mark}"
    tell(contract, user, key, "contract.renewal", now, text=lambda: renewal_text(contract, left))
