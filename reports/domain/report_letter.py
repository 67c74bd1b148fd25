"""The mail that a report is there. Made at delivery; it carries the address of the page, never the figures."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.domain import notification, outbox
from core.models import Outbox
from reports.domain.report_words import month_in_words
from reports.models import ServiceReport
from reports.queries.report import customer_admins
from reports.queries.report_month import Month


@outbox.deliverer("report.published")
def deliver_published(row: Outbox, now: datetime) -> None:
    """To a customer's administrator, who may have lost that part since: then there is nothing to send."""
    report = ServiceReport.objects.defer("figures").get(pk=row.payload["report"])
    contact = next((one for one in customer_admins(report.customer_id) if one.pk == row.payload["contact"]), None)
    if contact is None:
        return
    with translation.override(contact.user.language if contact.user else settings.LANGUAGE_CODE):
        facts = {
            "name": contact.name,
            "month": month_in_words(Month.of(report.period_start)),
            "number": report.number,
            "url": f"{settings.BASE_URL}{row.payload['url']}",
            "hotline": settings.SERVICE_HOTLINE,
        }
        notification.send_mail(
            key=row.key,
            to=(contact.name, contact.email),
            subject=_("Service report for %(month)s (%(number)s)") % facts,
            body=_letter() % facts,
        )


def _letter() -> str:
    return "\n\n".join(
        (
            _("Dear %(name)s,"),
            _("The service report for %(month)s is ready for you: %(url)s"),
            _("If anything else comes up, please call our service hotline %(hotline)s at any time."),
            "",
        )
    )
