"""Settings: the macros that one may use, and their form."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.errors import InputError, RuleError, StaleError
from core.permissions import can, require
from tickets.domain import macro as macros
from tickets.domain.copy import doubts
from tickets.domain.macro import effects_of
from tickets.forms.macro import MacroForm
from tickets.models import Macro
from tickets.queries.macro import macros_for


@require_safe
def macro_list(request: HttpRequest) -> HttpResponse:
    """Everybody's first, then one's own; the ones switched off stay in the list."""
    require(request.user, "tickets.list_macro")
    rows: list[dict[str, Any]] = [
        {
            "macro": one,
            "effects": effects_of(one),
            "doubts": doubts(one.body, one.mode),
            "may_change": can(request.user, "tickets.change_macro", one),
        }
        for one in macros_for(request.user).order_by("owner_id", "position", "name", "pk")
    ]
    shared = [row for row in rows if row["macro"].is_shared]
    own = [row for row in rows if not row["macro"].is_shared]
    return render(request, "tickets/macro_list.html", {"groups": [(_("For everybody"), shared), (_("My own"), own)]})


@require_http_methods(["GET", "HEAD", "POST"])
def macro_create(request: HttpRequest) -> HttpResponse:
    require(request.user, "tickets.create_macro")
    form = MacroForm(request.POST if request.method == "POST" else None, user=request.user)
    return _saved(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def macro_change(request: HttpRequest, pk: int) -> HttpResponse:
    macro = _found(request, pk)
    require(request.user, "tickets.change_macro", macro)
    form = MacroForm(request.POST if request.method == "POST" else None, user=request.user, macro=macro)
    return _saved(request, form, macro)


@require_POST
def macro_disable(request: HttpRequest, pk: int) -> HttpResponse:
    macro = _found(request, pk)
    require(request.user, "tickets.change_macro", macro)
    macros.disable(macro=macro, actor=request.user, now=now())
    messages.success(request, _("“%(name)s” is offered no longer") % {"name": macro.name})
    return redirect("tickets:macro-list")


def _found(request: HttpRequest, pk: int) -> Macro:
    macro = macros_for(request.user).filter(pk=pk).first() if pk < 2**63 else None
    if macro is None:
        raise Http404
    return macro


def _saved(request: HttpRequest, form: MacroForm, macro: Macro | None) -> HttpResponse:
    """Save what was sent; what speaks against the wording is said, and kept all the same."""
    context: dict[str, Any] = {"form": form, "macro": macro}
    if not form.is_bound:
        return render(request, "tickets/macro_form.html", context)
    if not form.is_valid():
        return render(request, "tickets/macro_form.html", context, status=422)
    try:
        return _told(request, _save(request, form, macro))
    except RuleError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        if isinstance(error, StaleError) and macro:
            context["theirs"] = macro
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = str(macro.version)  # type: ignore[index]
        status = 422 if isinstance(error, InputError) else 409
        return render(request, "tickets/macro_form.html", context, status=status)


def _save(request: HttpRequest, form: MacroForm, macro: Macro | None) -> Macro:
    who: dict[str, Any] = {"actor": request.user, "now": now()}
    if macro is None:
        return macros.create(wording=form.wording(), shared=form.cleaned_data.get("shared", False), **who)
    return macros.change(macro=macro, wording=form.wording(), version=form.cleaned_data["version"], **who)


def _told(request: HttpRequest, macro: Macro) -> HttpResponse:
    messages.success(request, _("“%(name)s” saved") % {"name": macro.name})
    for doubt in doubts(macro.body, macro.mode):
        messages.warning(request, doubt)
    return redirect("tickets:macro-list")
