"""The coverage verdict as data: what programs get."""

from collections.abc import Iterable
from typing import Any

from contracts.domain.coverage_rules import Finding
from contracts.domain.coverage_words import basis_words, reason_of


def services_of(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Each kind of service with its verdict; `price` names the basis of what it costs, null where it costs nothing."""
    return [
        {
            "service": str(one.service),
            "coverage": str(one.code),
            "included": one.is_included,
            "paid": one.is_paid,
            "price": one.price and str(one.price),
            "reason": reason_of(one),
            "unless": sorted(map(str, one.unless)),
            "contract": one.basis.source if one.basis else None,
            "basis": basis_words(one.basis) if one.basis else "",
            "until": one.until,
        }
        for one in findings
    ]
