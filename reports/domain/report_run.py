"""The monthly round: who is due gets a draft, whoever starts it and however often."""

import logging
from datetime import datetime

from reports.domain.report import draft
from reports.queries.report import customers_to_report
from reports.queries.report_month import last_to_report

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 1000


def draft_monthly(now: datetime) -> int:
    """Draft the last month's missing reports. Returns how many customers were due.

    Each customer is a transaction of its own: one that fails is logged and does not keep the others waiting.
    """
    month = last_to_report(now)
    due = list(customers_to_report(month)[:MOST_AT_ONCE])
    for customer in due:
        try:
            draft(customer, month, now)
        except Exception:
            logger.exception("the report of customer %s about %s was not drafted", customer.pk, month)
    return len(due)
