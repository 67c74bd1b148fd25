"""The verdict as the card that pages show (wb/verdict): a mark, a title, the reason, what it stands on, what is
included and what costs money.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from contracts.domain.coverage import Verdict
from contracts.domain.coverage_rules import INCLUDED, Finding
from contracts.domain.coverage_words import basis_words, groups
from contracts.enums import Coverage, ServiceKind

REPAIR = (ServiceKind.VISIT, ServiceKind.LABOUR, ServiceKind.PARTS)
LOOKS = {
    Coverage.WARRANTY: "covered",
    Coverage.CONTRACT: "covered",
    Coverage.FREE_AFTER: "covered",
    Coverage.EXCLUDED: "out_of_scope",
    Coverage.EXPIRED: "expired",
    Coverage.UNKNOWN: "unknown",
}


def card(verdict: Verdict, findings: Sequence[Finding]) -> dict[str, Any]:
    """The card of a computed verdict."""
    basis = next((one.basis for one in findings if one.service == ServiceKind.LABOUR and one.basis), None)
    return {
        "code": "expiring" if verdict.level == "soon" else LOOKS[verdict.code],
        "title": _("Covered, partly charged") if _is_mixed(verdict, findings) else verdict.title,
        "reason": verdict.reason,
        "source": basis_words(basis) if basis and verdict.source else verdict.source,
        "includes": includes(findings),
    }


def card_by_hand(code: str, reason: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """The card of what somebody judged otherwise than the terms say."""
    return {
        "code": LOOKS[Coverage(code)],
        "title": _title(Coverage(code)),
        "reason": _("Judged by hand: %(reason)s") % {"reason": reason},
        "includes": includes(findings),
    }


def includes(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """What is known; an open question is told by the reason alone."""
    told = groups(one for one in findings if one.code != Coverage.UNKNOWN)
    return [{"label": one.label, "included": one.included, "note": one.note} for one in told]


def _is_mixed(verdict: Verdict, findings: Sequence[Finding]) -> bool:
    return verdict.code in INCLUDED and any(one.is_paid for one in findings if one.service in REPAIR)


def _title(code: Coverage) -> str:
    if code in INCLUDED:
        return _("Covered, free of charge")
    titles = {Coverage.EXCLUDED: _("Not part of the contract"), Coverage.EXPIRED: _("Term over, quote needed")}
    return titles.get(code, _("To be checked"))
