"""A report by the customer: what they wrote becomes a ticket, with its files, once."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InputError
from customers.models import Asset
from tickets.domain.link import link
from tickets.domain.portal_files import attach_all
from tickets.domain.ticket import Report, report
from tickets.enums import LinkKind, Source
from tickets.models import LabelReport, Ticket

SUBJECT_MAX = 80
LONGEST_KEY = 40
_SENTENCE = re.compile(r"[。！？!?；;]|\.\s")


def split_words(words: str) -> tuple[str, str]:
    """Subject and description: the first sentence of the first line names the problem, and nothing is lost.

    What is one short sentence has no description of its own.
    """
    text = "\n".join(line.rstrip() for line in words.strip().splitlines())
    first = text.partition("\n")[0].strip()
    end = _SENTENCE.search(first)
    subject = first[: end.start()].strip() if end and end.start() else first
    subject = subject or first
    if len(subject) > SUBJECT_MAX:
        return subject[: SUBJECT_MAX - 1].rstrip() + "…", text
    rest = text.removeprefix(subject).strip("。！？!?；;. \n")
    return subject, text if rest else ""


def report_case(
    *,
    facts: Report,
    uploads: "Iterable[File[bytes]]",
    actor: Any,
    now: datetime,
    follows: Ticket | None = None,
) -> Ticket:
    """Record a report with its files, and the link to the case that it goes on with; all or nothing.

    Raises InputError at `attachments` for a file that is not accepted.
    """
    with transaction.atomic():
        ticket = report(report=facts, actor=actor, now=now, source=Source.PORTAL)
        attach_all(ticket=ticket, uploads=uploads, actor=actor, now=now)
        if follows:
            link(ticket=ticket, other=follows, kind=LinkKind.FOLLOW_UP, actor=actor, now=now, source=Source.PORTAL)
    return ticket


def report_by_label(
    *, asset: Asset, key: str, facts: Report, uploads: "Iterable[File[bytes]]", now: datetime
) -> Ticket:
    """A stranger's report at the device, once for each key of a form; a repetition gets the same ticket.

    Two at the same time: the second waits for the first's commit. Raises InputError for a bad key.
    """
    if not 8 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InputError("key_invalid", _("This form is too old. Please open the page again."))
    with transaction.atomic():
        LabelReport.objects.bulk_create([LabelReport(asset=asset, key=key, created_at=now)], ignore_conflicts=True)
        row = LabelReport.objects.select_for_update().get(asset=asset, key=key)
        ticket: Ticket = row.ticket or report_case(facts=facts, uploads=uploads, actor=None, now=now)
        if row.ticket is None:
            LabelReport.objects.filter(pk=row.pk).update(ticket=ticket)
    return ticket
