"""What a customer may use at most: granted, reserved, used; each use counts exactly once, whoever calls how often."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain.amount import NOTHING, exact, plain, units
from contracts.domain.set_terms import terms_of
from contracts.enums import COVERING_STATES, DrawState, QuotaKind
from contracts.models import Contract, ContractLine, Quota, QuotaDraw
from core.clock import office_day
from core.domain import record
from core.errors import InputError, RuleError

FIELDS = frozenset({"granted", "what"})
WORDS = {
    "training_days": QuotaKind.TRAINING,
    "visits": QuotaKind.VISIT,
    "remote_hours": QuotaKind.REMOTE,
    "other": QuotaKind.OTHER,
}


def adopt(line: ContractLine, actor: Any, now: datetime) -> list[Quota]:
    """Take the quotas of the line's promise set, as in force at `now`, over into its contract.

    Two lines under one set grant them once; what is there already stays as it is. Answers the new ones.
    """
    code, contract = line.promise_set.code, line.contract
    there = set(Quota.objects.filter(contract=contract, source=code).values_list("kind", flat=True))
    wanted = granted_by(terms_of(line.promise_set, "quotas", now))
    return [
        grant(contract=contract, kind=kind, granted=granted, source=code, actor=actor, now=now)
        for kind, granted in wanted.items()
        if kind not in there
    ]


def granted_by(terms: Mapping[str, Any]) -> dict[str, Decimal]:
    """The quotas of a promise set: `{training_days: 5, visits: 12, remote_hours: 20}`; unknown words are left alone."""
    found = {}
    for word, kind in WORDS.items():
        value = terms.get(word)
        if isinstance(value, int | str) and not isinstance(value, bool):
            found[str(kind)] = units(value, "quotas")
    return found


def grant(
    *, contract: Contract, kind: str, granted: Any, actor: Any, now: datetime, what: str = "", source: str = ""
) -> Quota:
    """Let the customer use so much in the term of the contract. InputError at the field for bad input."""
    quota = Quota(contract=contract, customer_id=contract.customer_id, source=source)
    values = {"kind": kind, "granted": units(granted, "granted"), "what": what}
    record.save(quota, values, actor=actor, action="quota.grant", now=now)
    return quota


def change(*, quota: Quota, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`. InputError for a grant below what is used and reserved, StaleError for another
    `version`. Locks the quota.
    """
    with transaction.atomic():
        quota.refresh_from_db(from_queryset=Quota.objects.select_for_update())
        if "granted" in values:
            values["granted"] = units(values["granted"], "granted")
            if values["granted"] < quota.used + quota.reserved:
                said = _("%(taken)s are used or reserved already.") % {"taken": plain(quota.used + quota.reserved)}
                raise InputError("taken", said, "granted")
        record.change(quota, values, FIELDS, version=version, actor=actor, action="quota.change", now=now)


def left(quota: Quota) -> Decimal:
    """What may still be reserved or used."""
    return quota.granted - quota.used - quota.reserved


def reserve(*, quota: Quota, key: str, amount: Any, used_on: date, what: str, actor: Any, now: datetime) -> QuotaDraw:
    """Keep so much for a use that is planned, once a `key`. A repetition answers the first, drawn by then or not.

    Locks the quota. RuleError `quota_exceeded` for more than is left (the customer gets a quote), `key_reused` for
    another amount under the same key, `quota_released` for a key that was released.
    """
    wanted = units(amount)
    with transaction.atomic():
        draw = _locked(quota, key)
        if draw:
            _check_same(draw, None if draw.state == DrawState.DRAWN else wanted)
            return draw
        _check_term(quota, used_on)
        return _take(quota, key, wanted, DrawState.RESERVED, used_on, what, actor, now)


def draw(
    *,
    quota: Quota,
    key: str,
    used_on: date,
    what: str,
    actor: Any,
    now: datetime,
    amount: Any = None,
) -> QuotaDraw:
    """Count a use, exactly once a `key`: what was reserved under it, or at once. However often it is called, by
    however many: the first one counts.

    `amount` may be omitted for what was reserved; another amount than reserved frees or takes the difference. Locks
    the quota. RuleErrors as for `reserve`; InputError for a day to come or without an amount.
    """
    wanted = None if amount is None else units(amount)
    if used_on > office_day(now):
        raise InputError("future", _("This day has not come yet."), "used_on")
    with transaction.atomic():
        found = _locked(quota, key)
        if found and found.state != DrawState.RESERVED:
            _check_same(found, wanted)
            return found
        _check_term(quota, used_on)
        if found:
            return _draw_reserved(quota, found, wanted or found.amount, used_on, what, actor, now)
        if wanted is None:
            raise InputError("required", _("Please give a number."), "amount")
        return _take(quota, key, wanted, DrawState.DRAWN, used_on, what, actor, now)


def release(*, quota: Quota, key: str, actor: Any, now: datetime, reason: str = "") -> QuotaDraw:
    """Give back what was reserved (the plan fell through) or, with a reason, drawn by mistake. For good: the key counts
    no more. A repetition changes nothing.

    Locks the quota. RuleError for an unknown key, InputError without a reason for what was drawn.
    """
    with transaction.atomic():
        draw = _locked(quota, key)
        if draw is None:
            raise RuleError("unknown_key", _("Nothing is reserved or used under this entry."))
        if draw.state == DrawState.RELEASED:
            return draw
        if draw.state == DrawState.DRAWN and not reason.strip():
            raise InputError("required", _("Please say why."), "reason")
        _move(quota, draw.state, -draw.amount)
        values = {"state": DrawState.RELEASED, "reason": reason}
        record.save(draw, values, actor=actor, action="quota.release", now=now)
        return draw


def _locked(quota: Quota, key: str) -> QuotaDraw | None:
    """Lock the quota and read it again; the draw of the key, if there is one."""
    quota.refresh_from_db(from_queryset=Quota.objects.select_for_update(of=("self",)).select_related("contract"))
    return QuotaDraw.objects.filter(quota=quota, key=key).first()


def _check_same(draw: QuotaDraw, amount: Decimal | None) -> None:
    if draw.state == DrawState.RELEASED:
        raise RuleError("quota_released", _("This entry was released and cannot be used again."))
    if amount is not None and amount != draw.amount:
        raise RuleError("key_reused", _("%(amount)s are entered here already.") % {"amount": plain(draw.amount)})


def _check_term(quota: Quota, day: date) -> None:
    contract = quota.contract
    if contract.state not in COVERING_STATES:
        raise RuleError("unsigned", _("This contract is not signed yet; nothing counts for it."))
    if not contract.starts_on <= day <= contract.ends_on:
        said = _("The contract does not cover this day; please make a quote.")
        raise RuleError("quota_term", said, "used_on")


def _take(
    quota: Quota, key: str, amount: Decimal, state: str, used_on: date, what: str, actor: Any, now: datetime
) -> QuotaDraw:
    _check_left(quota, amount)
    draw = QuotaDraw(quota=quota, customer_id=quota.customer_id, key=key, recorded_at=now, recorded_by=actor)
    values = {"amount": amount, "state": state, "used_on": used_on, "what": what}
    record.save(
        draw, values, actor=actor, action=f"quota.{'reserve' if state == DrawState.RESERVED else 'draw'}", now=now
    )
    _move(quota, state, amount)
    return draw


def _draw_reserved(
    quota: Quota, draw: QuotaDraw, amount: Decimal, used_on: date, what: str, actor: Any, now: datetime
) -> QuotaDraw:
    _check_left(quota, amount - draw.amount)
    _move(quota, DrawState.RESERVED, -draw.amount)
    _move(quota, DrawState.DRAWN, amount)
    values = {"amount": amount, "state": DrawState.DRAWN, "used_on": used_on, "what": what}
    record.save(draw, values, actor=actor, action="quota.draw", now=now)
    return draw


def _check_left(quota: Quota, amount: Decimal) -> None:
    if amount > left(quota):
        said = _("Only %(left)s are left, %(wanted)s are wanted. For more, please make a quote.")
        raise RuleError("quota_exceeded", said % {"left": plain(left(quota)), "wanted": plain(amount)}, "amount")


def _move(quota: Quota, state: str, by: Decimal) -> None:
    """Add to the sum of the draws of a state, under the row's lock."""
    column = "used" if state == DrawState.DRAWN else "reserved"
    sums = {column: exact(getattr(quota, column) + by, column)}
    assert sums[column] >= NOTHING
    setattr(quota, column, sums[column])
    Quota.objects.filter(pk=quota.pk).update(**sums)
