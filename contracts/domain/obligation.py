"""What we owe at least: taken over from the promise set, done, missed and settled [001][003]."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.domain.periods import ONE_DAY, months_later
from contracts.domain.set_terms import MOST_TIMES, is_count, terms_of
from contracts.enums import COVERING_STATES, ObligationKind, Per
from contracts.models import Contract, ContractLine, Obligation, ObligationDone, ObligationMiss
from core.clock import office_day
from core.domain import record
from core.errors import InputError, RuleError

FIELDS = frozenset({"what", "times", "per", "starts_on", "ends_on", "is_active"})
EVERY = {"monthly": Per.MONTH, "quarterly": Per.QUARTER, "yearly": Per.YEAR, "once": Per.TERM}
COUNTED = {f"{kind}s_per_{per}": (kind, per) for kind in ObligationKind for per in Per}


@dataclass(frozen=True)
class Owed:
    """One obligation as a promise set words it; `years` is how long it lasts where that is said."""

    kind: str
    times: int
    per: str
    years: int = 0


def adopt(line: ContractLine, actor: Any, now: datetime) -> list[Obligation]:
    """Take the obligations of the line's promise set, as in force at `now`, over into its contract.

    Two lines under one set owe them once; what is there already stays as it is. Answers the new ones.
    """
    code, terms = line.promise_set.code, terms_of(line.promise_set, "obligations", now)
    there = set(Obligation.objects.filter(contract=line.contract_id, source=code).values_list("kind", flat=True))
    found = [owed for owed in owed_by(terms) if owed.kind not in there]
    return [_adopt(line, owed, code, actor, now) for owed in found]


def owed_by(terms: Mapping[str, Any]) -> list[Owed]:
    """The obligations of a promise set: `{inspection: quarterly, visits_per_year: 5, resident_engineers: 3,
    resident_years: 3}`. A word that is not known here is for another part of the product.
    """
    found = []
    for name, value in terms.items():
        if name in ObligationKind.values and value in EVERY:
            found.append(Owed(name, 1, EVERY[value]))
        elif name in COUNTED and is_count(value):
            kind, per = COUNTED[name]
            found.append(Owed(kind, value, per))
    residents: Any = terms.get("resident_engineers")
    years: Any = terms.get("resident_years", 0)
    if is_count(residents):
        found.append(Owed(ObligationKind.RESIDENT, residents, Per.YEAR, years if is_count(years) else 0))
    return found


def create(
    *,
    contract: Contract,
    kind: str,
    times: int,
    per: str,
    actor: Any,
    now: datetime,
    what: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    source: str = "",
) -> Obligation:
    """Owe something at least `times` in every period. InputError at the field for what makes no sense."""
    values: dict[str, Any] = {"times": times, "starts_on": starts_on, "ends_on": ends_on}
    _check(contract, values)
    obligation = Obligation(contract=contract, customer_id=contract.customer_id, source=source)
    values |= {"kind": kind, "per": per, "what": what, "counts_from": office_day(now)}
    record.save(obligation, values, actor=actor, action="obligation.create", now=now)
    return obligation


def change(*, obligation: Obligation, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`; what was escalated stays. InputError at the field, StaleError for another `version`."""
    stored = {name: getattr(obligation, name) for name in ("times", "starts_on", "ends_on")}
    _check(obligation.contract, stored | values)
    record.change(obligation, values, FIELDS, version=version, actor=actor, action="obligation.change", now=now)


def record_done(
    *, obligation: Obligation, key: str, done_on: date, what: str, actor: Any, now: datetime
) -> ObligationDone:
    """Count something as done, once a `key` (such as `fieldwork.sheet:WO-2611-00087`): a repetition answers the first.

    Locks the obligation. InputError for a day to come or outside the term, RuleError while nothing is signed.
    """
    with transaction.atomic():
        obligation.refresh_from_db(from_queryset=Obligation.objects.select_for_update())
        there = ObligationDone.objects.filter(obligation=obligation, key=key).first()
        if there:
            return there
        _check_day(obligation, done_on, now)
        done = ObligationDone(obligation=obligation, customer_id=obligation.customer_id, recorded_by=actor)
        values = {"key": key, "done_on": done_on, "what": what, "recorded_at": now}
        record.save(done, values, actor=actor, action="obligation.record_done", now=now)
        return done


def withdraw(*, done: ObligationDone, reason: str, actor: Any, now: datetime) -> None:
    """Count an entry made by mistake no more. Locks it. RuleError the second time, InputError without a reason."""
    with transaction.atomic():
        done.refresh_from_db(from_queryset=ObligationDone.objects.select_for_update())
        if done.withdrawn_at:
            raise RuleError("withdrawn", _("This entry has been taken back already."))
        values = {"withdrawn_at": now, "withdrawn_why": _reason(reason)}
        record.save(done, values, actor=actor, action="obligation.withdraw", now=now)


def settle(*, miss: ObligationMiss, reason: str, actor: Any, now: datetime) -> None:
    """Close a missed period with the words how it was made good or agreed otherwise; it is listed no more.

    Locks it. RuleError the second time, InputError without words.
    """
    with transaction.atomic():
        miss.refresh_from_db(from_queryset=ObligationMiss.objects.select_for_update())
        if miss.settled_at:
            raise RuleError("settled", _("This missed period has been settled already."))
        values = {"settled_at": now, "settled_by": actor, "settlement": _reason(reason)}
        record.save(miss, values, actor=actor, action="obligation.settle", now=now)


def _adopt(line: ContractLine, owed: Owed, source: str, actor: Any, now: datetime) -> Obligation:
    """From the line's first day on, for the years that the set names, at most as long as the contract."""
    contract = line.contract
    last = months_later(line.starts_on, 12 * owed.years) - ONE_DAY if owed.years else contract.ends_on
    return create(
        contract=contract,
        kind=owed.kind,
        times=owed.times,
        per=owed.per,
        starts_on=line.starts_on if line.starts_on > contract.starts_on else None,
        ends_on=last if last < contract.ends_on else None,
        source=source,
        actor=actor,
        now=now,
    )


def _check(contract: Contract, values: Mapping[str, Any]) -> None:
    """`contract` with `times`, `starts_on` and `ends_on`."""
    if not is_count(values["times"]):
        raise InputError("times", _("Please give a number from 1 to %(most)s.") % {"most": MOST_TIMES}, "times")
    first, last = values["starts_on"] or contract.starts_on, values["ends_on"] or contract.ends_on
    if last < first:
        raise InputError("term", _("The last day must not be before the first day."), "ends_on")
    if not contract.starts_on <= first <= contract.ends_on:
        raise InputError("term", _("This day lies outside the term of the contract."), "starts_on")


def _check_day(obligation: Obligation, day: date, now: datetime) -> None:
    contract = obligation.contract
    if contract.state not in COVERING_STATES:
        raise RuleError("unsigned", _("This contract is not signed yet; nothing counts for it."))
    if day > office_day(now):
        raise InputError("future", _("This day has not come yet."), "done_on")
    if not contract.starts_on <= day <= contract.ends_on:
        raise InputError("term", _("This day lies outside the term of the contract."), "done_on")


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError("required", _("Please say why."), "reason")
    return text
