"""The coverage verdict of a ticket: the card beside its story, the dialog behind it, judging it by hand."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contracts.domain.coverage import basis_of
from contracts.domain.coverage_rules import Finding
from contracts.domain.coverage_words import ACCEPTANCE, basis_words, reason_of
from contracts.enums import Coverage, FaultCause
from contracts.queries.acceptance import acceptances_for
from contracts.queries.contract import contracts_for
from contracts.queries.entitlement import Entitlement, Term
from core.permissions import can
from tickets.domain import coverage
from tickets.forms.coverage import OverrideForm
from tickets.models import Event
from tickets.queries.coverage import judgements_of
from tickets.tables import COVER_LOOKS
from tickets.views.dialog import Deed, act
from tickets.views.page import found
from tickets.views.words import label


@require_safe
def ticket_coverage(request: HttpRequest, number: str) -> HttpResponse:
    """Every kind of service with its verdict, for the cause asked about; what it stands on; how it was judged."""
    ticket = found(request, number)
    cause = request.GET.get("cause", "")
    cause = cause if cause in FaultCause.values else str(FaultCause.UNKNOWN)
    known = coverage.entitlement_of(ticket)
    urls = urls_of(known, request.user)
    context = {
        "ticket": ticket,
        "day": known.day,
        "rows": [row_of(one, urls) for one in coverage.findings_of(ticket, known, cause)],
        "causes": [{"value": value, "label": text, "active": value == cause} for value, text in FaultCause.choices],
        "bases": [_basis(term, known, urls) for term in terms_of(known)],
        "history": [_told(event) for event in judgements_of(ticket)],
        "may_override": can(request.user, "tickets.override_coverage_ticket", ticket),
        "may_recheck": can(request.user, "tickets.recheck_coverage_ticket", ticket),
    }
    return render(request, "tickets/ticket_coverage.html", context)


@act(
    "tickets.override_coverage_ticket",
    gettext_lazy("Judge the coverage by hand"),
    gettext_lazy("Coverage judged by hand"),
    form=OverrideForm,
    submit=gettext_lazy("Save verdict"),
    intro=gettext_lazy("It counts until device or day change. Promised times go on, whoever pays."),
)
def override(deed: Deed) -> None:
    data = deed.data
    coverage.override(ticket=deed.ticket, code=data["code"], reason=data["reason"], **deed.with_version)


@act(
    "tickets.recheck_coverage_ticket",
    gettext_lazy("Check the coverage again"),
    gettext_lazy("Coverage checked again"),
    intro=gettext_lazy("Warranty and contracts are looked at as they stand now. What was judged by hand is let go."),
)
def recheck(deed: Deed) -> None:
    coverage.recheck(ticket=deed.ticket, **deed.with_version)


def row_of(finding: Finding, urls: Mapping[str, str]) -> dict[str, Any]:
    """A kind of service in the table of the dialog."""
    source = finding.basis.source if finding.basis else ""
    return {
        "service": finding.service.label,
        "look": COVER_LOOKS[finding.code],
        "code": Coverage(finding.code).label,
        "reason": reason_of(finding),
        "source": {"number": source, "url": urls[source]} if source in urls else None,
    }


def terms_of(known: Entitlement) -> tuple[Term, ...]:
    """What the verdict stands on, in force or not: warranties, contracts, replaced parts."""
    return (*known.terms, *known.parts)


def urls_of(known: Entitlement, user: Any) -> dict[str, str]:
    """The pages of the contracts and certificates behind a verdict, by number, as far as the person sees them."""
    terms = terms_of(known)
    contracts = contracts_for(user).filter(number__in={term.source for term in terms})
    certificates = acceptances_for(user).filter(number__in={_certificate(term) for term in terms} - {""})
    return {
        **{one.number: reverse("contracts:contract-detail", args=[one.pk]) for one in contracts},
        **{one.number: reverse("contracts:acceptance-detail", args=[one.number]) for one in certificates},
    }


def _certificate(term: Term) -> str:
    return term.origin.removeprefix(ACCEPTANCE) if term.origin.startswith(ACCEPTANCE) else ""


def _basis(term: Term, known: Entitlement, urls: Mapping[str, str]) -> dict[str, Any]:
    product = known.asset.product if known.asset else None
    behind = [
        {"label": name, "number": number, "url": urls[number]}
        for name, number in ((_("Contract"), term.source), (_("Certificate of acceptance"), _certificate(term)))
        if number in urls
    ]
    return {
        "kind": term.part or (_("Warranty") if term.coverage == Coverage.WARRANTY else _("Contract")),
        "text": basis_words(basis_of(term, product)),
        "links": behind,
        "until": term.ends_on,
        "holds": term.holds(known.day),
    }


def _told(event: Event) -> dict[str, Any]:
    return {
        "at": event.recorded_at,
        "actor": event.actor.name if event.actor else _("System"),
        "code": label(Coverage.choices, event.data["facts"]["coverage"] or ""),
        "reason": event.data.get("note", ""),
        "by_hand": bool(event.data.get("set", {}).get("coverage_by_hand")),
        "taken_back": event.taken_back,  # type: ignore[attr-defined]
    }
