"""The rules of the coverage verdict, without words: who pays for a kind of service, given what a fault comes from.

Sources: [001] 硬件售后服务方案, 软件系统售后服务 5.3; [003] 信息化项目售后服务方案 1; [004] 1.2.3. Readings that are
ours: advice, versions and defects against the requirements ask for no cause; a cause that is not known yet counts as
included; terms that nobody wrote down include everything; long distance is from `long_distance_km` on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from contracts.domain.warranty_days import software_until
from contracts.enums import ChargedInside, Cover, Coverage, FaultCause, PriceBasis, ServiceKind
from contracts.queries.terms import Terms

# What is done whatever a fault comes from.
CAUSELESS = frozenset({ServiceKind.PHONE_ADVICE, ServiceKind.SOFTWARE_VERSION, ServiceKind.REQUIREMENT_DEFECT})
# The causes that a cover leaves out.
EXCLUDED_CAUSES = {
    Cover.MATERIAL_MAKE: frozenset({FaultCause.MISUSE, FaultCause.FORCE_MAJEURE, FaultCause.THIRD_PARTY}),
    Cover.ALL_BUT_MISUSE: frozenset({FaultCause.MISUSE}),
    Cover.ANY_CAUSE: frozenset[FaultCause](),
}
LONG_DISTANCE = {
    ServiceKind.VISIT: ChargedInside.LONG_DISTANCE_TRAVEL,
    ServiceKind.LABOUR: ChargedInside.LONG_DISTANCE_LABOUR,
}
INCLUDED = frozenset({Coverage.WARRANTY, Coverage.CONTRACT, Coverage.FREE_AFTER})


class Why(Enum):
    """What decided."""

    IN_TERM = "in_term"
    VERSION_TERM = "version_term"
    FREE_AFTER = "free_after"
    CAUSE = "cause"
    DISTANCE = "distance"
    OVER = "over"
    NOT_BEGUN = "not_begun"
    NO_TERM = "no_term"
    NO_ASSET = "no_asset"
    BY_HAND = "by_hand"


@dataclass(frozen=True)
class Basis:
    """A warranty or a contract's term with what it says, both days included. `source` is the contract's number."""

    coverage: Coverage
    source: str
    starts_on: date
    ends_on: date
    terms: Terms | None = None
    part: str = ""
    origin: str = ""

    def until(self, service: ServiceKind) -> date:
        """The last day for a kind of service: new software versions may be free for longer than all else."""
        if service == ServiceKind.SOFTWARE_VERSION and self.coverage == Coverage.WARRANTY and self.terms:
            return software_until(self.terms, self.starts_on, self.ends_on)
        return self.ends_on

    def holds(self, service: ServiceKind, day: date) -> bool:
        return self.starts_on <= day <= self.until(service)


@dataclass(frozen=True)
class Situation:
    """What is judged: on which day, what the fault comes from, how far it is. `asset_known`: a device is named."""

    day: date
    cause: FaultCause = FaultCause.UNKNOWN
    distance_km: float | None = None
    asset_known: bool = True


@dataclass(frozen=True)
class Finding:
    """The verdict on one kind of service. `price` only where it costs money; `until` is the day that decided.

    `unless` are causes that would exclude it, `from_km` the distance from which it is charged, where neither is known.
    """

    service: ServiceKind
    code: Coverage
    why: Why
    basis: Basis | None = None
    until: date | None = None
    price: PriceBasis | None = None
    unless: frozenset[FaultCause] = frozenset()
    from_km: int | None = None

    @property
    def is_included(self) -> bool:
        return self.code in INCLUDED

    @property
    def is_paid(self) -> bool:
        """Only this needs a quote that the customer approves; nothing is refused."""
        return self.code in (Coverage.EXCLUDED, Coverage.EXPIRED)


def by_hand(finding: Finding, code: Coverage) -> Finding:
    """The finding where somebody judged the whole otherwise than the terms say: included as all of it is, or paid as
    all of it is, but for what stays free after every term.
    """
    agrees = finding.is_included == (code in INCLUDED) and finding.code != Coverage.UNKNOWN
    if agrees or finding.code == Coverage.FREE_AFTER:
        return finding
    is_paid = code in (Coverage.EXCLUDED, Coverage.EXPIRED)
    price = finding.price or _price(finding.basis.terms if finding.basis else None)
    return Finding(finding.service, code, Why.BY_HAND, finding.basis, finding.until, price if is_paid else None)


def judge_all(bases: Sequence[Basis], situation: Situation) -> dict[ServiceKind, Finding]:
    """The verdict on every kind of service."""
    return {service: judge(bases, service, situation) for service in ServiceKind}


def judge(bases: Sequence[Basis], service: ServiceKind, situation: Situation) -> Finding:
    """The verdict on one kind of service: the first term in force that includes it, warranties before contracts; else
    why the first one does not; else free after expiry, expired, or not known.
    """
    holding = [basis for basis in bases if basis.holds(service, situation.day)]
    holding.sort(key=lambda basis: basis.coverage != Coverage.WARRANTY)
    found = [_inside(basis, service, situation) for basis in holding]
    if found:
        return next((one for one in found if one.is_included), found[0])
    over = [basis for basis in bases if basis.until(service) < situation.day]
    if situation.asset_known and over:
        return _after(over, service)
    coming = [basis for basis in bases if basis.starts_on > situation.day]
    if coming:
        first = min(coming, key=lambda basis: basis.starts_on)
        return Finding(service, Coverage.UNKNOWN, Why.NOT_BEGUN, first, first.starts_on)
    return Finding(service, Coverage.UNKNOWN, Why.NO_TERM if situation.asset_known else Why.NO_ASSET)


def _inside(basis: Basis, service: ServiceKind, situation: Situation) -> Finding:
    """What a term in force says."""
    until, terms = basis.until(service), basis.terms
    excluded = EXCLUDED_CAUSES[terms.covers] if terms and service not in CAUSELESS else frozenset()
    if situation.cause in excluded:
        return Finding(service, Coverage.EXCLUDED, Why.CAUSE, basis, until, _price(terms))
    limit = _charged_from(terms, service)
    if limit is not None and situation.distance_km is not None and situation.distance_km >= limit:
        return Finding(service, Coverage.EXCLUDED, Why.DISTANCE, basis, until, _price(terms), from_km=limit)
    return Finding(
        service,
        basis.coverage,
        Why.VERSION_TERM if until > basis.ends_on else Why.IN_TERM,
        basis,
        until,
        unless=excluded if situation.cause == FaultCause.UNKNOWN else frozenset(),
        from_km=limit if situation.distance_km is None else None,
    )


def _after(over: Iterable[Basis], service: ServiceKind) -> Finding:
    """What stays free when all terms are over, or the price of the term that ended last."""
    latest = sorted(over, key=lambda basis: basis.until(service), reverse=True)
    free = next((one for one in latest if one.terms and service in one.terms.free_after), None)
    if free:
        return Finding(service, Coverage.FREE_AFTER, Why.FREE_AFTER, free, free.until(service))
    last = latest[0]
    return Finding(service, Coverage.EXPIRED, Why.OVER, last, last.until(service), _price(last.terms))


def _charged_from(terms: Terms | None, service: ServiceKind) -> int | None:
    charged = terms is not None and LONG_DISTANCE.get(service) in terms.charged_inside
    return terms.long_distance_km if terms and charged else None


def _price(terms: Terms | None) -> PriceBasis:
    return terms.price_after if terms else PriceBasis.LIST
