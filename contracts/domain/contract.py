"""Contracts, what they cover, and the warranties that stand on them."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.enums import CONTRACT_FLOW, ContractState, SetScope
from contracts.models import Contract, ContractLine, PromiseSet, Warranty
from core.errors import InputError
from customers.domain import record
from customers.models import Asset, Customer, Site


def create(
    *, customer: Customer, number: str, title: str, starts_on: date, ends_on: date, actor: Any, now: datetime
) -> Contract:
    """Register a signed contract; both days belong to its term. InputError at the field for bad input."""
    _check_term(starts_on, ends_on)
    contract = Contract(customer=customer)
    values = {
        "number": number,
        "title": title,
        "state": ContractState.ACTIVE,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    record.save(contract, values, actor=actor, action="contract.create", now=now)
    return contract


def add_line(
    *,
    contract: Contract,
    promise_set: PromiseSet,
    actor: Any,
    now: datetime,
    site: Site | None = None,
    asset: Asset | None = None,
    tell_customer: bool = False,
) -> ContractLine:
    """Cover one site, one asset, or (neither given) the whole customer, under a promise set for contracts.

    `tell_customer` lets the last step of the ladder reach the customer's own contact. InputError at the field.
    """
    _check_object(contract.customer_id, site, asset)
    if promise_set.scope != SetScope.CONTRACT:
        raise InputError("scope", _("A house rule cannot be part of a contract."), "promise_set")
    line = ContractLine(contract=contract, customer_id=contract.customer_id)
    values = {"promise_set": promise_set, "site": site, "asset": asset, "tell_customer": tell_customer}
    record.save(line, values, actor=actor, action="contract.add_line", now=now)
    return line


def add_warranty(
    *, asset: Asset, line: ContractLine, starts_on: date, ends_on: date, actor: Any, now: datetime
) -> Warranty:
    """Give an asset a warranty, both days included, from the contract line that its acceptance names.

    InputError at the field for bad input.
    """
    _check_term(starts_on, ends_on)
    if line.customer_id != asset.customer_id:
        raise InputError("foreign", _("This contract line does not belong to the customer."), "line")
    warranty = Warranty(customer_id=asset.customer_id, asset=asset)
    values = {"line": line, "starts_on": starts_on, "ends_on": ends_on}
    record.save(warranty, values, actor=actor, action="contract.add_warranty", now=now)
    return warranty


def terminate(*, contract: Contract, last_day: date, reason: str, actor: Any, now: datetime) -> None:
    """End a contract early: its term is shortened to `last_day`, so that earlier days are still judged as they were.

    Locks the contract. RuleError if it is terminated already, InputError for a day outside the term or without reason.
    """
    with transaction.atomic():
        contract.refresh_from_db(from_queryset=Contract.objects.select_for_update())
        CONTRACT_FLOW.check(contract.state, ContractState.TERMINATED)
        if not contract.starts_on <= last_day <= contract.ends_on:
            raise InputError("term", _("The last day must lie within the term of the contract."), "last_day")
        if not reason.strip():
            raise InputError("required", _("Please say why the contract ends early."), "reason")
        values = {"state": ContractState.TERMINATED, "ends_on": last_day, "end_reason": reason}
        record.save(contract, values, actor=actor, action="contract.terminate", now=now)


def _check_term(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise InputError("term", _("The last day must not be before the first day."), "ends_on")


def _check_object(customer_id: int, site: Site | None, asset: Asset | None) -> None:
    if site and asset:
        raise InputError("one_object", _("A line names a site or a device, not both."), "asset")
    if site and site.customer_id != customer_id:
        raise InputError("foreign", _("This site does not belong to the customer."), "site")
    if asset and asset.customer_id != customer_id:
        raise InputError("foreign", _("This device does not belong to the customer."), "asset")
