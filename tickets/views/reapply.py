"""New promises and calendars for open tickets: what could be applied, which clocks would move, how far it is; and the
fragments that the pages of promise sets and calendars show of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.domain import promise_set_draft
from contracts.domain.presets import load_presets
from contracts.domain.promise_set_words import set_word
from contracts.domain.promise_version import current_calendars
from contracts.domain.promise_words import target_name
from contracts.models import CalendarVersion, PromiseDraft, PromiseVersion
from core import clock
from core.errors import RuleError
from core.permissions import can, require
from tickets.domain import reapply
from tickets.enums import ClockState
from tickets.forms.reapply import ReapplyForm
from tickets.models import Reapplication
from tickets.queries.reapply import Outdated, mappings, outdated, reapplications_for

A_PAGE = 50
STATES: dict[str, Any] = dict(ClockState.choices)


@require_safe
def reapply_list(request: HttpRequest) -> HttpResponse:
    """What is newer than what binds open tickets, and what was applied before."""
    require(request.user, "tickets.list_reapplications")
    orders = Paginator(reapplications_for(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "outdated": [row | {"url": _create_url(row["one"])} for row in _named(outdated(clock.now()))],
        "page_obj": orders,
        "may_start": can(request.user, "tickets.start_reapplication"),
        "crumbs": _crumbs()[:1],
    }
    return render(request, "tickets/reapply_list.html", context)


def _named(found: Sequence[Outdated]) -> list[dict[str, Any]]:
    """With the names that people know sets and calendars by."""
    calendars = current_calendars() if any(one.kind == "calendars" for one in found) else {}
    sets = PromiseVersion.objects.in_bulk([one.version for one in found if one.kind == "promises"])
    return [
        {"one": one, "name": calendars[one.code].name if one.kind == "calendars" else _set_name(sets[one.version])}
        for one in found
    ]


def _set_name(version: PromiseVersion) -> str:
    return set_word(promise_set_draft.content_of_version(version).document)


def _create_url(one: Outdated) -> str:
    name = "set" if one.kind == "promises" else "calendar"
    return f"{reverse('tickets:reapply-create')}?{name}={one.code}"


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("Settings"), "url": reverse("core:settings")},
        {"label": _("Apply to open tickets"), "url": reverse("tickets:reapply-list")},
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def reapply_create(request: HttpRequest) -> HttpResponse:
    """Which clocks would move if the newest versions of `?set=` and `?calendar=` (several) counted; then the order."""
    may_start = can(request.user, "tickets.start_reapplication")
    require(request.user, "tickets.start_reapplication" if request.method == "POST" else "tickets.list_reapplications")
    now = clock.now()
    wanted = _wanted(request, now)
    form = ReapplyForm(request.POST if request.method == "POST" else None)
    status, problem = 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            order = reapply.start(**mappings(wanted), actor=request.user, reason=form.cleaned_data["reason"], now=now)
            messages.success(request, _("Under way. You can leave this page; it goes on."))
            return redirect("tickets:reapply-detail", pk=order.pk)
        except RuleError as error:
            status, problem = 409, error.message
    elif request.method == "POST":
        status = 422
    context = {
        "wanted": _named(wanted),
        "form": form,
        "problem": problem,
        "may_start": may_start,
        "crumbs": _crumbs(),
        **preview_context(lambda: reapply.preview(**mappings(wanted), now=now) if wanted else None),
    }
    return render(request, "tickets/reapply_create.html", context, status=status)


def _wanted(request: HttpRequest, now: Any) -> list[Outdated]:
    sets, calendars = request.GET.getlist("set"), request.GET.getlist("calendar")
    if not sets and not calendars:
        raise Http404
    return [one for one in outdated(now) if one.code in (sets if one.kind == "promises" else calendars)]


@require_safe
def reapply_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an order is, and the clocks that it moved."""
    order = order_or_404(request, pk)
    require(request.user, "tickets.list_reapplications", order)
    moves = order.moves.select_related("ticket").order_by("pk")
    page = Paginator(moves, A_PAGE).get_page(request.GET.get("page"))
    context = {
        **progress_context(request, order),
        "versions": _versions(order),
        "page_obj": page,
        "moves": [_told(row, row.ticket.number, row.ticket.subject) for row in page],
        "crumbs": _crumbs(),
    }
    return render(request, "tickets/reapply_detail.html", context)


@require_safe
def reapply_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar alone, asked for every few seconds."""
    order = order_or_404(request, pk)
    require(request.user, "tickets.list_reapplications", order)
    return render(request, "tickets/reapply_progress.html", progress_context(request, order))


def progress_context(request: HttpRequest, order: Reapplication) -> dict[str, Any]:
    return {
        "order": order,
        "fraction": min(1.0, order.done / order.total) if order.total else 1.0,
        "may_cancel": order.state == "running" and can(request.user, "tickets.cancel_reapplication", order),
    }


def order_or_404(request: HttpRequest, pk: int) -> Reapplication:
    return get_object_or_404(reapplications_for(request.user), pk=pk)


@require_POST
def reapply_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    order = order_or_404(request, pk)
    require(request.user, "tickets.cancel_reapplication", order)
    try:
        reapply.cancel(reapplication=order, actor=request.user, now=clock.now())
        messages.success(request, _("Stopped. Tickets that have the new version keep it."))
    except RuleError as error:
        messages.error(request, error.message)
    return redirect("tickets:reapply-detail", pk=pk)


def _versions(order: Reapplication) -> list[str]:
    sets = PromiseVersion.objects.select_related("promise_set").in_bulk(set(order.promises.values()))
    plans = CalendarVersion.objects.select_related("calendar").in_bulk(set(order.calendars.values()))
    names = {code: calendar.name for code, calendar in current_calendars().items()}
    told = [(_set_name(row), row.number) for row in sets.values()]
    told += [(names.get(row.calendar.code, row.calendar.code), row.number) for row in plans.values()]
    return [_("%(name)s version %(number)s") % {"name": name, "number": number} for name, number in sorted(told)]


# --- Fragments --------------------------------------------------------------------------------------------------------


def calendar_preview(request: HttpRequest, documents: Mapping[str, Mapping[str, Any]]) -> str:
    """Which clocks would move if these calendars counted for open tickets."""
    return _preview(request, lambda: reapply.preview_calendars(documents, clock.now()) if documents else None)


def promise_set_preview(request: HttpRequest, draft: PromiseDraft) -> str:
    """Which clocks would move if the draft of a set counted for open tickets."""
    content = promise_set_draft.content_of(draft)
    return _preview(
        request, lambda: reapply.preview_text(draft.code, promise_set_draft.stored_text(content), clock.now())
    )


def _preview(request: HttpRequest, ask: Any) -> str:
    if not can(request.user, "tickets.list_reapplications"):
        return ""
    return render_to_string("tickets/reapply_moves.html", preview_context(ask), request)


def preview_context(ask: Any) -> dict[str, Any]:
    try:
        moves = ask()
    except RuleError as error:
        return {"moves": None, "moves_problem": error.message}
    rows = [_told(row, row.number, row.subject) for row in moves.rows] if moves else []
    return {"moves": moves, "move_rows": rows, "moves_problem": ""}


def calendar_panel(request: HttpRequest, calendar: Any) -> str:
    return _panel(request, "calendars", calendar.code)


def promise_set_panel(request: HttpRequest, promise_set: Any) -> str:
    return _panel(request, "promises", promise_set.code)


def _panel(request: HttpRequest, kind: str, code: str) -> str:
    """That open tickets stand under older versions, with the way to change it; "" where none does."""
    if not can(request.user, "tickets.list_reapplications"):
        return ""
    one = next((one for one in outdated(clock.now()) if (one.kind, one.code) == (kind, code)), None)
    context = {"one": one, "url": _create_url(one)} if one else None
    return render_to_string("tickets/reapply_panel.html", context, request) if context else ""


def _told(move: Any, number: str, subject: str) -> dict[str, Any]:
    target = load_presets().vocabulary.targets.get(move.target)
    return {
        "number": number,
        "subject": subject,
        "set_code": move.set_code,
        "target": target_name(target) if target else move.target,
        "old_due": move.old_due,
        "new_due": move.new_due,
        "old_state": STATES.get(move.old_state, ""),
        "new_state": STATES.get(move.new_state, ""),
        "is_late": move.new_state == ClockState.BREACHED,
        "is_earlier": bool(move.old_due and move.new_due and move.new_due < move.old_due),
    }
