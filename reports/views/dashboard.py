"""S31: how promises are kept: the page with its filters, its panels one by one, and the comparison as a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock, formats
from core.exports import MOST_ROWS
from core.permissions import can, require
from core.views.table_file import table_file
from customers.queries.customer import customers_for
from reports.forms.dashboard import DashboardForm
from reports.queries import figures
from reports.queries.compliance import NONE_KEPT, name_of
from reports.views.panels import GROUP_NAMES, KEY_ROW, LAZY, PANELS, Look, label_of, matrix_targets


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The key figures at once, the other panels when they come into sight; with `full` all at once, without script."""
    require(request.user, "reports.see_figures")
    form, look = _look(request)
    full = bool(request.GET.get("full"))
    query = form.query.urlencode()
    context = {
        "form": form,
        "look": look,
        "query": query,
        "full": full,
        "key_row": KEY_ROW.draw(request, look, query=query),
        "panels": [(panel, panel.draw(request, look, query=query) if full else "") for panel in LAZY],
        "customer_text": _customer_text(request, form),
        "may_wall": can(request.user, "reports.manage_wall"),
        "may_simulate": can(request.user, "reports.list_simulations"),
        "may_report": can(request.user, "reports.list_report"),
    }
    return render(request, "reports/dashboard.html", context)


@require_safe
def dashboard_panel(request: HttpRequest, name: str) -> HttpResponse:
    """One panel's content."""
    require(request.user, "reports.see_figures")
    if name not in PANELS:
        raise Http404
    form, look = _look(request)
    return HttpResponse(PANELS[name].draw(request, look, query=form.query.urlencode()))


@require_safe
def dashboard_export(request: HttpRequest) -> HttpResponseBase:
    """The comparison as CSV, all its rows."""
    require(request.user, "reports.see_figures")
    _form, look = _look(request)
    groups = figures.matrix(request.user, look.selection, look.by, MOST_ROWS)
    targets = matrix_targets(groups)
    name = f"deadlines-{look.by}-{look.selection.first:%Y%m%d}-{look.selection.last:%Y%m%d}"
    return table_file("csv", name, "", _head(look, targets), _lines(look, groups, targets))


def _head(look: Look, targets: list[str]) -> list[str]:
    words = (_("%(target)s: met"), _("%(target)s: late"), _("%(target)s: open"), _("%(target)s: compliance"))
    columns = [word % {"target": name_of(target)} for target in targets for word in words]
    return [str(GROUP_NAMES[look.by]), _("Tickets"), *columns]


def _lines(look: Look, groups: list[figures.Group], targets: list[str]) -> list[list[Any]]:
    lines = []
    for group in groups:
        line: list[Any] = [label_of(look.by, group), group.tickets]
        for kept in (group.kept.get(target, NONE_KEPT) for target in targets):
            share = "" if kept.share is None else formats.percent(kept.share)
            line += [kept.met, kept.late, kept.open, share]
        lines.append(line)
    return lines


def _look(request: HttpRequest) -> tuple[DashboardForm, Look]:
    now = clock.now()
    form = DashboardForm(request.GET, now=now, zone=timezone.get_current_timezone())
    by = request.GET.get("by", "")
    return form, Look(request.user, form.selection, now, by if by in figures.GROUPS else "severity")


def _customer_text(request: HttpRequest, form: DashboardForm) -> str:
    wanted = form.cleaned_data.get("customer")
    found = customers_for(request.user).filter(pk=wanted).first() if wanted else None
    return found.name if found else ""
