"""The coverage verdict in plain words, for the desk and for the customer alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.domain.coverage_rules import Basis, Finding, Why
from contracts.enums import Cover, Coverage, FaultCause, PriceBasis, ServiceKind
from core import formats
from core.language import is_chinese, language_code

ACCEPTANCE = "acceptance:"
REPLACED = "replaced:"
# What a price is called where a customer reads it.
PRICES = {
    PriceBasis.COST: gettext_lazy("at cost"),
    PriceBasis.COST_AT_MOST_BID: gettext_lazy("at cost, at most the bid price"),
    PriceBasis.PREFERENTIAL: gettext_lazy("at a preferential price"),
    PriceBasis.LIST: gettext_lazy("at list price"),
}
CAUSES = {
    FaultCause.MATERIAL: gettext_lazy("material or make"),
    FaultCause.MISUSE: gettext_lazy("misuse"),
    FaultCause.FORCE_MAJEURE: gettext_lazy("force majeure"),
    FaultCause.THIRD_PARTY: gettext_lazy("a third party"),
}
REASONS = {
    (Why.IN_TERM, Coverage.WARRANTY): gettext_lazy("In warranty until %(day)s, free of charge."),
    (Why.IN_TERM, Coverage.CONTRACT): gettext_lazy("Part of the service contract until %(day)s."),
    (Why.VERSION_TERM, Coverage.WARRANTY): gettext_lazy("New software versions are free of charge until %(day)s."),
    (Why.FREE_AFTER, Coverage.FREE_AFTER): gettext_lazy("Stays free of charge after the term that ended on %(day)s."),
    (Why.DISTANCE, Coverage.EXCLUDED): gettext_lazy("From %(km)s km on it is charged, also within the term."),
    (Why.OVER, Coverage.EXPIRED): gettext_lazy("The term ended on %(day)s."),
    (Why.NOT_BEGUN, Coverage.UNKNOWN): gettext_lazy("The term begins on %(day)s only. We check it."),
    (Why.NO_TERM, Coverage.UNKNOWN): gettext_lazy("No warranty or contract is recorded for this device. We check it."),
    (Why.NO_ASSET, Coverage.UNKNOWN): gettext_lazy("Without the device nothing can be said. Please name it."),
}


@dataclass(frozen=True)
class Group:
    """Kinds of service with the same answer, as one line: ✓ labour, spare parts — or ✗ travel, at cost."""

    label: str
    included: bool
    note: str
    services: tuple[ServiceKind, ...]


def reason_of(finding: Finding) -> str:
    """Why, in a sentence or two: what decided, what it depends on, what it costs."""
    sentences = [_decided(finding), _depends(finding)]
    if finding.price:
        sentences.append(_("We quote %(price)s first.") % {"price": PRICES[finding.price]})
    return " ".join(sentence for sentence in sentences if sentence)


def _decided(finding: Finding) -> str:
    if finding.why == Why.CAUSE and finding.basis and finding.basis.terms:
        cover = Cover(finding.basis.terms.covers).label
        return _("The cover is “%(cover)s”, this cause is not part of it.") % {"cover": cover}
    if finding.why == Why.BY_HAND:
        return _("Judged by hand.")
    given = {"day": written(finding.until) if finding.until else "", "km": formats.grouped(finding.from_km or 0)}
    return str(REASONS[finding.why, finding.code]) % given


def _depends(finding: Finding) -> str:
    parts = []
    if finding.unless and finding.is_included:
        parts.append(_("Not included: %(causes)s.") % {"causes": causes(finding.unless)})
    if finding.from_km is not None and finding.is_included:
        parts.append(_("From %(km)s km on it is charged.") % {"km": formats.grouped(finding.from_km)})
    return " ".join(parts)


def note_of(finding: Finding) -> str:
    """The same in a few words, behind the name of the service."""
    if finding.is_included:
        return " ".join(one for one in (_free_note(finding), _depends(finding)) if one)
    if finding.code == Coverage.UNKNOWN:
        return _("to be checked")
    why = _("this cause is not covered") if finding.why == Why.CAUSE else _distance_note(finding)
    price = str(PRICES[finding.price]) if finding.price else ""
    return " · ".join(one for one in (why, price) if one)


def _free_note(finding: Finding) -> str:
    if finding.why == Why.FREE_AFTER:
        return _("free also after the term")
    if finding.why == Why.VERSION_TERM and finding.until:
        return _("until %(day)s") % {"day": finding.until.isoformat()}
    return ""


def _distance_note(finding: Finding) -> str:
    return _("over long distances") if finding.why == Why.DISTANCE else ""


def groups(findings: Iterable[Finding]) -> list[Group]:
    """The findings by equal answers: what is included, what costs money, what is open."""
    found: dict[tuple[int, str], list[Finding]] = {}
    for one in findings:
        rank = 0 if one.is_included else 1 if one.is_paid else 2
        found.setdefault((rank, note_of(one)), []).append(one)
    return [
        Group(listed(str(one.service.label) for one in same), rank == 0, note, tuple(one.service for one in same))
        for (rank, note), same in sorted(found.items(), key=lambda entry: entry[0][0])
    ]


def basis_words(basis: Basis) -> str:
    """What a verdict stands on: the class and what began it, e.g. "Hardware, 12 months (HT-2026-001 · from 2026-03-31 ·
    acceptance AC-2603-00001)".
    """
    named = basis.terms.name if basis.terms and basis.terms.name else ""
    facts = [basis.source, _("from %(day)s") % {"day": basis.starts_on.isoformat()}]
    if basis.origin.startswith(ACCEPTANCE):
        facts.append(_("acceptance %(number)s") % {"number": basis.origin.removeprefix(ACCEPTANCE)})
    if basis.origin.startswith(REPLACED):
        facts.append(_("part replaced on %(day)s") % {"day": basis.origin.removeprefix(REPLACED)})
    told = " · ".join(facts)
    return _("%(name)s (%(facts)s)") % {"name": named, "facts": told} if named else told


def causes(found: Iterable[FaultCause]) -> str:
    return listed(str(CAUSES[cause]) for cause in FaultCause if cause in found)


def listed(words: Iterable[str]) -> str:
    """Words one after the other as the language writes it: 上门、人工、备件."""
    known = list(words)
    return "、".join(known) if is_chinese() else get_text_list(known, _("and"))


def written(day: date) -> str:
    return formats.document_date(day, language_code())
