"""A customer's report: drafted once, its figures frozen, its texts written, published once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core import pdf
from core.domain import attachment, audit, outbox
from core.domain.numbering import next_number
from core.errors import InputError, RuleError, StaleError
from core.models import Attachment
from customers.models import Contact, Customer
from reports.domain.report_document import document_of, file_name
from reports.domain.report_words import first_texts
from reports.enums import ReportKind, ReportState, Section
from reports.models import ServiceReport
from reports.queries.report import PARENT, customer_admins
from reports.queries.report_figures import figures_of
from reports.queries.report_month import Month

PREFIX = "RP"
TEMPLATE = "reports/report_pdf.html"
LONGEST = 4000


def draft(customer: Customer, month: Month, now: datetime, actor: Any = None) -> ServiceReport:
    """The report about a month: the one that is there already, else a new draft with the figures as of `now`.

    However often and by however many it is called, there is one. Raises InputError for a month that is not over.
    """
    if month.end > now:
        raise InputError("month", _("This month is not over yet."), "month")
    there = {"customer": customer, "kind": ReportKind.MONTH, "period_start": month.first}
    found = ServiceReport.objects.filter(**there).first()
    if found:
        return found
    figures = figures_of(customer, month, now)
    new = ServiceReport(**there, figures=figures, texts=first_texts(figures), frozen_at=now, created_at=now)
    new.created_by = actor
    try:
        with transaction.atomic():
            return _insert(new, now)
    except IntegrityError:
        return ServiceReport.objects.get(**there)


def _insert(report: ServiceReport, now: datetime) -> ServiceReport:
    """With a number; a rollback gives it back, so that of two at once the later leaves no gap."""
    report.number = next_number(PREFIX, now)
    report.save(force_insert=True)
    _audit(report, "reports.draft_report", report.created_by, {"month": report.figures["month"]}, now)
    return report


def refreeze(report: ServiceReport, *, version: int, actor: Any, now: datetime) -> ServiceReport:
    """Take the figures of a draft anew, as of `now`; the texts stay. RuleError once it is published."""
    figures = figures_of(report.customer, Month.of(report.period_start), now)
    with transaction.atomic():
        mine = _locked_draft(report, version)
        mine.figures, mine.frozen_at = figures, now
        return _stored(mine, "reports.refreeze_report", actor, {"frozen_at": now.isoformat()}, now)


def write_texts(
    report: ServiceReport, texts: Mapping[str, str], *, version: int, actor: Any, now: datetime
) -> ServiceReport:
    """Set the texts of a draft's sections. StaleError if somebody else saved meanwhile."""
    clean = {str(section): _clean(section, texts.get(section, "")) for section in Section}
    with transaction.atomic():
        mine = _locked_draft(report, version, sent=clean)
        if clean == mine.texts:
            return mine
        changes = {key: [mine.texts.get(key, ""), text] for key, text in clean.items() if mine.texts.get(key) != text}
        mine.texts = clean
        return _stored(mine, "reports.write_report", actor, changes, now)


def publish(report: ServiceReport, *, version: int, actor: Any, now: datetime, url: str) -> ServiceReport:
    """Make the PDF from the frozen figures, store it, show it to the customer and mail their administrators, once.

    `url` is the page of the customer's reports, for the mail. The file is drawn before anything is locked; whoever
    changes the draft meanwhile makes this a StaleError. Raises core.pdf.PdfError with nothing stored.
    """
    _check_draft(report, version)
    data = draw_pdf(report, now, publishing=True)
    with transaction.atomic():
        mine = _locked_draft(report, version)
        file = _store(mine, data, actor, now)
        mine.state, mine.published_at, mine.published_by = ReportState.PUBLISHED, now, actor
        mine.pdf, mine.pdf_sha256 = file.pk, file.sha256
        _stored(mine, "reports.publish_report", actor, {"pdf_sha256": file.sha256}, now)
        for contact in customer_admins(mine.customer_id):
            _post(mine, contact, url, now)
    return mine


def draw_pdf(report: ServiceReport, now: datetime, *, publishing: bool = False) -> bytes:
    """The report as a PDF file in the customers' language; a draft says so unless it is just being published."""
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        context = document_of(report, publishing_at=now if publishing else None)
    return pdf.render(TEMPLATE, {"printed_at": now, **context}, language=language)


def _clean(section: Section, text: str) -> str:
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    if len(text) > LONGEST:
        raise InputError("too_long", _("Please write at most %(limit)s characters.") % {"limit": LONGEST}, section)
    if any(ord(char) < 32 and char not in "\n\t" for char in text):
        raise InputError("invalid", _("Please remove the characters that cannot be shown."), section)
    return text


def _check_draft(report: ServiceReport, version: int, sent: Mapping[str, str] | None = None) -> None:
    if report.state != ReportState.DRAFT:
        raise RuleError("published", _("This report is published and does not change any more."))
    if report.version != version:
        message = _("This report was changed by someone else. Please check it and try again.")
        raise StaleError(message, {key: report.texts.get(key, "") for key in sent or ()})


def _locked_draft(report: ServiceReport, version: int, sent: Mapping[str, str] | None = None) -> ServiceReport:
    mine = ServiceReport.objects.select_for_update(of=("self",)).select_related("customer").get(pk=report.pk)
    _check_draft(mine, version, sent)
    return mine


def _stored(report: ServiceReport, action: str, actor: Any, changes: dict[str, Any], now: datetime) -> ServiceReport:
    report.version += 1
    report.save()
    _audit(report, action, actor, changes, now)
    return report


def _store(report: ServiceReport, data: bytes, actor: Any, now: datetime) -> Attachment:
    return attachment.store(
        upload=ContentFile(data, name=file_name(report)),
        customer_id=report.customer_id,
        parent_kind=PARENT,
        parent_key=report.number,
        internal=False,
        actor=actor,
        now=now,
    )


def _post(report: ServiceReport, contact: Contact, url: str, now: datetime) -> None:
    key = f"report.published:{report.number}:{contact.pk}"
    payload = {"report": report.pk, "contact": contact.pk, "url": url}
    outbox.post(kind="report.published", key=key, payload=payload, now=now)


def _audit(report: ServiceReport, action: str, actor: Any, changes: dict[str, Any], now: datetime) -> None:
    subject = f"{PARENT}:{report.number}"
    audit.record(actor=actor, action=action, subject=subject, changes=changes, now=now, customer_id=report.customer_id)
