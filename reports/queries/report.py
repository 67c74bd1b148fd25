"""Which service reports a person sees, and which customers are due for one."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role, UserKind
from contracts.enums import COVERING_STATES
from contracts.models import Contract
from core.models import Attachment
from customers.models import Contact, Customer
from reports.enums import ReportKind, ReportState
from reports.models import ServiceReport
from reports.permissions import list_report
from reports.queries.report_month import Month
from tickets.enums import BACKSTAGE_KINDS
from tickets.models import Ticket

PARENT = "reports.report"
BARE = ("figures", "texts")


def reports_for(user: Any) -> QuerySet[ServiceReport]:
    """The reports this person may know of, newest first.

    Managers and quality officers: all. A customer's administrator: the published ones of the own customer; a report
    is about the whole customer, so contacts who see their own sites only see none. Others: none.
    """
    reports = ServiceReport.objects.select_related("customer").order_by("-period_start", "-pk")
    if list_report(user, None):
        return reports
    contact = getattr(user, "contact", None) if _is_customer_admin(user) else None
    if contact is None or not contact.is_active:
        return reports.none()
    return reports.filter(customer=contact.customer_id, state=ReportState.PUBLISHED)


def listed_reports_for(user: Any) -> QuerySet[ServiceReport]:
    """`reports_for` without the large columns."""
    return reports_for(user).defer(*BARE)


def narrowed(
    reports: QuerySet[ServiceReport], *, q: str = "", month: Month | None = None, state: str = ""
) -> QuerySet[ServiceReport]:
    """Those of a customer or number, about a month, in a state; what is empty does not narrow."""
    if q:
        words = Q(customer__name__icontains=q) | Q(customer__code__iexact=q) | Q(number__iexact=q)
        reports = reports.filter(words)
    if month:
        reports = reports.filter(period_start=month.first)
    return reports.filter(state=state) if state else reports


def sees_report_file(user: Any, attachment: Attachment) -> bool:
    """Whoever sees the report may fetch its file."""
    mine = reports_for(user).filter(number=attachment.parent_key, customer=attachment.customer_id)
    return mine.exists()


def customers_to_report(month: Month) -> QuerySet[Customer]:
    """Active customers with a contract in force or a ticket in the month that have no report about it yet."""
    contracts = Contract.objects.filter(
        customer=OuterRef("pk"), state__in=COVERING_STATES, starts_on__lte=month.last, ends_on__gte=month.first
    )
    tickets = Ticket.objects.filter(
        customer=OuterRef("pk"), reported_at__gte=month.start, reported_at__lt=month.end
    ).exclude(kind__in=sorted(BACKSTAGE_KINDS))
    there = ServiceReport.objects.filter(customer=OuterRef("pk"), kind=ReportKind.MONTH, period_start=month.first)
    asked = Q(Exists(contracts)) | Q(Exists(tickets))
    return Customer.objects.filter(asked, ~Exists(there), is_active=True).order_by("pk")


def customer_admins(customer_id: int) -> list[Contact]:
    """The contacts who administrate for a customer and have a mail address: who is told of a published report."""
    admins = Contact.objects.filter(
        customer=customer_id, is_active=True, user__is_active=True, user__roles__role=Role.CONTACT_ADMIN
    )
    return list(admins.exclude(email="").distinct().order_by("pk"))


def _is_customer_admin(user: Any) -> bool:
    active = getattr(user, "is_active", False) and getattr(user, "kind", None) == UserKind.CONTACT
    return bool(active) and Role.CONTACT_ADMIN in user.role_codes
