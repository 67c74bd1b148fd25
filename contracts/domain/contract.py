"""Contracts, what they cover, and the warranties that stand on them: [002], domain §4.

A contract is written as a draft, looked at by departments (contract_review), approved, signed, in force, and at last
expired or terminated. Once it is signed, its term and lines change by supplements only.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from contracts.domain import contract_cover, obligation, quota, warranty_terms
from contracts.domain.contract_check import check_has_lines, check_values, clean_values
from contracts.domain.contract_review import ask_again
from contracts.domain.contract_row import locked, note, store
from contracts.enums import CONTRACT_FLOW, OPEN_STATES, ContractState, ReviewState, SetScope
from contracts.models import Contract, ContractLine, ContractReview, PromiseSet, Warranty
from core import hooks
from core.domain import record
from core.errors import InputError, RuleError
from customers.models import Asset, Customer, Site

TERM_FIELDS = frozenset({"number", "title", "starts_on", "ends_on", "is_supplementary"})
TEXT_FIELDS = frozenset({"amount", "scope", "exclusions", "acceptance_criteria", "liability", "spare_parts_until"})
CARE_FIELDS = frozenset({"owner", "service_manager", "hotline", "complaint_phone"})
FIELDS = TERM_FIELDS | TEXT_FIELDS | CARE_FIELDS


def create(
    *,
    customer: Customer,
    number: str,
    title: str,
    starts_on: date,
    ends_on: date,
    actor: Any,
    now: datetime,
    is_supplementary: bool = False,
    **more: Any,
) -> Contract:
    """Register a contract that is signed already; both days belong to its term. `more`: any of `FIELDS`.

    Its lines are added right after. InputError at the field for bad input.
    """
    values = {"number": number, "title": title, "starts_on": starts_on, "ends_on": ends_on, **more}
    state = {"state": ContractState.ACTIVE, "is_supplementary": is_supplementary, "signed_on": starts_on}
    return _new(customer, values | state, "contract.create", actor, now)


def draft(
    *,
    customer: Customer,
    number: str,
    title: str,
    starts_on: date,
    ends_on: date,
    actor: Any,
    now: datetime,
    renews: Contract | None = None,
    **more: Any,
) -> Contract:
    """Begin a contract. `more`: any of `FIELDS`; the owner, who is told when it ends, is the actor unless given.

    InputError at the field for bad input.
    """
    values = {"number": number, "title": title, "starts_on": starts_on, "ends_on": ends_on, "renews": renews, **more}
    values["owner"] = values.get("owner") or actor
    return _new(customer, values | {"state": ContractState.DRAFT}, "contract.draft", actor, now)


def _new(customer: Customer, values: dict[str, Any], action: str, actor: Any, now: datetime) -> Contract:
    allowed = FIELDS | {"state", "signed_on", "renews"}
    if not allowed.issuperset(values):
        raise TypeError(f"{sorted(set(values) - allowed)} cannot be set")
    contract = Contract(customer=customer)
    record.save(contract, clean_values(values), actor=actor, action=action, now=now)
    return contract


def change(*, contract: Contract, actor: Any, now: datetime, version: int | None = None, **values: Any) -> None:
    """Change any of `FIELDS`; once signed, those only that no supplement is needed for (`changeable`).

    Departments that were asked already are asked again. InputError at the field, StaleError for another version.
    """
    with transaction.atomic():
        locked(contract, version)
        wanted = {name: value for name, value in values.items() if getattr(contract, name) != value}
        refused = sorted(set(wanted) - changeable(contract))
        if refused:
            raise RuleError("signed", _("A signed contract changes by supplements only."), refused[0])
        if not wanted:
            return
        check_values({"starts_on": contract.starts_on, "ends_on": contract.ends_on} | wanted)
        store(contract, clean_values(wanted), "contract.change", actor, now)
        if not CARE_FIELDS.issuperset(wanted) and contract.state in OPEN_STATES:
            contract_cover.set_term(contract)
            ask_again(contract, actor=actor, now=now)


def changeable(contract: Contract) -> frozenset[str]:
    """Which fields may be written directly now. One that was registered as signed may still be completed."""
    if contract.state in OPEN_STATES:
        return FIELDS
    return CARE_FIELDS | TEXT_FIELDS if contract.round == 0 else CARE_FIELDS


def takes_lines(contract: Contract) -> bool:
    """Whether lines may be written directly: before the signature, or while a registered contract is completed."""
    return contract.state in OPEN_STATES or (contract.state == ContractState.ACTIVE and contract.round == 0)


def add_line(
    *,
    contract: Contract,
    promise_set: PromiseSet,
    actor: Any,
    now: datetime,
    site: Site | None = None,
    asset: Asset | None = None,
    tell_customer: bool = False,
    version: int | None = None,
) -> ContractLine:
    """Cover one site, one asset, or (neither given) the whole customer, under a promise set for contracts.

    `tell_customer` lets the last step of the ladder reach the customer's own contact. InputError at the field,
    RuleError `overlap` if another contract covers it at the same time.
    """
    with transaction.atomic():
        locked(contract, version)
        if not takes_lines(contract):
            raise RuleError("signed", _("A signed contract changes by supplements only."))
        line = write_line(contract, promise_set, site, asset, tell_customer, contract.starts_on, actor, now)
        ask_again(contract, actor=actor, now=now)
    return line


def write_line(
    contract: Contract,
    promise_set: PromiseSet,
    site: Site | None,
    asset: Asset | None,
    tell_customer: bool,
    starts_on: date,
    actor: Any,
    now: datetime,
) -> ContractLine:
    """Write a line of a locked contract, from a day to the contract's end, with the terms that its set brings along."""
    check_line(contract.customer_id, promise_set, site, asset)
    line = ContractLine(contract=contract, customer_id=contract.customer_id, counts=False)
    values = {
        "promise_set": promise_set,
        "site": site,
        "asset": asset,
        "tell_customer": tell_customer,
        "starts_on": starts_on,
        "ends_on": contract.ends_on,
    }
    record.save(line, values, actor=actor, action="contract.add_line", now=now)
    contract_cover.check_twin(line)
    contract_cover.keep(contract)
    line.refresh_from_db(fields=["counts"])
    warranty_terms.adopt(line, actor, now)
    obligation.adopt(line, actor, now)
    quota.adopt(line, actor, now)
    return line


def check_line(customer_id: int, promise_set: PromiseSet, site: Site | None, asset: Asset | None) -> None:
    """InputError at the field unless all of it is the customer's and the set is one for contracts."""
    if site and asset:
        raise InputError("one_object", _("A line names a site or a device, not both."), "asset")
    if site and site.customer_id != customer_id:
        raise InputError("foreign", _("This site does not belong to the customer."), "site")
    if asset and asset.customer_id != customer_id:
        raise InputError("foreign", _("This device does not belong to the customer."), "asset")
    if promise_set.scope != SetScope.CONTRACT:
        raise InputError("scope", _("A house rule cannot be part of a contract."), "promise_set")


def remove_line(*, line: ContractLine, actor: Any, now: datetime, version: int | None = None) -> None:
    """Take a line out of a contract that is not signed yet. RuleError if it is, or if something stands on the line."""
    contract = line.contract
    with transaction.atomic():
        locked(contract, version)
        if contract.state not in OPEN_STATES:
            raise RuleError("signed", _("A signed contract changes by supplements only."))
        hooks.run_after("contracts.remove_line", line=line, actor=actor, now=now)
        changes = {"line": line.pk, "promise_set": line.promise_set.code, "site": line.site_id, "asset": line.asset_id}
        _delete(line)
        note(contract, "contract.remove_line", changes, actor, now)
        ask_again(contract, actor=actor, now=now)


def _delete(line: ContractLine) -> None:
    try:
        line.delete()
    except ProtectedError as error:
        message = _("Something else stands on this line already. Take that away first.")
        raise RuleError("protected", message) from error


def approve(*, contract: Contract, actor: Any, now: datetime, version: int | None = None) -> None:
    """The last word of manager or director, once every department of the round agrees. RuleError else."""
    with transaction.atomic():
        locked(contract, version)
        CONTRACT_FLOW.check(contract.state, ContractState.APPROVED)
        asked = ContractReview.objects.filter(contract=contract, round=contract.round)
        if asked.exclude(state=ReviewState.APPROVED).exists():
            raise RuleError("reviews", _("Not every department has agreed yet."))
        contract_cover.check_coming(contract)
        store(contract, {"state": ContractState.APPROVED}, "contract.approve", actor, now)


def sign(
    *, contract: Contract, signed_on: date, today: date, actor: Any, now: datetime, version: int | None = None
) -> None:
    """Both sides have signed: from now on its lines count on the days of its term. In force at once if it has begun.

    RuleError `overlap` if another contract covers the same at the same time, InputError for a day to come or a contract
    without lines.
    """
    with transaction.atomic():
        locked(contract, version)
        CONTRACT_FLOW.check(contract.state, ContractState.SIGNED)
        if signed_on > today:
            raise InputError("future", _("The day of the signature must not lie in the future."), "signed_on")
        check_has_lines(contract)
        store(contract, {"state": ContractState.SIGNED, "signed_on": signed_on}, "contract.sign", actor, now)
        contract_cover.keep(contract)
        hooks.run_after("contracts.sign", contract=contract, actor=actor, now=now)
        if contract.starts_on <= today:
            activate(contract=contract, today=today, actor=actor, now=now)


def activate(*, contract: Contract, today: date, actor: Any, now: datetime) -> None:
    """A signed contract whose term has begun is in force."""
    with transaction.atomic():
        locked(contract)
        CONTRACT_FLOW.check(contract.state, ContractState.ACTIVE)
        if contract.starts_on > today:
            raise RuleError("early", _("The term of this contract has not begun yet."))
        store(contract, {"state": ContractState.ACTIVE}, "contract.activate", actor, now)


def expire(*, contract: Contract, today: date, actor: Any, now: datetime) -> None:
    """A contract in force whose last day is over has expired."""
    with transaction.atomic():
        locked(contract)
        CONTRACT_FLOW.check(contract.state, ContractState.EXPIRED)
        if contract.ends_on >= today:
            raise RuleError("early", _("The term of this contract is not over yet."))
        store(contract, {"state": ContractState.EXPIRED}, "contract.expire", actor, now)


def terminate(
    *, contract: Contract, last_day: date, reason: str, actor: Any, now: datetime, version: int | None = None
) -> None:
    """End a contract early: its term is shortened to `last_day`, so that earlier days are still judged as they were.

    Locks the contract. RuleError if it is terminated already, InputError for a day outside the term or without reason.
    """
    with transaction.atomic():
        locked(contract, version)
        CONTRACT_FLOW.check(contract.state, ContractState.TERMINATED)
        if not contract.starts_on <= last_day <= contract.ends_on:
            raise InputError("term", _("The last day must lie within the term of the contract."), "last_day")
        if not reason.strip():
            raise InputError("required", _("Please say why the contract ends early."), "reason")
        cut_lines(contract, last_day, "last_day")
        values = {"state": ContractState.TERMINATED, "ends_on": last_day, "end_reason": reason}
        store(contract, values, "contract.terminate", actor, now)
        hooks.run_after("contracts.terminate", contract=contract, actor=actor, now=now)


def cut_lines(contract: Contract, last_day: date, field: str) -> None:
    """End all lines on a day at the latest. InputError if one begins only after it."""
    lines = ContractLine.objects.filter(contract=contract, ends_on__gt=last_day)
    late = lines.filter(starts_on__gt=last_day).order_by("-starts_on").first()
    if late is not None:
        message = _("A line of this contract begins on %(day)s. Choose this day or a later one.")
        raise InputError("term", message % {"day": late.starts_on.isoformat()}, field)
    lines.update(ends_on=last_day)


def add_warranty(
    *, asset: Asset, line: ContractLine, starts_on: date, ends_on: date, actor: Any, now: datetime
) -> Warranty:
    """Give an asset a warranty, both days included, from the contract line that its acceptance names.

    InputError at the field for bad input.
    """
    check_values({"starts_on": starts_on, "ends_on": ends_on})
    if line.customer_id != asset.customer_id:
        raise InputError("foreign", _("This contract line does not belong to the customer."), "line")
    warranty = Warranty(customer_id=asset.customer_id, asset=asset)
    values = {"line": line, "starts_on": starts_on, "ends_on": ends_on}
    record.save(warranty, values, actor=actor, action="contract.add_warranty", now=now)
    return warranty
