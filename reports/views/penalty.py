"""What missed promises would cost us under a contract: on its page, and in full for a period."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contracts.models import Contract
from contracts.queries.contract import contracts_for
from core import clock
from core.formats import duration
from core.language import language_code
from core.permissions import can, require
from core.views.table_file import table_file
from customers.queries.customer import sees_every_customer
from reports.domain.report_words import reason_in_words
from reports.forms.penalty import PeriodForm
from reports.queries.compliance import name_of
from reports.queries.penalty import Missed, Penalty, penalty
from reports.queries.report_month import OFFICE


@require_safe
def penalty_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The proposal for a period, with every missed promise; `?format=csv` as a file."""
    contract = get_object_or_404(contracts_for(request.user).select_related("customer"), pk=pk)
    require(request.user, "reports.see_penalty", contract)
    now = clock.now()
    form = PeriodForm(request.GET, now=now)
    valid = form.is_valid()
    first, last = form.span() if valid else (form.today.replace(month=1, day=1), form.today)
    found = penalty(contract, first, last, now)
    if request.GET.get("format") == "csv":
        return _file(contract, found)
    context = {"contract": contract, "form": form, "first": first, "last": last, **_shown(request, contract, found)}
    return render(request, "reports/penalty.html", context, status=200 if valid else 422)


def penalty_panel(request: HttpRequest, contract: Contract) -> str:
    """On the contract's page, for who reads its money: this year so far; one statement, none without a clause."""
    if not can(request.user, "reports.see_penalty", contract):
        return ""
    now = clock.now()
    today = now.astimezone(OFFICE).date()
    found = penalty(contract, today.replace(month=1, day=1), today, now)
    context = {"contract": contract, **_shown(request, contract, found)}
    return render_to_string("reports/penalty_panel.html", context, request)


def _shown(request: HttpRequest, contract: Contract, found: Penalty) -> dict[str, Any]:
    return {
        "penalty": found,
        "rows": [_row(one) for one in found.missed],
        "has_clause": bool(contract.liability),
        "may_change": can(request.user, "contracts.change_liability", contract),
        "opens_tickets": sees_every_customer(request.user),
    }


def _row(one: Missed) -> dict[str, Any]:
    return {
        "missed": one,
        "target": name_of(one.target),
        "late": duration(one.late, language_code()),
        "reason": reason_in_words(one.reason) if one.reason else "",
    }


def _file(contract: Contract, found: Penalty) -> HttpResponse:
    header = [_("Ticket"), _("Promise"), _("Due"), _("Done"), _("Late by"), _("Reason"), _("Amount")]
    lines = (
        [
            row["missed"].number,
            row["target"],
            row["missed"].due_at.astimezone(OFFICE),
            row["missed"].done_at and row["missed"].done_at.astimezone(OFFICE),
            row["late"],
            row["reason"],
            str(row["missed"].amount),
        ]
        for row in map(_row, found.missed)
    )
    name = f"{_('Penalty')}-{contract.number}-{_days(found.first, found.last)}".replace("/", "-")
    return table_file("csv", name, _("Penalty"), header, lines)


def _days(first: date, last: date) -> str:
    return f"{first:%Y%m%d}-{last:%Y%m%d}"
