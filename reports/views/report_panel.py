"""The newest reports on other apps' pages: the portal's home, a customer's page at the desk."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from core.permissions import can
from reports.queries.report import listed_reports_for

MOST = 6


def portal_panel(request: HttpRequest, subject: Any) -> str:
    """The latest report, for the customer's administrator."""
    report = listed_reports_for(request.user).first()
    if report is None:
        return ""
    return render_to_string("reports/portal_report_panel.html", {"report": report}, request)


def customer_panel(request: HttpRequest, customer: Any) -> str:
    """The customer's reports, for who may read them."""
    if not can(request.user, "reports.list_report"):
        return ""
    found = list(listed_reports_for(request.user).filter(customer=customer)[:MOST])
    context = {"reports": found, "customer": customer, "may_draft": can(request.user, "reports.draft_report")}
    return render_to_string("reports/report_panel.html", context, request)
