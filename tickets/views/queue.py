"""S03: the work queue, its tabs, its rows, and what is new in it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.permissions import can, require
from tickets.domain.bulk import MOST
from tickets.models import SavedView, Ticket
from tickets.queries import queue
from tickets.queries.presence import viewers
from tickets.queries.ticket import tickets_for
from tickets.tables import BEFORE_PROBLEM, COLUMNS, EVERY, PAST, VIEWS, counts, rows_of
from tickets.views.listing import Look, look_behind, look_of

CANDIDATES = 50
LISTED = "listed"


@require_safe
def ticket_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "tickets.list_ticket")
    look = look_of(request)
    exact = "" if request.htmx else _exact(look)  # type: ignore[attr-defined]
    if exact:
        return redirect("tickets:ticket-detail", number=exact)
    figures = _figures(look)
    page = look.page(figures.get(LISTED))
    tickets = list(page)
    context = {
        "rows": rows_of(tickets, look.now, look.user),
        "page_obj": page,
        "look": look,
        "filters": look.form,
        "sorted_by": look.form.order,
        "customer_text": look.customer_name(tickets),
        "hidden": _hidden(look, (*look.form.MORE, "customer", "customer_text")),
        "reset_url": f"?view={look.view.key}" if look.query else "",
        "empty": _empty(look),
        "most": MOST,
        **_tabs(look, figures),
        **columns_in(look),
        **_watch(look, queue.token(tickets), 0),
    }
    context["active"] = _active(look, context["customer_text"])
    return render(request, "tickets/ticket_list.html", context)


@require_safe
def ticket_tabs(request: HttpRequest) -> HttpResponse:
    """The tabs with their numbers as they are now."""
    require(request.user, "tickets.list_ticket")
    look = look_of(request)
    return render(request, "tickets/ticket_tabs.html", {"look": look, **_tabs(look, _figures(look, count=False))})


@require_safe
def ticket_filters(request: HttpRequest) -> HttpResponse:
    """Every filter of the list, in a dialog; without script a page of its own."""
    require(request.user, "tickets.list_ticket")
    look = look_of(request)
    context = {
        "look": look,
        "filters": look.form,
        "customer_text": look.customer_name([]),
        "hidden": _hidden(look, ("q", *look.form.FIRST)),
        "back_url": f"{reverse('tickets:ticket-list')}?{look.here}",
    }
    return render(request, "tickets/ticket_filters.html", context)


@require_safe
def ticket_rows(request: HttpRequest) -> HttpResponse:
    """What changed since the page was drawn: its rows anew, and how many would come in. 204 where nothing did.

    `since` names the rows on the page with the stamp of each, `new` the number of rows offered already.
    """
    require(request.user, "tickets.list_ticket")
    look = look_of(request)
    known = queue.read_token(look.asked.get("since", ""))
    found = queue.page_and_known(look.user, look.listed[look.page_slice], known)
    shown = [ticket for ticket in found if ticket.pk in known]
    new = len(queue.entered([ticket.pk for ticket in found if ticket.on_page], known))  # type: ignore[attr-defined]
    gone = sorted(known.keys() - {ticket.pk for ticket in shown})
    changed = [ticket for ticket in shown if queue.stamp(ticket) != known[ticket.pk]]
    if not (changed or gone or str(new) != look.asked.get("new", "0")):
        return HttpResponse(status=204)
    context = {"rows": rows_of(changed, look.now, look.user), "gone": gone, "look": look}
    return render(
        request, "tickets/ticket_fresh.html", context | columns_in(look) | _watch(look, queue.token(shown), new)
    )


@require_safe
def ticket_row(request: HttpRequest, number: str) -> HttpResponse:
    """One row as it is now, asked for when its deadline crosses a mark."""
    require(request.user, "tickets.list_ticket")
    return row_response(request, get_object_or_404(tickets_for(request.user), number=number))


def row_response(request: HttpRequest, ticket: Ticket, text: str = "", *, oob: bool = False) -> HttpResponse:
    """One row of the queue as it is now, the answer to an act on it; with a toast if there is something to say.

    `oob`: the act was done in a dialog, so that the row is put into its place out of band.
    """
    look = look_behind(request)
    row = rows_of([ticket], look.now, look.user)[0]
    context = {"row": row, "look": look, "oob": oob, "text": text, **columns_in(look)}
    response = render(request, "tickets/ticket_row_answer.html", context)
    if text:
        response["HX-Trigger"] = "queue:changed"
    return response


@require_safe
def ticket_next(request: HttpRequest) -> HttpResponse:
    """The most pressing ticket of the view that nobody else is looking at; the list again where there is none."""
    require(request.user, "tickets.list_ticket")
    look = look_of(request)
    numbers = list(look.listed.values_list("number", flat=True)[:CANDIDATES])
    taken = viewers(numbers, look.user)
    skipped = look.asked.get("after", "")
    free = [number for number in numbers if number not in taken and number != skipped]
    query = look.without("after").urlencode()
    if not free:
        return redirect(f"{reverse('tickets:ticket-list')}?{query}")
    onward = QueryDict(mutable=True)
    onward["queue"] = query
    return redirect(f"{reverse('tickets:ticket-detail', args=[free[0]])}?{onward.urlencode()}")


def _exact(look: Look) -> str:
    """The number of a visible ticket, where just that was searched for."""
    wanted = str(look.form.cleaned_data.get("q") or "").upper()
    if not wanted.startswith("WB-"):
        return ""
    return tickets_for(look.user).filter(number=wanted).values_list("number", flat=True).first() or ""


def _watch(look: Look, since: str, new: int) -> dict[str, Any]:
    """What the watcher of the list needs: where to ask next, how many new rows to offer, where they are."""
    here, ask = look.without(), look.without()
    ask["since"], ask["new"] = since, str(new)
    return {
        "watch_url": f"{reverse('tickets:ticket-rows')}?{ask.urlencode()}",
        "new": new,
        "list_url": f"{reverse('tickets:ticket-list')}?{here.urlencode()}",
    }


def columns_in(look: Look) -> dict[str, Any]:
    """The columns shown, those that may be, and the heads in their order, the problem in its fixed place."""
    shown = look.columns
    heads = [column for column in COLUMNS if column.key in shown]
    return {
        "columns": shown,
        "all_columns": COLUMNS,
        "heads_before": [column for column in heads if column.key in BEFORE_PROBLEM],
        "heads_after": [column for column in heads if column.key not in BEFORE_PROBLEM],
        "may": look.may,
        "may_set_columns": look.saved is None or can(look.user, "tickets.change_view", look.saved),
        "density": look.saved.density if look.saved else "",
    }


# --- Tabs -------------------------------------------------------------------------------------------------------------


def _figures(look: Look, *, count: bool = True) -> dict[str, int]:
    """The numbers of all tabs, those of pinned views over open tickets and of the list itself in the same statement."""
    more = {f"v{view.pk}": one.listed for view, one in _pinned(look) if one.is_counted}
    if count and look.is_open:
        more[LISTED] = look.listed
    return counts(look.user, look.now, more)


def _pinned(look: Look) -> list[tuple[SavedView, Look]]:
    """The pinned views, and the one that is looked at."""
    shown = [view for view in look.saved_views if view.name and (view.pinned or view is look.saved)]  # type: ignore[attr-defined]
    return [(view, Look(look.user, QueryDict(view.query), look.now, look.saved_views)) for view in shown]


def _tabs(look: Look, figures: dict[str, int]) -> dict[str, Any]:
    """Standard views, then one's pinned ones, then all open and what has ended."""
    standard = {view.key: _tab(view.label, f"?view={view.key}", figures.get(view.key)) for view in (*VIEWS, PAST)}
    if look.view is EVERY and not look.saved:
        standard[EVERY.key] = _tab(EVERY.label, f"?view={EVERY.key}", None)
    if look.saved is None:
        standard[look.view.key]["active"] = True
    own = [
        _tab(view.name, f"?v={view.pk}", figures.get(f"v{view.pk}"), active=view is look.saved)
        for view, _look in _pinned(look)
    ]
    keys = [key for key in standard if key not in ("all", PAST.key, EVERY.key)]
    last = [standard[key] for key in ("all", PAST.key, EVERY.key) if key in standard]
    return {"views": [*(standard[key] for key in keys), *own, *last]}


def _tab(label: Any, url: str, count: int | None, *, active: bool = False) -> dict[str, Any]:
    return {"label": label, "url": url, "count": count, "active": active}


# --- Filters and emptiness --------------------------------------------------------------------------------------------


def _active(look: Look, customer: str) -> list[dict[str, str]]:
    """The filters that are set out of sight, each with the address without it."""
    shown = []
    for name in look.form.MORE:
        if name in look.form.given:
            facts = {"name": look.form[name].label, "value": look.form.word(name)}
            rest = look.without(name, "page").urlencode()
            shown.append({"label": _("%(name)s: %(value)s") % facts, "remove_url": f"?{rest}"})
    if customer:
        rest = look.without("customer", "customer_text", "page").urlencode()
        shown.append({"label": customer, "remove_url": f"?{rest}"})
    return shown


def _hidden(look: Look, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """What is set of these filters, kept by a form that does not show them."""
    given = look.form.given | {"sort": look.form.order}
    kept = QueryDict(look.saved.query) if look.saved else {}
    return [(name, given.get(name, "")) for name in names if name in given or name in kept]


def _empty(look: Look) -> dict[str, Any]:
    """What an empty list says, and what to do next."""
    view, words = look.view, str(look.form.cleaned_data.get("q") or "")
    if words and view is not PAST:
        ended = QueryDict(mutable=True)
        ended.update({"view": PAST.key, "q": words})
        return _nothing(_("No ticket fits."), _("Search the ended tickets"), f"?{ended.urlencode()}")
    if look.query:
        return _nothing(_("No ticket fits."), _("Clear filters"), f"?view={view.key}")
    if view.key == "mine" and look.may["claim"]:
        return _nothing(view.empty, _("Look at unassigned tickets"), "?view=unassigned")
    if view.key == "all" and can(look.user, "tickets.report_ticket"):
        return _nothing(view.empty, _("New ticket"), reverse("tickets:ticket-create"))
    return _nothing(view.empty, _("Look at all open tickets"), "" if view.key == "all" else "?view=all")


def _nothing(text: Any, label: str, url: str) -> dict[str, Any]:
    return {"text": text, "label": label, "url": url}
