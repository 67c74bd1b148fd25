"""The list of tickets as a file, as filtered or as chosen."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from contracts.domain.presets import load_presets
from contracts.domain.promise_words import target_name
from core import clock
from core.exports import MOST_ROWS, Cell
from core.language import language_code
from core.permissions import require
from core.views.table_file import table_file
from tickets.domain.export import note_export
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for
from tickets.views.bulk import chosen
from tickets.views.listing import look_from

FORMATS = ("csv", "xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_export(request: HttpRequest) -> HttpResponse:
    """GET asks for the format; POST answers the file. `query` is the list's query string, `pick` chooses rows of it."""
    require(request.user, "tickets.export_ticket")
    given = request.POST if request.method == "POST" else request.GET
    query, picks = given.get("query", "")[:4000], given.getlist("pick")
    is_chosen = bool(picks) and given.get("all") != "1"
    tickets = _tickets(request, query, is_chosen)
    rows = tickets.order_by()[: MOST_ROWS + 1].count()
    form = request.POST.get("format", "")
    if request.method != "POST" or form not in FORMATS or rows > MOST_ROWS:
        context = {"rows": rows, "most": MOST_ROWS, "picks": picks if is_chosen else [], "query": query}
        context |= {"back_url": f"{reverse('tickets:ticket-list')}?{query}", "too_many": rows > MOST_ROWS}
        return render(request, "tickets/export_form.html", context, status=409 if form and rows > MOST_ROWS else 200)
    note_export(actor=request.user, rows=rows, form=form, query=query, now=clock.now())
    return _file(form, _("Tickets"), tickets)


def _tickets(request: HttpRequest, query: str, is_chosen: bool) -> QuerySet[Ticket]:
    if is_chosen:
        return tickets_for(request.user).filter(pk__in=[one.pk for one in chosen(request).tickets]).order_by("pk")
    return look_from(request.user, query, clock.now()).listed


def _file(form: str, title: str, tickets: QuerySet[Ticket]) -> Any:
    local = clock.now().astimezone(timezone.get_current_timezone())
    now_in = (language_code(), timezone.get_current_timezone())
    rows = _rows(tickets.select_related("customer", "assignee", "site", "asset").iterator(chunk_size=1000), *now_in)
    return table_file(form, f"{title}-{local:%Y%m%d-%H%M}", title, _header(), rows)


def _header() -> list[str]:
    return [
        *(_("Ticket number"), _("Problem"), _("Customer"), _("Site"), _("Device"), _("Severity"), _("Kind")),
        *(_("Channel"), _("State"), _("Assignee"), _("Cover"), _("Nearest promise"), _("Due"), _("Overdue")),
        *(_("Reported at"), _("Resolved"), _("Closed"), _("Updated")),
    ]


def _rows(tickets: Iterable[Ticket], language: str, zone: tzinfo) -> Iterator[list[Cell]]:
    """One line a ticket, in the language and zone of the request, which is over when the file is still being sent."""
    targets = load_presets().vocabulary.targets

    def local(at: Any) -> Any:
        return at.astimezone(zone) if at else None

    for ticket in _in(language, tickets):
        target = targets.get(ticket.next_target)
        yield [
            *(ticket.number, ticket.subject, ticket.customer.name, ticket.site.name if ticket.site else ""),
            f"{ticket.asset.name} {ticket.asset.serial}" if ticket.asset else "",
            *(ticket.get_severity_display(), ticket.get_kind_display(), ticket.get_channel_display()),
            *(
                ticket.get_state_display(),
                ticket.assignee.name if ticket.assignee else "",
                ticket.get_coverage_display(),
            ),
            target_name(target) if target else ticket.next_target,
            local(ticket.next_due_at),
            _("yes") if ticket.clock_rank == 0 else "",
            *(local(at) for at in (ticket.reported_at, ticket.resolved_at, ticket.closed_at, ticket.updated_at)),
        ]


def _in(language: str, tickets: Iterable[Ticket]) -> Iterator[Ticket]:
    with override(language):
        yield from tickets
