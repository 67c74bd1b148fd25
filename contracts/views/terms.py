"""The warranty classes of a contract's lines: a panel on its page (S14), and the forms behind it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from contracts.domain import warranty_terms
from contracts.domain.terms_words import class_words
from contracts.forms.terms import TermsForm
from contracts.models import Contract, ContractLine, WarrantyTerms
from contracts.queries.terms import terms_of
from contracts.queries.warranty_terms import staff_lines_for, warranty_terms_for
from contracts.views.contract_link import crumbs_of, url_of_contract
from contracts.views.fragments import about
from core import clock
from core.domain.record import version_of
from core.permissions import can, require
from core.views.edit import Keeping, Place, sent

FORM = ["GET", "HEAD", "POST"]
CLASSES = Keeping(
    app="contracts",
    noun="terms",
    new=gettext_lazy("New warranty class"),
    changed=gettext_lazy("Change warranty class"),
    submit=gettext_lazy("Save warranty class"),
    done=gettext_lazy("Warranty class saved. It counts for warranties that begin from now on."),
    create=warranty_terms.add,
    change=warranty_terms.change,
    version=lambda terms: version_of(terms, warranty_terms.FIELDS),
)


def contract_panel(request: HttpRequest, contract: Contract) -> str:
    """What the lines say about warranty, class by class; two statements."""
    lines = (
        staff_lines_for(request.user)
        .filter(contract=contract)
        .select_related("site", "asset")
        .prefetch_related("terms")
    )
    context = {
        "lines": [{"line": line, "about": about(line), "classes": _classes(line)} for line in lines.order_by("pk")],
        "may_keep": can(request.user, "contracts.create_terms", contract),
    }
    return render_to_string("contracts/terms_panel.html", context, request)


def _classes(line: ContractLine) -> list[dict[str, Any]]:
    return [{"row": row, "about": _about(row), "words": class_words(terms_of(vars(row)))} for row in line.terms.all()]


def _about(row: WarrantyTerms) -> str:
    """Which products a class counts for."""
    if row.products:
        return "、".join(row.products)
    return str(row.get_product_kind_display()) if row.product_kind else _("All products")


@require_http_methods(FORM)
def terms_create(request: HttpRequest, line: int) -> HttpResponse:
    found = get_object_or_404(staff_lines_for(request.user).select_related("contract__customer"), pk=line)
    return CLASSES.creating(request, TermsForm(sent(request)), _place(found), line=found)


@require_http_methods(FORM)
def terms_change(request: HttpRequest, pk: int) -> HttpResponse:
    row = _found(request, pk)
    return CLASSES.changing(request, TermsForm(sent(request), row=row), _place(row.line), row)


@require_POST
def terms_remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = _found(request, pk)
    require(request.user, "contracts.remove_terms", row)
    warranty_terms.remove(terms=row, actor=request.user, now=clock.now())
    messages.success(request, _("Warranty class removed. Warranties that run keep it."))
    return redirect(url_of_contract(row.line.contract))


def _found(request: HttpRequest, pk: int) -> WarrantyTerms:
    rows = warranty_terms_for(request.user).select_related("line__contract__customer")
    return get_object_or_404(rows, pk=pk)


def _place(line: ContractLine) -> Place:
    return Place(url_of_contract(line.contract), crumbs_of(line.contract))
