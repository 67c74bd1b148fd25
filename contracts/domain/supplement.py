"""Numbered supplements: the only way in which term, amount and lines of a signed contract change ([002])."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from contracts.domain import contract_cover
from contracts.domain.contract import check_line, cut_lines, write_line
from contracts.domain.contract_check import check_term, check_values
from contracts.domain.contract_row import locked, note, store
from contracts.enums import SUPPLEMENT_FLOW, ContractState, SupplementState
from contracts.models import Contract, ContractLine, PromiseSet, Supplement, SupplementLine
from core import hooks
from core.errors import InputError, RuleError, StaleError
from customers.models import Asset, Site

CHANGING = (ContractState.SIGNED, ContractState.ACTIVE, ContractState.EXPIRED)


@dataclass(frozen=True)
class Added:
    """A line to come, as `contract.add_line` takes it."""

    promise_set: PromiseSet
    site: Site | None = None
    asset: Asset | None = None
    tell_customer: bool = False


@dataclass(frozen=True)
class Wanted:
    """What a supplement does: `ends_on` and `amount` None leave the contract's as they are."""

    effective_on: date
    reason: str
    ends_on: date | None = None
    amount: Decimal | None = None
    ends: Sequence[ContractLine] = ()
    adds: Sequence[Added] = ()


def draft(*, contract: Contract, wanted: Wanted, actor: Any, now: datetime) -> Supplement:
    """Write the next supplement of a signed contract; it changes nothing yet. InputError at the field."""
    with transaction.atomic():
        locked(contract)
        if contract.state not in CHANGING:
            raise RuleError(
                "unsigned", _("Supplements change signed contracts. This one can be changed directly, or is over.")
            )
        _check(contract, wanted)
        last = Supplement.objects.filter(contract=contract).aggregate(last=Max("number"))["last"]
        supplement = Supplement(
            contract=contract, customer_id=contract.customer_id, number=(last or 0) + 1, created_at=now
        )
        _write(supplement, wanted)
        note(contract, "contract.draft_supplement", _told(supplement, wanted), actor, now)
    return supplement


def change(*, supplement: Supplement, wanted: Wanted, version: int, actor: Any, now: datetime) -> None:
    """Write a supplement anew that is not signed yet; an approval has to be given again. StaleError, InputError."""
    with transaction.atomic():
        contract = _locked(supplement, version)
        if supplement.state not in (SupplementState.DRAFT, SupplementState.APPROVED):
            raise RuleError("signed", _("This supplement is signed or dropped and does not change any more."))
        _check(contract, wanted)
        SupplementLine.objects.filter(supplement=supplement).delete()
        supplement.state, supplement.approved_by, supplement.approved_at = SupplementState.DRAFT, None, None
        _write(supplement, wanted)
        note(contract, "contract.change_supplement", _told(supplement, wanted), actor, now)


def approve(*, supplement: Supplement, actor: Any, now: datetime, version: int | None = None) -> None:
    """The word of manager or director."""
    with transaction.atomic():
        contract = _locked(supplement, version)
        SUPPLEMENT_FLOW.check(supplement.state, SupplementState.APPROVED)
        supplement.approved_by, supplement.approved_at = actor, now
        _move(supplement, SupplementState.APPROVED)
        note(contract, "contract.approve_supplement", {"supplement": supplement.number}, actor, now)


def drop(*, supplement: Supplement, actor: Any, now: datetime, version: int | None = None) -> None:
    """A supplement that does not come about keeps its number."""
    with transaction.atomic():
        contract = _locked(supplement, version)
        SUPPLEMENT_FLOW.check(supplement.state, SupplementState.DROPPED)
        _move(supplement, SupplementState.DROPPED)
        note(contract, "contract.drop_supplement", {"supplement": supplement.number}, actor, now)


def sign(
    *, supplement: Supplement, signed_on: date, today: date, actor: Any, now: datetime, version: int | None = None
) -> None:
    """Both sides have signed: lines end the day before it takes effect, new ones begin on it, term and amount change.

    A longer term also moves the lines that ran to the contract's end. One that had expired is in force again if its new
    term says so. RuleError `overlap`, InputError for a day to come; then nothing changed.
    """
    with transaction.atomic():
        contract = _locked(supplement, version)
        SUPPLEMENT_FLOW.check(supplement.state, SupplementState.SIGNED)
        if contract.state not in CHANGING:
            raise RuleError("terminated", _("This contract was ended early. Nothing can be added to it."))
        if signed_on > today:
            raise InputError("future", _("The day of the signature must not lie in the future."), "signed_on")
        supplement.signed_on = signed_on
        _move(supplement, SupplementState.SIGNED)
        _take_effect(contract, supplement, today, actor, now)
        note(contract, "contract.sign_supplement", {"supplement": supplement.number}, actor, now)
        hooks.run_after("contracts.amend", contract=contract, supplement=supplement, actor=actor, now=now)


def _take_effect(contract: Contract, supplement: Supplement, today: date, actor: Any, now: datetime) -> None:
    lines = list(supplement.lines.select_related("ends", "promise_set", "site", "asset").order_by("pk"))
    for line in lines:
        if line.ends:
            _end(line.ends, supplement.effective_on)
    _set_values(contract, supplement, today, actor, now)
    for line in lines:
        if line.promise_set:
            added = (line.promise_set, line.site, line.asset, line.tell_customer)
            write_line(contract, *added, supplement.effective_on, actor, now)
    contract_cover.keep(contract)


def _end(line: ContractLine, effective_on: date) -> None:
    line.refresh_from_db()
    last_day = effective_on - timedelta(days=1)
    if line.starts_on > last_day:
        raise RuleError("term", _("This line begins only on the day on which it should end."))
    ContractLine.objects.filter(pk=line.pk).update(ends_on=min(line.ends_on, last_day))


def _set_values(contract: Contract, supplement: Supplement, today: date, actor: Any, now: datetime) -> None:
    values: dict[str, Any] = {}
    if supplement.amount is not None:
        values["amount"] = supplement.amount
    if supplement.ends_on is not None and supplement.ends_on != contract.ends_on:
        values["ends_on"] = supplement.ends_on
        if contract.state == ContractState.EXPIRED and supplement.ends_on >= today:
            values["state"] = ContractState.ACTIVE
        _move_end(contract, supplement.ends_on)
    if values:
        store(contract, values, "contract.amend", actor, now)


def _move_end(contract: Contract, ends_on: date) -> None:
    if ends_on < contract.ends_on:
        cut_lines(contract, ends_on, "ends_on")
    else:
        running = ContractLine.objects.filter(contract=contract, ends_on=contract.ends_on)
        if contract_is_counting := running.filter(counts=True).exists():
            running.update(counts=False)
        running.update(ends_on=ends_on)
        if contract_is_counting:
            contract_cover.keep(contract)


def _check(contract: Contract, wanted: Wanted) -> None:
    if not wanted.reason.strip():
        raise InputError("required", _("Please say what changes."), "reason")
    if not (wanted.ends_on or wanted.amount is not None or wanted.ends or wanted.adds or wanted.reason.strip()):
        raise InputError("required", _("Please say what changes."), "reason")
    last = wanted.ends_on or contract.ends_on
    if not contract.starts_on <= wanted.effective_on <= last:
        raise InputError("term", _("The day must lie within the term of the contract."), "effective_on")
    check_term(contract.starts_on, last)
    check_values({"amount": wanted.amount})
    for line in wanted.ends:
        if line.contract_id != contract.pk:
            raise InputError("foreign", _("This line belongs to another contract."), "ends")
    for added in wanted.adds:
        check_line(contract.customer_id, added.promise_set, added.site, added.asset)


def _write(supplement: Supplement, wanted: Wanted) -> None:
    supplement.effective_on, supplement.reason = wanted.effective_on, wanted.reason.strip()
    supplement.ends_on, supplement.amount = wanted.ends_on, wanted.amount
    supplement.version += 1
    supplement.full_clean()
    supplement.save()
    lines = [SupplementLine(ends=line) for line in wanted.ends]
    lines += [
        SupplementLine(
            promise_set=added.promise_set, site=added.site, asset=added.asset, tell_customer=added.tell_customer
        )
        for added in wanted.adds
    ]
    for line in lines:
        line.supplement, line.customer_id = supplement, supplement.customer_id
    SupplementLine.objects.bulk_create(lines)


def _told(supplement: Supplement, wanted: Wanted) -> dict[str, Any]:
    return {
        "supplement": supplement.number,
        "effective_on": wanted.effective_on.isoformat(),
        "reason": wanted.reason.strip(),
        "ends_on": wanted.ends_on.isoformat() if wanted.ends_on else None,
        "amount": str(wanted.amount) if wanted.amount is not None else None,
        "ends": [line.pk for line in wanted.ends],
        "adds": len(wanted.adds),
    }


def _move(supplement: Supplement, state: SupplementState) -> None:
    supplement.state, supplement.version = state, supplement.version + 1
    supplement.save()


def _locked(supplement: Supplement, version: int | None) -> Contract:
    """Lock the contract first, then the supplement; StaleError for another version of it."""
    contract = locked(supplement.contract)
    supplement.refresh_from_db(from_queryset=Supplement.objects.select_for_update())
    if version is not None and version != supplement.version:
        message = _("This supplement was changed by someone else. Please check it and try again.")
        raise StaleError(message, {"version": supplement.version, "state": supplement.state})
    supplement.contract = contract
    return contract
