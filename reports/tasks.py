from celery import shared_task

from core import clock
from reports.domain.report_run import draft_monthly


@shared_task(name="reports.draft_monthly")
def draft_reports() -> int:
    return draft_monthly(clock.now())
