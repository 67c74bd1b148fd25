"""What closes the demonstration once all its tickets are there: last month's reports, one of them published."""

import logging
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from config.management.demo.people import HOST
from core.domain import audit
from core.models import Audit
from core.pdf import PdfError
from reports.domain.report import publish
from reports.domain.report_run import draft_monthly
from reports.enums import ReportState
from reports.models import ServiceReport

DONE = "demo.done"
PUBLISHED_FOR = "ZWFW"
logger = logging.getLogger(__name__)


def finish(now: datetime) -> bool:
    """Draft last month's reports and publish one; returns whether there was something left to do. Once only."""
    if Audit.objects.filter(action=DONE).exists():
        return False
    draft_monthly(now)
    for report in ServiceReport.objects.filter(customer__code=PUBLISHED_FOR, state=ReportState.DRAFT):
        _publish(report, now)
    audit.record(actor=None, action=DONE, subject="demo", changes={}, now=now)
    return True


def _publish(report: ServiceReport, now: datetime) -> None:
    manager = User.objects.get(email=f"manager@{HOST}")
    try:
        publish(report, version=report.version, actor=manager, now=now, url=reverse("reports:portal-report-list"))
    except PdfError:
        logger.warning("demonstration: no PDF could be made, the report stays a draft")
