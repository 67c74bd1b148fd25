"""The promise simulator: order, watch, read and take away what a wording would have made of past tickets."""

from collections.abc import Iterable, Iterator
from datetime import timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.models import PromiseDraft, PromiseSet
from core import clock
from core.errors import InputError, RuleError
from core.exports import MOST_ROWS, Cell
from core.language import is_chinese, language_code
from core.permissions import can, require
from core.views.edit import Editing, edit, sent
from core.views.table_file import table_file
from reports.domain import simulation as simulations
from reports.forms.simulation import FindingForm, SimulationForm
from reports.models import Simulation, SimulationFinding
from reports.queries.simulation import (
    DRAFT,
    Figures,
    clocks_behind,
    find_wording,
    findings_for,
    seen_so_far,
    simulations_for,
)
from tickets.enums import ClockState, Severity

A_PAGE = 25
FEW = 20
LEADING = 10
SEVERITIES: dict[int, Any] = dict(Severity.choices)
FORMATS = ("csv", "xlsx")
STATES: dict[str, Any] = dict(ClockState.choices)


@require_safe
def simulation_list(request: HttpRequest) -> HttpResponse:
    """What was simulated, the newest first."""
    require(request.user, "reports.list_simulations")
    orders = simulations_for(request.user).select_related("ordered_by", "customer").order_by("-pk")
    page = Paginator(orders, FEW).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [_row(order) for order in page],
        "may_start": can(request.user, "reports.start_simulation"),
        "days_kept": simulations.KEPT.days,
    }
    return render(request, "reports/simulation_list.html", context)


def _row(order: Simulation) -> dict[str, Any]:
    total = Figures(order).total if order.state == "done" else None
    return {"order": order, "name": name_of(order), "total": total, **days_of(order)}


def name_of(order: Simulation) -> str:
    """The set in words: its code, its name and which wording it was."""
    name = order.name if is_chinese() else order.name_en
    return f"{order.code} {name}"


def days_of(order: Simulation) -> dict[str, Any]:
    """The first and the last day of the period, in the reader's zone."""
    zone = timezone.get_current_timezone()
    last = (order.end - timedelta(microseconds=1)).astimezone(zone).date()
    return {"first": order.start.astimezone(zone).date(), "last": last}


# --- Order ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def simulation_create(request: HttpRequest) -> HttpResponse:
    """Choose a wording (`?wording=HW12:draft`) and a period; POST orders it, once for each form."""
    require(request.user, "reports.start_simulation")
    now, zone = clock.now(), timezone.get_current_timezone()
    form = SimulationForm(sent(request), user=request.user, now=now, zone=zone, asked=request.GET)

    def save(values: dict[str, Any], now: Any) -> Simulation:
        wording, span = find_wording(request.user, values["wording"]), form.span()
        if wording is None or span is None:
            raise InputError("wording", _("There is no such promise set or draft."), "wording")
        return simulations.start(wording=wording, span=span, actor=request.user, now=now)

    editing = Editing(
        title=_("Simulate promises"),
        submit=_("Simulate"),
        done=_("Under way. You can leave this page; it goes on."),
        form=form,
        save=save,
        goes_to=lambda order: reverse("reports:simulation-detail", args=[order.pk]),
        back_url=reverse("reports:simulation-list"),
        crumbs=crumbs(),
        template="reports/simulation_create.html",
    )
    return edit(request, editing)


@require_safe
def simulation_preview(request: HttpRequest) -> HttpResponse:
    """How many tickets a period has, while it is being chosen."""
    require(request.user, "reports.start_simulation")
    form = SimulationForm(request.GET, user=request.user, now=clock.now(), zone=timezone.get_current_timezone())
    form.full_clean()
    span = form.span() if not form.errors.keys() & {"first", "last", "customer", "under"} else None
    sensible = span is not None and span.start < span.end and span.end - span.start <= simulations.LONGEST
    count = span.tickets.count() if span and sensible else None
    return render(request, "reports/simulation_preview.html", {"count": count})


def crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("Deadline board"), "url": reverse("reports:dashboard")},
        {"label": _("Promise simulator"), "url": reverse("reports:simulation-list")},
    ]


# --- Watch and read ---------------------------------------------------------------------------------------------------


@require_safe
def simulation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar while it is under way, then the figures and what would have been late."""
    order = order_or_404(request, pk)
    require(request.user, "reports.list_simulations", order)
    context = {"order": order, "name": name_of(order), "crumbs": crumbs(), **days_of(order)}
    context |= progress_context(request, order)
    if order.state == "done":
        context |= _result(request, order)
    return render(request, "reports/simulation_detail.html", context)


@require_safe
def simulation_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar alone, asked for every few seconds; once it is over, the page is drawn anew."""
    order = order_or_404(request, pk)
    require(request.user, "reports.list_simulations", order)
    answer = render(request, "reports/simulation_progress.html", progress_context(request, order))
    if not order.is_going:
        answer["HX-Refresh"] = "true"
    return answer


def progress_context(request: HttpRequest, order: Simulation) -> dict[str, Any]:
    seen = seen_so_far(order) if order.is_going else 0
    return {
        "order": order,
        "seen": seen,
        "fraction": min(1.0, seen / order.tickets) if order.tickets else 1.0,
        "may_cancel": order.is_going and can(request.user, "reports.cancel_simulation", order),
    }


def order_or_404(request: HttpRequest, pk: int) -> Simulation:
    return get_object_or_404(simulations_for(request.user).select_related("ordered_by", "customer"), pk=pk)


@require_POST
def simulation_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    order = order_or_404(request, pk)
    require(request.user, "reports.cancel_simulation", order)
    try:
        simulations.cancel(simulation=order, actor=request.user, now=clock.now())
        messages.success(request, _("Stopped."))
    except RuleError as error:
        messages.error(request, error.message)
    return redirect("reports:simulation-detail", pk=pk)


def _result(request: HttpRequest, order: Simulation) -> dict[str, Any]:
    figures = Figures(order)
    form = FindingForm(request.GET, figures=figures)
    found = findings_for(request.user, order).filter(**form.wanted)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return {
        "total": figures.total,
        "tables": [
            (_("Promises"), figures.targets),
            (_("Promises of our own rules"), figures.house_targets),
            (_("Severity"), figures.severities(SEVERITIES)),
            (_("Customers"), figures.customers[:LEADING]),
        ],
        "more_customers": len(figures.customers) > LEADING,
        "form": form,
        "page_obj": page,
        "findings": [_told(row, figures, clocks) for clocks in [clocks_behind(page)] for row in page],
        "query": urlencode(form.wanted),
        "may_export": can(request.user, "reports.export_simulation", order),
        "kept_until": order.created_at + simulations.KEPT,
        "unnamed": order.failed_count - len(order.failed),
    }


def _told(row: SimulationFinding, figures: Figures, clocks: dict[Any, Any]) -> dict[str, Any]:
    behind = clocks.get((row.ticket_id, row.target))
    return {
        "row": row,
        "target": figures.name_of(row.target),
        "severity": SEVERITIES[row.severity],
        "now": STATES.get(row.now_state, ""),
        "then": STATES.get(row.then_state, ""),
        "why_url": reverse("tickets:ticket-why", args=[row.ticket.number, behind.pk]) if behind else "",
    }


# --- Files ------------------------------------------------------------------------------------------------------------


@require_POST
def simulation_export(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found, as filtered, as a file; the audit trail says who took it."""
    order = order_or_404(request, pk)
    require(request.user, "reports.export_simulation", order)
    form = request.POST.get("format", "")
    if order.state != "done" or form not in FORMATS:
        messages.error(request, _("There is nothing to export yet."))
        return redirect("reports:simulation-detail", pk=pk)
    figures = Figures(order)
    wanted = FindingForm({name: request.POST.get(name, "") for name in FindingForm.base_fields}, figures=figures).wanted
    found = findings_for(request.user, order).filter(**wanted)
    rows = found.count()
    if form == "xlsx" and rows > MOST_ROWS:
        said = _("These are more than %(most)s rows. Please narrow the list down or take the text file.")
        messages.error(request, said % {"most": MOST_ROWS})
        return redirect(f"{reverse('reports:simulation-detail', args=[pk])}?{urlencode(wanted)}")
    query, now = urlencode(wanted), clock.now()
    simulations.note_export(simulation=order, actor=request.user, rows=rows, form=form, query=query, now=now)
    return _file(form, order, figures, found.iterator(chunk_size=1000))


def _file(form: str, order: Simulation, figures: Figures, found: Iterable[SimulationFinding]) -> Any:
    days = days_of(order)
    title = _("Simulation")
    name = f"{title}-{order.code}-{days['first']:%Y%m%d}-{days['last']:%Y%m%d}"
    rows = _rows(found, figures, language_code(), timezone.get_current_timezone())
    return table_file(form, name, title, _header(), rows)


def _header() -> list[str]:
    return [
        *(_("Ticket number"), _("Problem"), _("Customer"), _("Severity"), _("Promise"), _("Finding")),
        *(_("Due now"), _("Done now"), _("State now"), _("Due then"), _("Done then"), _("State then")),
    ]


def _rows(found: Iterable[SimulationFinding], figures: Figures, language: str, zone: tzinfo) -> Iterator[list[Cell]]:
    """In the language and zone of the request, which is over when the file is still being sent."""

    def local(at: Any) -> Any:
        return at.astimezone(zone) if at else None

    with override(language):
        for row in found:
            yield [
                *(row.ticket.number, row.ticket.subject, row.customer.name, str(SEVERITIES[row.severity])),
                *(figures.name_of(row.target), row.get_kind_display()),
                *(local(row.now_due), local(row.now_met), str(STATES.get(row.now_state, ""))),
                *(local(row.then_due), local(row.then_met), str(STATES.get(row.then_state, ""))),
            ]


# --- Fragments --------------------------------------------------------------------------------------------------------


def draft_link(request: HttpRequest, draft: PromiseDraft) -> str:
    """On the page of a draft: the way to its simulation."""
    return _link(request, f"{draft.code}:{DRAFT}")


def promise_set_link(request: HttpRequest, promise_set: PromiseSet) -> str:
    """On the page of a set: the way to the simulation of its newest version."""
    return _link(request, promise_set.code)


def _link(request: HttpRequest, key: str) -> str:
    if not can(request.user, "reports.start_simulation"):
        return ""
    url = f"{reverse('reports:simulation-create')}?{urlencode({'wording': key})}"
    return render_to_string("reports/simulation_link.html", {"url": url}, request)
