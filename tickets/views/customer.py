"""What tickets add to the pages of customers and devices."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, slots
from core.permissions import can
from customers.models import Asset, Customer
from customers.queries import column, life_line, tab
from customers.queries.column import Cell, Cells
from customers.queries.life_line import LifeEvent
from tickets.enums import BACKSTAGE_KINDS, ENDED
from tickets.models import Ticket
from tickets.queries.ticket import open_tickets_for, tickets_for
from tickets.tables import BY_KEY, rows_of

LAST = 20
MOST_OPEN = 50
LIFE = 100


def declare() -> None:
    """Put all of this in its places; called once when the app is ready."""
    columns = (
        column.Column("open", gettext_lazy("Open tickets"), "num", order_by_open),
        column.Column("overdue", gettext_lazy("Overdue"), "num", order_by_overdue),
    )
    column.register(column.CUSTOMERS, "tickets", columns, customer_cells, order=30)
    tab.register("tickets", gettext_lazy("Tickets"), ticket_tab, order=50)
    life_line.register("tickets", asset_life)
    slots.register("customer.health", "tickets", health, order=10)
    slots.register("customer.action", "tickets", new_ticket)
    slots.register("asset.action", "tickets", report_asset)


def figures(user: Any, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Open and overdue tickets by customer, as the queue counts them; one statement."""
    overdue = BY_KEY["overdue"].condition
    assert overdue is not None
    counted = open_tickets_for(user).filter(customer__in=ids).order_by().values("customer")
    found = counted.annotate(open=Count("pk"), overdue=Count("pk", filter=overdue(user, clock.now())))
    return {row["customer"]: {"open": row["open"], "overdue": row["overdue"]} for row in found}


def queue_url(customer: int, view: str) -> str:
    return f"{reverse('tickets:ticket-list')}?{urlencode({'view': view, 'customer': customer})}"


def customer_cells(user: Any, ids: Sequence[int]) -> dict[int, Cells]:
    found = figures(user, ids)
    return {
        pk: {
            "open": Cell(str(counted["open"]), url=queue_url(pk, "all")),
            "overdue": Cell(str(counted["overdue"]), url=queue_url(pk, "overdue")),
        }
        for pk, counted in found.items()
    }


def order_by_open(user: Any) -> Any:
    return _counted(open_tickets_for(user))


def order_by_overdue(user: Any) -> Any:
    overdue = BY_KEY["overdue"].condition
    assert overdue is not None
    return _counted(open_tickets_for(user).filter(overdue(user, clock.now())))


def _counted(tickets: QuerySet[Ticket]) -> Any:
    """An expression on customers: how many of these tickets each has."""
    own = tickets.filter(customer=OuterRef("pk")).order_by().values("customer").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(own, output_field=IntegerField()), 0)


def health(request: HttpRequest, customer: Customer) -> str:
    """Open and overdue, each leading to its list; one statement."""
    found = figures(request.user, [customer.pk]).get(customer.pk, {"open": 0, "overdue": 0})
    shown = [
        {"label": _("Open tickets"), "value": found["open"], "url": queue_url(customer.pk, "all")},
        {"label": _("Overdue"), "value": found["overdue"], "url": queue_url(customer.pk, "overdue")},
    ]
    return render_to_string("tickets/customer_health.html", {"figures": shown}, request)


def ticket_tab(request: HttpRequest, customer: Customer) -> str:
    """The open tickets, most pressing first, then the last that ended; three statements."""
    still_open = list(open_tickets_for(request.user).filter(customer=customer)[:MOST_OPEN])
    ended = tickets_for(request.user).filter(customer=customer, state__in=sorted(ENDED))
    last = ended.exclude(kind__in=sorted(BACKSTAGE_KINDS)).order_by("-reported_at", "-pk")[:LAST]
    context = {
        "open": rows_of(still_open, clock.now()),
        "ended": list(last),
        "every_url": queue_url(customer.pk, "every"),
    }
    return render_to_string("tickets/customer_tab.html", context, request)


def new_ticket(request: HttpRequest, customer: Customer) -> str:
    """The way to a new ticket of this customer."""
    return _new_link(request, {"customer": customer.pk}) if customer.is_active else ""


def report_asset(request: HttpRequest, asset: Asset) -> str:
    """The way to a new ticket about this device."""
    return _new_link(request, {"customer": asset.customer_id, "site": asset.site_id, "asset": asset.pk})


def _new_link(request: HttpRequest, given: dict[str, Any]) -> str:
    if not can(request.user, "tickets.report_ticket"):
        return ""
    url = f"{reverse('tickets:ticket-create')}?{urlencode(given)}"
    return render_to_string("tickets/customer_new.html", {"url": url}, request)


def asset_life(user: Any, asset: Asset) -> list[LifeEvent]:
    """The tickets about a device that the user may see, by the day of their report; one statement."""
    seen = tickets_for(user).filter(asset=asset).order_by("-reported_at", "-pk")[:LIFE]
    return [
        LifeEvent(
            ticket.reported_at,
            "ticket",
            f"{ticket.number} {ticket.subject} · {ticket.get_state_display()}",
            reverse("tickets:ticket-detail", args=[ticket.number]),
        )
        for ticket in seen
    ]
