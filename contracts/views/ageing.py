"""What customers owe, by how long it has been due, on the page and as a file."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contracts.domain.amount import total
from contracts.enums import Age
from contracts.forms.money import AgeingForm
from contracts.models import Payment
from contracts.queries.payment import Aged, ageing, by_age, by_customer, last_steps
from contracts.views.payment import rows_of
from contracts.views.words import today
from core.exports import MOST_ROWS, Cell
from core.permissions import require
from core.views.table_file import table_file

A_PAGE = 50


@require_safe
def ageing_list(request: HttpRequest) -> HttpResponse:
    """The sums of every age and the instalments behind them, or (`?by=customer`) the sums of every customer."""
    require(request.user, "contracts.list_money")
    form = AgeingForm(request.GET)
    wanted, grouped = form.wanted(), request.GET.get("by") == "customer"
    rows = _narrowed(ageing(request.user, today()), wanted)
    sums = by_age(rows)
    shown = rows.filter(age=wanted["age"]) if "age" in wanted else rows
    listed: Any = by_customer(shown) if grouped else shown.select_related("contract__customer").order_by("due_on", "pk")
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "ages": [_kpi(one, wanted, grouped) for one in sums],
        "whole": total(one.amount for one in sums),
        "page_obj": page,
        "grouped": grouped,
        "rows": [] if grouped else rows_of(page, today()),
        "customers": [_of_customer(one) for one in page] if grouped else [],
        "export_query": urlencode(wanted),
    }
    return render(request, "contracts/ageing.html", context)


def _narrowed(rows: QuerySet[Any], wanted: dict[str, str]) -> QuerySet[Any]:
    for word in wanted.get("q", "").split():
        rows = rows.filter(Q(customer__name__icontains=word) | Q(contract__number__icontains=word))
    return rows


def _kpi(one: Aged, wanted: dict[str, str], grouped: bool) -> dict[str, Any]:
    """A sum, with the list of what it is made of; the chosen one leads back to all."""
    is_chosen = wanted.get("age") == one.age
    kept = {name: value for name, value in wanted.items() if name != "age"}
    asked = kept | ({} if is_chosen else {"age": str(one.age)}) | ({"by": "customer"} if grouped else {})
    url = f"{reverse('contracts:ageing')}?{urlencode(asked)}"
    return {"label": one.age.label, "amount": one.amount, "count": one.count, "url": url, "is_chosen": is_chosen}


def _of_customer(row: dict[str, Any]) -> dict[str, Any]:
    sums = [(age.label, row[str(age)]) for age in Age]
    return {"pk": row["customer"], "name": row["customer__name"], "sums": sums, "total": row["total"]}


@require_safe
def ageing_export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, as CSV or (`?format=xlsx`) XLSX, at most as many rows as a file holds."""
    require(request.user, "contracts.list_money")
    wanted = AgeingForm(request.GET).wanted()
    rows = _narrowed(ageing(request.user, today()), wanted)
    found = rows.filter(age=wanted["age"]) if "age" in wanted else rows
    found = found.select_related("contract__customer").order_by("due_on", "pk")[:MOST_ROWS]
    title, is_sheet = _("Receivables by age"), request.GET.get("format") == "xlsx"
    lines = _lines(found, float if is_sheet else str)
    return table_file("xlsx" if is_sheet else "csv", f"{title}-{today().isoformat()}", title, _header(), lines)


def _header() -> list[str]:
    return [
        _("Customer"),
        _("Contract"),
        _("Instalment"),
        _("What for"),
        _("Due on"),
        _("Days overdue"),
        _("Due since"),
        _("Amount"),
        _("Received"),
        _("Not received"),
        _("Last step"),
    ]


def _lines(found: QuerySet[Payment], amount: Callable[[Decimal], Cell]) -> Iterator[list[Cell]]:
    """Amounts as text keep their two decimals; in a spreadsheet they are numbers, so that it can add them up (cents of
    such amounts survive its binary fractions).
    """
    rows, day = list(found), today()
    steps = last_steps(rows)
    for one in rows:
        row: Any = one
        taken = steps.get(one.pk)
        yield [
            one.contract.customer.name,
            one.contract.number,
            one.number,
            one.what,
            one.due_on,
            max(0, (day - one.due_on).days),
            str(Age(row.age).label),
            amount(one.amount),
            amount(one.received),
            amount(row.open),
            str(taken[-1].get_kind_display()) if taken else "",
        ]
