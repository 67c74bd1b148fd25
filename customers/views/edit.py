"""The one shape of every form of master data: draw it, read it, save once, go back to where the row is shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from core import clock
from core.domain.idempotency import Answer, once
from core.errors import InputError, RuleError, StaleError
from customers.forms.base import MasterForm

OWN = ("csrfmiddlewaretoken", "idempotency_key")


@dataclass(frozen=True)
class Editing:
    """One form: `save(values, now)` calls the domain and answers the row, `goes_to` says where the row is shown.

    `row` and `version` (what the row is now) only where a stored row is changed.
    """

    title: str | Promise
    submit: str | Promise
    done: str | Promise
    form: MasterForm
    save: Callable[[dict[str, Any], datetime], Model]
    goes_to: Callable[[Any], str]
    back_url: str
    crumbs: list[dict[str, str]] = field(default_factory=list)
    row: Model | None = None
    version: Callable[[], str] = str
    template: str = "customers/form.html"


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: whatever was posted, be it nothing."""
    return request.POST if request.method == "POST" else None


def edit(request: HttpRequest, editing: Editing) -> HttpResponse:
    """200 the form, 422 what was wrong with it, 409 both versions; saved: the page of the row."""
    form = editing.form
    if request.method != "POST":
        return draw(request, editing, editing.version())
    version = request.POST.get("version", "")
    if not form.is_valid():
        return draw(request, editing, version, status=422)
    try:
        url = _effect(request, editing)
    except StaleError:
        return _draw_stale(request, editing)
    except RuleError as error:
        form.add_error(error.field if error.field in form.fields else None, _said(error))
        return draw(request, editing, version, status=422 if isinstance(error, InputError) else 409)
    messages.success(request, str(editing.done))
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]


def draw(
    request: HttpRequest, editing: Editing, version: str, *, status: int = 200, theirs: Any = None
) -> HttpResponse:
    """The form in the shell's dialog, or as a page of its own."""
    context = {"editing": editing, "form": editing.form, "version": version, "theirs": theirs}
    return render(request, editing.template, context, status=status)


def _draw_stale(request: HttpRequest, editing: Editing) -> HttpResponse:
    """What was typed beside what is stored now; sent again it counts for the new version."""
    assert editing.row is not None
    editing.row.refresh_from_db()
    theirs = editing.form.shown(editing.row)
    return draw(request, editing, editing.version(), status=409, theirs=theirs)


def _effect(request: HttpRequest, editing: Editing) -> str:
    """Save once for each key of a form; a repetition gets the same address."""
    now = clock.now()

    def act() -> Answer:
        return Answer(200, editing.goes_to(editing.save(editing.form.cleaned_data, now)))

    key = request.POST.get("idempotency_key", "")
    if not key:
        return str(act().body)
    return str(once(actor=request.user, key=key, request=_fingerprint(request), now=now, act=act).body)


def _fingerprint(request: HttpRequest) -> bytes:
    values = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name not in OWN]
    return sha256(repr((request.path, values)).encode("utf-8", "surrogatepass")).digest()


def _said(error: RuleError) -> str:
    if error.code == "key_reused":
        return _("This form has been saved already. Open it again to change the entry once more.")
    return error.message
