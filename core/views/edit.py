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
from core.forms import MasterForm
from core.permissions import require

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
    template: str = "core/form.html"


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
        form.add_error(form.field_of(error.field), _said(error))
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


# --- Making and changing one kind of row -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a form stands: the way back, the crumbs, and where the saved row is shown (else where one came from)."""

    back_url: str
    crumbs: list[dict[str, str]] = field(default_factory=list)
    goes_to: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Keeping:
    """How rows of one kind are made and changed by forms, said once: both views are one call each.

    `noun` names the row to the domain and ends the permissions `<app>.create_<noun>` and `<app>.change_<noun>`.
    `done` is said when it is saved, of a new row `made` if that is given. `create(actor, now, **values)` answers the
    new row; `change(<noun>, version, actor, now, **values)` changes a stored one.
    """

    app: str
    noun: str
    new: str | Promise
    changed: str | Promise
    submit: str | Promise
    done: str | Promise
    create: Callable[..., Model]
    change: Callable[..., Any]
    version: Callable[[Any], str]
    made: str | Promise = ""
    template: str = "core/form.html"

    def creating(self, request: HttpRequest, form: MasterForm, place: Place, **owner: Any) -> HttpResponse:
        """The view of a new row. `owner` is what it belongs to, which `create` and the permission are asked with."""
        require(request.user, f"{self.app}.create_{self.noun}", next(iter(owner.values()), None))

        def save(values: dict[str, Any], now: datetime) -> Model:
            return self.create(actor=request.user, now=now, **owner, **values)

        return edit(request, self._editing(self.new, self.made or self.done, form, save, place))

    def changing(self, request: HttpRequest, form: MasterForm, place: Place, row: Model) -> HttpResponse:
        """The view of a stored row."""
        require(request.user, f"{self.app}.change_{self.noun}", row)

        def save(values: dict[str, Any], now: datetime) -> Model:
            version = request.POST.get("version", "")
            self.change(**{self.noun: row}, version=version, actor=request.user, now=now, **values)
            return row

        drawn = {"row": row, "version": lambda: self.version(row)}
        return edit(request, self._editing(self.changed, self.done, form, save, place, **drawn))

    def _editing(self, title: Any, done: Any, form: MasterForm, save: Any, place: Place, **drawn: Any) -> Editing:
        return Editing(
            title=title,
            submit=self.submit,
            done=done,
            form=form,
            save=save,
            goes_to=place.goes_to or (lambda row: place.back_url),
            back_url=place.back_url,
            crumbs=place.crumbs,
            template=self.template,
            **drawn,
        )
