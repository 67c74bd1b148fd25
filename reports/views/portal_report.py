"""S46, reports: what a customer's administrator reads and downloads."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports.domain.report_document import document_of
from reports.queries.report import listed_reports_for
from reports.views.report import stored_file, visible

A_PAGE = 24


@require_safe
def portal_report_list(request: HttpRequest) -> HttpResponse:
    """The published reports, by year if one is asked for."""
    reports = listed_reports_for(request.user)
    years = [day.year for day in reports.order_by("-period_start").dates("period_start", "year", "DESC")]
    asked = request.GET.get("year", "")
    year = next((one for one in years if str(one) == asked), None)
    shown = reports.filter(period_start__year=year) if year else reports
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/portal_report_list.html", {"page_obj": page, "years": years, "year": year})


@require_safe
def portal_report_detail(request: HttpRequest, number: str) -> HttpResponse:
    report = visible(request, number)
    return render(request, "reports/portal_report_detail.html", document_of(report))


@require_safe
def portal_report_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    return stored_file(request, visible(request, number))
