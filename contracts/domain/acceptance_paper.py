"""What a certificate says, on the page and on paper."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from contracts.domain.warranty import class_of
from contracts.domain.warranty_days import starting_stage, term_of
from contracts.enums import AcceptanceStage
from contracts.models import Acceptance, ContractLine
from contracts.queries.acceptance import assets_of
from contracts.queries.entitlement import closest_line
from core import pdf
from customers.models import Asset

TEMPLATE = "contracts/acceptance_pdf.html"


def paper(acceptance: Acceptance) -> dict[str, Any]:
    """The parts of the certificate: title, rows of equipment, points, people; in the active language."""
    named = assets_of(acceptance)
    warranties = begun_by(acceptance, named)
    return {
        "acceptance": acceptance,
        "contract": acceptance.contract,
        "customer": acceptance.customer,
        "title": title_of(acceptance),
        "statement": _statement(acceptance),
        "rows": [{"asset": asset, "warranty": warranties.get(asset.pk)} for asset in named],
        "has_warranties": bool(warranties),
        "sites": list(dict.fromkeys(asset.site for asset in named)),
        "points": _lines(acceptance.remaining_points),
        "theirs": _lines(acceptance.signatories_theirs),
        "ours": _lines(acceptance.signatories_ours),
    }


def title_of(acceptance: Acceptance) -> str:
    titles = {
        AcceptanceStage.PRELIMINARY: _("Certificate of preliminary acceptance"),
        AcceptanceStage.TRIAL: _("Certificate of the trial run"),
        AcceptanceStage.FINAL: _("Certificate of final acceptance"),
    }
    return titles[AcceptanceStage(acceptance.stage)]


def _statement(acceptance: Acceptance) -> str:
    said = {
        AcceptanceStage.PRELIMINARY: _(
            "Both sides have checked the equipment below. It is installed and works as agreed; the trial run can begin."
        ),
        AcceptanceStage.TRIAL: _(
            "The equipment below has gone through the agreed trial run. Both sides have looked at its results."
        ),
        AcceptanceStage.FINAL: _(
            "Both sides have checked the equipment below. It meets the requirements of the contract and is accepted."
        ),
    }
    return said[AcceptanceStage(acceptance.stage)]


def begun_by(acceptance: Acceptance, named: Sequence[Asset]) -> dict[int, tuple[date, date]]:
    """The warranty terms that the certificate starts or started, by asset: both days included; two statements."""
    contract = acceptance.contract
    lines = list(ContractLine.objects.filter(contract=contract).prefetch_related("terms").order_by("pk"))
    found = {}
    for asset in named:
        line = closest_line(lines, asset)
        terms = class_of(line, asset) if line else None
        if terms and starting_stage(terms) == acceptance.stage:
            found[asset.pk] = term_of(terms, accepted_on=acceptance.accepted_on, contract_ends_on=contract.ends_on)
    return found


def draw_pdf(acceptance: Acceptance, now: datetime, *, signing_by: Any = None) -> bytes:
    """The certificate as a PDF file in the customers' language; a draft says so unless it is just being signed.

    Raises core.pdf.PdfError.
    """
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        context = paper(acceptance)
    shown = {"printed_at": now, "is_draft": signing_by is None, **context}
    return pdf.render(TEMPLATE, shown, language=language)


def file_name(acceptance: Acceptance) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return f"{acceptance.number} {title_of(acceptance)}.pdf"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
