"""The list of contracts as a file, and the summary of one of them as PDF."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contracts.domain.contract_export import note_export
from contracts.forms.contract import ContractListForm
from contracts.models import Contract, ContractLine, Supplement
from contracts.queries.contract import contract_customers
from contracts.queries.contract_list import listed_contracts
from contracts.views.contract_link import contract_or_404
from contracts.views.contract_look import shown_lines
from contracts.views.words import today
from core import clock, pdf
from core.errors import RuleError
from core.exports import MOST_ROWS, Cell
from core.language import language_code
from core.permissions import can, require
from core.views.table_file import table_file


@require_POST
def contract_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered by the query string; `format` xlsx or csv. The export is recorded."""
    require(request.user, "contracts.export_contracts")
    form = ContractListForm(request.GET, customers=contract_customers(request.user))
    found = listed_contracts(request.user, form.wanted(), request.GET.get("sort", ""), today())
    rows = found.order_by()[: MOST_ROWS + 1].count()
    if rows > MOST_ROWS:
        message = _("The list has more than %(most)s contracts. Please narrow it down.")
        raise RuleError("too_many", message % {"most": MOST_ROWS})
    kind = "csv" if request.POST.get("format") == "csv" else "xlsx"
    note_export(actor=request.user, rows=rows, kind=kind, now=clock.now())
    return table_file(kind, f"{_('Contracts')}-{today():%Y%m%d}", _("Contracts"), _header(), list(_rows(found)))


def _header() -> list[str]:
    return [
        *(_("Contract number"), _("Contract title"), _("Customer"), _("State"), _("First day"), _("Last day")),
        *(_("Amount (CNY)"), _("Service manager"), _("Owner"), _("Signed on"), _("Supplementary")),
    ]


def _rows(contracts: Iterable[Contract]) -> Iterator[list[Cell]]:
    for one in contracts:
        yield [
            one.number,
            one.title,
            one.customer.name,
            str(one.get_state_display()),
            one.starts_on,
            one.ends_on,
            f"{one.amount:.2f}" if one.amount is not None else None,
            one.service_manager.name if one.service_manager else None,
            one.owner.name if one.owner else None,
            one.signed_on,
            _("Yes") if one.is_supplementary else _("No"),
        ]


@require_safe
def contract_summary(request: HttpRequest, pk: int) -> HttpResponse:
    """What was agreed, on paper."""
    require(request.user, "contracts.list_contracts")
    contract = contract_or_404(request, pk)
    data = pdf.render("contracts/contract_summary.html", _summary(request, contract), language=language_code())
    response = HttpResponse(data, content_type="application/pdf")
    name = f"{contract.number}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _summary(request: HttpRequest, contract: Contract) -> dict[str, Any]:
    lines = ContractLine.objects.filter(contract=contract).select_related("promise_set", "site", "asset__site")
    return {
        "contract": contract,
        "lines": shown_lines(lines.order_by("starts_on", "pk")),
        "supplements": Supplement.objects.filter(contract=contract, state="signed").order_by("number"),
        "sees_money": can(request.user, "contracts.list_money", contract),
        "printed_at": clock.now(),
    }
