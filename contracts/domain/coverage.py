"""The coverage verdict: who pays for a service. It switches no clock off and refuses nothing (decisions 4).

`verdict_of` is the summary in one code, the fact of a ticket; `verdicts` is the answer for each kind of service.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from contracts.domain.coverage_rules import Basis, Finding, Situation, judge_all
from contracts.enums import Coverage, FaultCause
from contracts.queries.entitlement import Entitlement, Term
from core import formats
from core.language import language_code
from customers.models import Product

SOON_DAYS = 30


@dataclass(frozen=True)
class Verdict:
    """`code` is the ticket's coverage fact; `source` a contract number; `days_left` counts to the last day (0 on it).

    `level` tells the mark: ok, soon (30 days or less), paid (a quote is needed), check.
    """

    code: Coverage
    level: str
    title: str
    reason: str
    source: str = ""
    until: date | None = None
    days_left: int | None = None


def verdict_of(entitlement: Entitlement) -> Verdict:
    """The verdict with its texts in the active language, for the entitlement's day."""
    return verdict(entitlement.terms, entitlement.day, asset_known=entitlement.asset is not None)


def verdict(terms: tuple[Term, ...], day: date, *, asset_known: bool) -> Verdict:
    """Covered by a warranty, else by a contract in force; expired for a known asset whose term is over; else unknown.

    Of several terms in force the first given counts, of several that are over the latest end. What a replaced part has
    is told by `verdicts` alone.
    """
    whole = [term for term in terms if not term.part]
    holding = [term for term in whole if term.holds(day)]
    over = [term for term in whole if term.ends_on < day]
    covering = sorted(holding, key=lambda term: term.coverage != Coverage.WARRANTY)
    if covering:
        return _covered(covering[0], day)
    if asset_known and over:
        return _expired(max(over, key=lambda term: term.ends_on))
    return _unknown(asset_known)


def verdicts(
    entitlement: Entitlement,
    *,
    cause: str = FaultCause.UNKNOWN,
    distance_km: float | None = None,
    part: str = "",
) -> list[Finding]:
    """The verdict on each kind of service, in their order: for the entitlement's day and device, for a fault of a
    cause, at a place so far away. With `part` what is known of that replaced part counts too. No statement where the
    device's product is loaded.
    """
    asset = entitlement.asset
    situation = Situation(entitlement.day, FaultCause(cause), distance_km, asset_known=asset is not None)
    parts = [term for term in entitlement.parts if term.part == part]
    return findings((*parts, *entitlement.terms), asset.product if asset else None, situation)


def findings(terms: Sequence[Term], product: Product | None, situation: Situation) -> list[Finding]:
    """The same for terms that are at hand already."""
    return list(judge_all([basis_of(term, product) for term in terms], situation).values())


def basis_of(term: Term, product: Product | None) -> Basis:
    """A term with what it says for a product."""
    said = term.terms_for(product)
    return Basis(term.coverage, term.source, term.starts_on, term.ends_on, said, term.part, term.origin)


def _covered(term: Term, day: date) -> Verdict:
    days_left = (term.ends_on - day).days
    soon = days_left <= SOON_DAYS
    if term.coverage == Coverage.WARRANTY:
        reason = _("This device is in warranty until %(day)s. This service is free of charge.")
    else:
        reason = _("The service contract runs until %(day)s. This service is part of it.")
    return Verdict(
        code=term.coverage,
        level="soon" if soon else "ok",
        title=_("Covered, ends soon") if soon else _("Covered, free of charge"),
        reason=reason % {"day": _written(term.ends_on)},
        source=term.source,
        until=term.ends_on,
        days_left=days_left,
    )


def _expired(term: Term) -> Verdict:
    if term.coverage == Coverage.WARRANTY:
        reason = _("The warranty ended on %(day)s. We can serve per visit and quote first, is that all right?")
    else:
        reason = _("The service contract ended on %(day)s. We can serve per visit and quote first, is that all right?")
    return Verdict(
        code=Coverage.EXPIRED,
        level="paid",
        title=_("Term over, quote needed"),
        reason=reason % {"day": _written(term.ends_on)},
        source=term.source,
        until=term.ends_on,
    )


def _unknown(asset_known: bool) -> Verdict:
    if asset_known:
        reason = _("No warranty or contract is recorded for this device. We check it and come back to you.")
    else:
        reason = _("Please tell us the device or its serial number, then we check warranty and contract at once.")
    return Verdict(code=Coverage.UNKNOWN, level="check", title=_("To be checked"), reason=reason)


def _written(day: date) -> str:
    return formats.document_date(day, language_code())
