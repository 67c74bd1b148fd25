"""S33: the customers' monthly reports: list, one report with its texts and its preview, the PDF."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import InputError
from core.permissions import can, require
from core.queries.attachment import attachment_for
from core.views.attachment import file_response
from customers.queries.customer import customers_for
from reports.domain import report as reports
from reports.domain.report_document import document_of, file_name
from reports.forms.report import DraftForm, ReportFilterForm, TextsForm, VersionForm
from reports.models import ServiceReport
from reports.queries.report import listed_reports_for, narrowed, reports_for

A_PAGE = 50


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    form = ReportFilterForm(request.GET)
    found = narrowed(listed_reports_for(request.user), **form.wanted())
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "form": form,
        "filtered": bool(form.wanted()),
        "may_draft": can(request.user, "reports.draft_report"),
    }
    return render(request, "reports/report_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report_create(request: HttpRequest) -> HttpResponse:
    """Draft one by hand; where there is one already, it is shown."""
    require(request.user, "reports.draft_report")
    now = clock.now()
    sent = _with_typed_customer(request, request.POST) if request.method == "POST" else None
    form = DraftForm(sent, user=request.user, now=now, initial=request.GET.dict())
    if sent is not None and form.is_valid():
        try:
            report = reports.draft(form.cleaned_data["customer"], form.cleaned_data["month"], now, request.user)
        except InputError as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("reports:report-detail", report.number)
    context = {"form": form, "customer_text": _customer_text(request, form)}
    return render(request, "reports/report_create.html", context, status=422 if sent is not None else 200)


@require_safe
def report_detail(request: HttpRequest, number: str) -> HttpResponse:
    report = visible(request, number)
    return _detail(request, report, TextsForm(report=report))


@require_POST
def report_texts(request: HttpRequest, number: str) -> HttpResponse:
    report = visible(request, number)
    require(request.user, "reports.write_report", report)
    form = TextsForm(request.POST, report=report)
    if not form.is_valid():
        return _detail(request, report, form, status=422)
    texts = dict(form.cleaned_data)
    version = texts.pop("version")
    reports.write_texts(report, texts, version=version, actor=request.user, now=clock.now())
    return _back(request, report, _("Saved."))


@require_POST
def report_refreeze(request: HttpRequest, number: str) -> HttpResponse:
    report = visible(request, number)
    require(request.user, "reports.write_report", report)
    reports.refreeze(report, version=_version(request), actor=request.user, now=clock.now())
    return _back(request, report, _("The figures were taken anew."))


@require_POST
def report_publish(request: HttpRequest, number: str) -> HttpResponse:
    report = visible(request, number)
    require(request.user, "reports.publish_report", report)
    url = reverse("reports:portal-report-list")
    reports.publish(report, version=_version(request), actor=request.user, now=clock.now(), url=url)
    return _back(request, report, _("Published to the customer."))


@require_safe
def report_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    """The published file as it was stored; of a draft, what it would look like now."""
    report = visible(request, number)
    if not report.is_draft:
        return stored_file(request, report)
    response = HttpResponse(reports.draw_pdf(report, clock.now()), content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name(report)) or "attachment"
    return response


def visible(request: HttpRequest, number: str) -> ServiceReport:
    """The report of this number if the person may know of it; else 404."""
    report = reports_for(request.user).filter(number=number).first()
    if report is None:
        raise Http404
    return report


def stored_file(request: HttpRequest, report: ServiceReport) -> HttpResponseBase:
    file = attachment_for(request.user, report.pdf) if report.pdf else None
    if file is None:
        raise Http404
    return file_response(file)


def _detail(request: HttpRequest, report: ServiceReport, form: TextsForm, status: int = 200) -> HttpResponse:
    context = {
        **document_of(report),
        "form": form,
        "may_write": report.is_draft and can(request.user, "reports.write_report", report),
        "may_publish": report.is_draft and can(request.user, "reports.publish_report", report),
    }
    return render(request, "reports/report_detail.html", context, status=status)


def _version(request: HttpRequest) -> int:
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise InputError("version", _("Please load the page again, then repeat the step."), "version")
    return int(form.cleaned_data["version"])


def _back(request: HttpRequest, report: ServiceReport, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("reports:report-detail", report.number)


def _with_typed_customer(request: HttpRequest, sent: QueryDict) -> QueryDict:
    """Without script only the typed name arrives; one that is exactly a customer's stands for it."""
    typed = sent.get("customer_text", "").strip()
    if sent.get("customer") or not typed:
        return sent
    found = list(customers_for(request.user).filter(name=typed)[:2])
    filled = sent.copy()
    filled["customer"] = str(found[0].pk) if len(found) == 1 else ""
    return filled


def _customer_text(request: HttpRequest, form: DraftForm) -> str:
    chosen: Any = form["customer"].value()
    known = str(chosen or "").isdecimal() and len(str(chosen)) < 18
    found = customers_for(request.user).filter(pk=chosen).first() if known else None
    return found.name if found else form.data.get("customer_text", "")
