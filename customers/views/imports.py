"""Files of master data: a template to fill, what would become of every row, and taking them in."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from core import clock
from core.errors import InputError, RuleError
from core.exports import csv_lines, xlsx_file
from core.permissions import can, require
from customers.domain import imports
from customers.domain.imports_columns import REMARKS, columns_of
from customers.domain.imports_file import KINDS
from customers.enums import ImportKind, ImportState
from customers.forms.imports import ImportForm
from customers.models import ImportRow, ImportRun
from customers.queries.imports import bad_lines, bad_rows, imports_for, sample

A_PAGE, RUNS_SHOWN = 50, 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def run_or_404(request: HttpRequest, pk: int) -> ImportRun:
    require(request.user, "customers.import_rows")
    return get_object_or_404(imports_for(request.user), pk=pk)


def url_of(run: ImportRun) -> str:
    return reverse("customers:import-detail", args=[run.pk])


def list_action(request: HttpRequest, subject: Any) -> str:
    """The way from the list of customers to files and doubles."""
    may = {name: can(request.user, f"customers.{name}") for name in ("import_rows", "merge_customer")}
    return render_to_string("customers/import_action.html", {"may": may}, request) if any(may.values()) else ""


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """The files so far, and a form for the next one; by POST the file is taken and, if it is small, read at once."""
    require(request.user, "customers.import_rows")
    form = ImportForm(initial=_chosen(request))
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(url_of(_receive(request, form)))
        except InputError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    kinds = [{"code": kind.value, "label": kind.label, "columns": columns_of(kind)} for kind in ImportKind]
    context = {
        "form": form,
        "kinds": kinds,
        "runs": list(imports_for(request.user)[:RUNS_SHOWN]),
        "crumbs": _crumbs(),
    }
    return render(request, "customers/import_list.html", context, status=422 if request.method == "POST" else 200)


def _chosen(request: HttpRequest) -> Any:
    kind = request.GET.get("kind", "")
    return {"kind": kind if kind in ImportKind.values else ImportKind.CUSTOMER}


def _receive(request: HttpRequest, form: ImportForm) -> ImportRun:
    given = form.cleaned_data
    return imports.receive(upload=given["file"], kind=given["kind"], actor=request.user, now=clock.now())


@require_safe
def import_template(request: HttpRequest, kind: str, extension: str) -> HttpResponseBase:
    """An empty table with the headings of one kind."""
    require(request.user, "customers.import_rows")
    if kind not in ImportKind.values or extension not in KINDS:
        raise Http404
    head = [str(column.label) for column in columns_of(kind)]
    name = f"weibao-{kind}.{extension}"
    if extension == "csv":
        return _download(StreamingHttpResponse(csv_lines(head, []), content_type="text/csv; charset=utf-8"), name)
    return FileResponse(
        xlsx_file(str(ImportKind(kind).label), head, []), as_attachment=True, filename=name, content_type=XLSX
    )


@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a file is, what is wrong with it, and what can be done with it. Asked for as a part: 204 while at work."""
    run = run_or_404(request, pk)
    context = {"run": run, "crumbs": [*_crumbs(), {"label": _("Import"), "url": reverse("customers:import-list")}]}
    if run.state in imports.AT_WORK:
        return render(request, "customers/import_detail.html", context | _progress(run))
    page = Paginator(bad_rows(run), A_PAGE).get_page(request.GET.get("page"))
    columns = columns_of(run.kind)
    context |= {
        "page_obj": page,
        "rows": [_told(row, columns) for row in page],
        "columns": columns,
        "sample": [[row.cells.get(column.name, "") for column in columns] for row in sample(run)],
        "is_checked": run.state == ImportState.CHECKED,
    }
    return render(request, "customers/import_detail.html", context)


def _told(row: ImportRow, columns: Any) -> dict[str, Any]:
    """A bad row: its number, what it holds, and each problem under the label of its column."""
    labels = {column.name: str(column.label) for column in columns}
    return {
        "number": row.number,
        "cells": " · ".join(text for column in columns if (text := row.cells.get(column.name, ""))),
        "problems": [
            {"label": labels.get(name, ""), "value": row.cells.get(name, ""), "text": sentence}
            for name, sentence in row.problems
        ],
    }


@require_safe
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The line that says how far it is, asked for again and again; the whole page once it is through."""
    run = run_or_404(request, pk)
    if run.state not in imports.AT_WORK:
        return HttpResponseClientRefresh() if request.htmx else redirect(url_of(run))  # type: ignore[attr-defined]
    return render(request, "customers/import_progress.html", {"run": run} | _progress(run))


def _progress(run: ImportRun) -> dict[str, Any]:
    """Of saving the whole is known, of reading it is not."""
    done = imports.done_so_far(run)
    whole = run.good if run.state == ImportState.STARTED else 0
    return {"at_work": True, "done": done, "whole": whole, "fraction": min(1.0, done / whole) if whole else None}


@require_POST
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    run = run_or_404(request, pk)
    good_only = request.POST.get("good_only") == "1"
    try:
        run = imports.start(run=run, good_only=good_only, actor=request.user, now=clock.now())
    except RuleError as error:
        messages.error(request, error.message)
        return redirect(url_of(run))
    if run.state == ImportState.DONE:
        messages.success(request, _("%(count)s rows were taken in.") % {"count": run.made})
    elif run.state == ImportState.CHECKED:
        messages.warning(request, _("Something was registered meanwhile. Nothing was taken in; please look again."))
    return redirect(url_of(run))


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    run = run_or_404(request, pk)
    try:
        imports.discard(run=run, actor=request.user, now=clock.now())
    except RuleError as error:
        messages.error(request, error.message)
        return redirect(url_of(run))
    messages.success(request, _("The file is discarded. Nothing of it was taken in."))
    return redirect("customers:import-list")


@require_safe
def import_bad_rows(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows to correct as CSV, with the reasons behind: corrected it can be sent as it is."""
    run = run_or_404(request, pk)
    columns = columns_of(run.kind)
    head = [str(label) for label in (*(column.label for column in columns), *REMARKS)]
    answer = StreamingHttpResponse(csv_lines(head, _bad_lines(run, columns)), content_type="text/csv; charset=utf-8")
    return _download(answer, f"weibao-{run.kind}-{run.pk}.csv")


def _bad_lines(run: ImportRun, columns: Any) -> Iterator[list[Any]]:
    labels = {column.name: str(column.label) for column in columns}
    for number, cells, problems in bad_lines(run):
        said = "；".join(f"{labels[name]}：{text}" if name in labels else text for name, text in problems)
        yield [*(cells.get(column.name, "") for column in columns), number, said]


def _download(answer: StreamingHttpResponse, name: str) -> StreamingHttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Customers"), "url": reverse("customers:customer-list")}]
