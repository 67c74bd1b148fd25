"""Personal and shared views of the queue: saving, renaming, pinning, deleting; the columns of the list."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from core import clock
from core.errors import InputError, RuleError
from core.permissions import can, require
from tickets.domain import saved_view as views
from tickets.forms.saved_view import ViewForm
from tickets.models import SavedView
from tickets.queries.saved_view import deleted_views_of, saved_views_for
from tickets.tables import COLUMNS
from tickets.views.listing import look_from, look_of
from tickets.views.queue import columns_in

RESTORABLE = timedelta(minutes=10)
FORM = "tickets/view_form.html"


@require_safe
def view_list(request: HttpRequest) -> HttpResponse:
    """One's own views and those that colleagues share, and what one has just deleted."""
    require(request.user, "tickets.save_view")
    found = [view for view in saved_views_for(request.user) if view.name]
    rows = [{"view": view, "may_change": can(request.user, "tickets.change_view", view)} for view in found]
    recent = deleted_views_of(request.user).filter(deleted_at__gte=clock.now() - RESTORABLE)
    return render(request, "tickets/view_list.html", {"rows": rows, "deleted": recent[:5]})


@require_http_methods(["GET", "HEAD", "POST"])
def view_create(request: HttpRequest) -> HttpResponse:
    """Save what is looked at under a name. GET has the list's own query string."""
    require(request.user, "tickets.save_view")
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def view_change(request: HttpRequest, pk: int) -> HttpResponse:
    view = _found(request, pk)
    require(request.user, "tickets.change_view", view)
    return _edit(request, view)


@require_POST
def view_pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a view among one's tabs (on=1) or not."""
    view = _found(request, pk)
    if request.POST.get("on") == "1":
        try:
            views.pin(view=view, user=request.user, now=clock.now())
        except RuleError as error:
            messages.error(request, error.message)
    else:
        views.unpin(view=view, user=request.user)
    return _onward(request, reverse("tickets:view-list"))


@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of the list; for ten minutes it can be brought back there."""
    view = _found(request, pk)
    require(request.user, "tickets.change_view", view)
    views.remove(view=view, actor=request.user, now=clock.now())
    messages.success(request, _("View “%(name)s” deleted") % {"name": view.name})
    return _onward(request, reverse("tickets:view-list"))


@require_POST
def view_restore(request: HttpRequest, pk: int) -> HttpResponse:
    view = deleted_views_of(request.user).filter(pk=pk).first()
    if view is None:
        raise Http404
    try:
        views.restore(view=view, actor=request.user, now=clock.now())
    except InputError as error:
        messages.error(request, error.message)
    return _onward(request, reverse("tickets:view-list"))


@require_http_methods(["GET", "HEAD", "POST"])
def set_columns(request: HttpRequest) -> HttpResponse:
    """Which columns the list has: those of the saved view that is looked at, else one's own."""
    require(request.user, "tickets.save_view")
    if request.method != "POST":
        looked = look_of(request)
        return render(request, "tickets/ticket_columns.html", {"look": looked, **columns_in(looked)})
    query, now = request.POST.get("query", ""), clock.now()
    look = look_from(request.user, query, now)
    wanted = [] if "reset" in request.POST else _wanted(request)
    if look.saved:
        require(request.user, "tickets.change_view", look.saved)
        facts = _facts_of(look.saved) | {"columns": ",".join(wanted)}
        views.change(view=look.saved, facts=views.Facts(**facts), actor=request.user, now=now)
    else:
        views.keep_columns(user=request.user, columns=wanted, now=now)
    return redirect(f"{reverse('tickets:ticket-list')}?{look.here}")


def _wanted(request: HttpRequest) -> list[str]:
    chosen = set(request.POST.getlist("column"))
    return [column.key for column in COLUMNS if column.key in chosen] or ["none"]


def _found(request: HttpRequest, pk: int) -> SavedView:
    view = saved_views_for(request.user).exclude(name="").filter(pk=pk).first()
    if view is None:
        raise Http404
    return view


def _edit(request: HttpRequest, view: SavedView | None) -> HttpResponse:
    options: dict[str, Any] = {"may_share": can(request.user, "tickets.share_view"), "is_new": view is None}
    if request.method != "POST":
        shown = request.GET.urlencode()
        known = {"name": view.name, "is_shared": view.is_shared, "density": view.density} if view else {}
        form = ViewForm(initial={**known, "query": shown}, **options)
        return render(request, FORM, {"form": form, "view": view})
    form = ViewForm(request.POST, **options)
    if form.is_valid():
        try:
            return _onward(request, f"{reverse('tickets:ticket-list')}?v={_stored(request, form, view).pk}")
        except InputError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        except RuleError as error:
            form.add_error(None, error.message)
    return render(request, FORM, {"form": form, "view": view}, status=422)


def _stored(request: HttpRequest, form: ViewForm, view: SavedView | None) -> SavedView:
    data, now = form.cleaned_data, clock.now()
    named = {"name": data["name"], "density": data["density"], "is_shared": bool(data.get("is_shared"))}
    if view is None:
        facts = views.Facts(**named, **_looked_at(request, data["query"]))
        return views.save(facts=facts, actor=request.user, now=now)
    if "is_shared" not in form.fields:
        named["is_shared"] = view.is_shared
    content = _looked_at(request, data["query"]) if data.get("renew") else {}
    facts = views.Facts(**_facts_of(view) | named | content)
    return views.change(view=view, facts=facts, actor=request.user, now=now)


def _looked_at(request: HttpRequest, query: str) -> dict[str, Any]:
    """The look of a query string reduced to the parameters that the list knows, and its columns."""
    look = look_from(request.user, query, clock.now())
    return {"query": look.text, "columns": ",".join(look.columns) or "none"}


def _facts_of(view: SavedView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in ("name", "query", "columns", "density", "is_shared")}


def _onward(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]
