"""Warranties: begun by a signed acceptance, or by a replaced part; each keeps the terms that it began with."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain.replaced_part import Exchange, part_term
from contracts.domain.warranty_days import starting_stage, term_of
from contracts.enums import Cover, WarrantyStart
from contracts.models import Acceptance, Contract, ContractLine, Warranty
from contracts.queries.entitlement import closest_line, terms_held
from contracts.queries.terms import Terms, class_for, terms_of
from core import hooks
from core.domain import record
from core.errors import InputError
from customers.models import Asset

PART_LENGTH = 120
# What counts where nothing is written down: the replaced part shares what is left of the device's term.
UNWRITTEN = Terms(12, WarrantyStart.ACCEPTANCE_DAY, first_day_counts=False, covers=Cover.ANY_CAUSE)


def start_for(acceptance: Acceptance, actor: Any, now: datetime) -> list[Warranty]:
    """Begin the warranties that a signed certificate starts: one for each of its assets whose class names this stage.

    The class is that of the contract's line closest to the asset (the asset, its system, its site, all). An asset
    without a line or class gets none. Doing it again changes nothing. In the caller's transaction; audited.
    """
    with transaction.atomic():
        contract = acceptance.contract
        lines = list(ContractLine.objects.filter(contract=contract).prefetch_related("terms").order_by("pk"))
        assets = Asset.objects.filter(acceptances__acceptance=acceptance).select_related("product").order_by("pk")
        begun = [_begin(acceptance, asset, lines, actor, now) for asset in assets]
    return [one for one in begun if one is not None]


def _begin(
    acceptance: Acceptance, asset: Asset, lines: Iterable[ContractLine], actor: Any, now: datetime
) -> Warranty | None:
    line = closest_line(lines, asset)
    terms = class_of(line, asset) if line else None
    if line is None or terms is None or starting_stage(terms) != acceptance.stage:
        return None
    origin = f"acceptance:{acceptance.number}"
    known = Warranty.objects.filter(asset=asset, part="", origin=origin).first()
    if known:
        return known
    held = term_of(terms, accepted_on=acceptance.accepted_on, contract_ends_on=acceptance.contract.ends_on)
    return _write(asset, line, held, terms, origin, actor, now)


def class_of(line: ContractLine, asset: Asset) -> Terms | None:
    """The class of a line (its `terms` prefetched) that is about an asset."""
    classes = [terms_of(vars(one)) for one in line.terms.all()]
    return class_for(classes, kind=asset.product.kind, code=asset.product.code)


@hooks.after("contracts.terminate")
@hooks.after("contracts.amend")
def follow_contract(contract: Contract, actor: Any, now: datetime, **_more: Any) -> None:
    """Warranties that begin with the end of the contract move with it. In the caller's transaction; audited."""
    waiting = Warranty.objects.filter(line__contract=contract, terms__starts=WarrantyStart.CONTRACT_END, part="")
    for warranty in waiting.select_for_update(of=("self",)).order_by("pk"):
        held = term_of(terms_of(warranty.terms), accepted_on=contract.ends_on, contract_ends_on=contract.ends_on)
        values = {"starts_on": held[0], "ends_on": held[1]}
        record.save(warranty, values, actor=actor, action="warranty.move", now=now)


def replace_part(
    asset: Asset, part: str, exchanged_on: date, fault_on: date, is_key: bool, actor: Any, now: datetime
) -> Warranty | None:
    """Give a replaced part the warranty that the device's terms say: remainder, restart or extend. `part` names it;
    "" is the device itself. None where the fault came after the warranty, or nothing is left of it.

    The same part twice on one day is one exchange. Locks the device's warranties; audited. InputError at the field.
    """
    _check_exchange(part, exchanged_on, fault_on)
    with transaction.atomic():
        held = terms_held(asset, fault_on)
        own = next((one for one in held if one.part == part and part), None)
        base = next((one for one in held if not one.part), own)
        if base is None:
            return None
        origin = f"replaced:{exchanged_on.isoformat()}"
        known = Warranty.objects.filter(asset=asset, part=part, origin=origin).first()
        if known:
            return known
        terms = _terms_on(base, asset)
        days = part_term(
            terms,
            Exchange(fault_on, exchanged_on, is_key),
            held=(base.starts_on, base.ends_on),
            part_held=(own.starts_on, own.ends_on) if own else None,
        )
        return _write(asset, base.line, days, terms, origin, actor, now, part=part) if days else None


def _check_exchange(part: str, exchanged_on: date, fault_on: date) -> None:
    if exchanged_on < fault_on:
        message = _("The exchange must not lie before the fault.")
        raise InputError("order", message, "exchanged_on")
    if len(part) > PART_LENGTH:
        raise InputError("long", _("Please name the part in fewer words."), "part")


def _terms_on(warranty: Warranty, asset: Asset) -> Terms:
    """The terms of a warranty: those it began with, else its line's, else those that nobody had to write."""
    return terms_of(warranty.terms) if warranty.terms else class_of(warranty.line, asset) or UNWRITTEN


def _write(
    asset: Asset,
    line: ContractLine,
    days: tuple[date, date],
    terms: Terms,
    origin: str,
    actor: Any,
    now: datetime,
    part: str = "",
) -> Warranty:
    warranty = Warranty(customer_id=asset.customer_id, asset=asset)
    values = {
        "line": line,
        "starts_on": days[0],
        "ends_on": days[1],
        "part": part,
        "terms": terms.document(),
        "origin": origin,
    }
    record.save(warranty, values, actor=actor, action="warranty.begin", now=now)
    return warranty
