"""S41: the editor of promise sets. Every act changes the draft on the server and leads back to the matrix."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.domain import promise_set_draft, promise_set_edit
from contracts.domain.calendars import Calendar
from contracts.domain.promise_set_check import Checked, Problem
from contracts.domain.promise_set_compare import differences
from contracts.domain.promise_set_draft import Content, FaultyError, content_of
from contracts.domain.promise_set_matrix import Matrix, matrix_of
from contracts.domain.promise_set_terms import ladder_words, terms_in_words
from contracts.domain.promise_set_words import OwnWords, event_word, read_words, set_word
from contracts.domain.promise_version import compiled, current_calendars
from contracts.domain.vocabulary import Vocabulary
from contracts.forms.promise_set import (
    BUDGETS,
    CopyForm,
    DraftForm,
    EventForm,
    LadderForm,
    PublishForm,
    RowForm,
    TargetForm,
    TermsForm,
    target_of,
)
from contracts.models import PromiseDraft
from contracts.queries.promise_set import newest_versions, promise_drafts_for, promise_sets_for
from contracts.queries.promise_version import last_version, newest_calendars
from contracts.views.promise_set import crumbs, preview_of
from core import clock
from core.errors import InputError, StaleError
from core.permissions import can, require
from core.views.edit import Editing, edit, sent

_CELL = re.compile(r"(budget|calendar)-([0-9]{1,3})", re.ASCII)
Change = Callable[[Any, Content], Content]


class Desk:
    """What every page of the editor works on: the draft, what it says, and the words and calendars it can use."""

    def __init__(self, request: HttpRequest, code: str) -> None:
        self.draft = get_object_or_404(promise_drafts_for(request.user).select_related("edited_by", "base"), code=code)
        self.content = content_of(self.draft)

    @cached_property
    def own(self) -> OwnWords:
        return promise_set_draft.all_words(self.content)

    @cached_property
    def calendars(self) -> Mapping[str, Calendar]:
        return dict(sorted(current_calendars().items(), key=lambda pair: pair[0]))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return read_words(self.own)

    @property
    def rows(self) -> list[Any]:
        return list(self.content.document["rows"])

    def row(self, index: int) -> Mapping[str, Any]:
        if not 0 <= index < len(self.rows):
            raise Http404
        row: Mapping[str, Any] = self.rows[index]
        return row

    @property
    def url(self) -> str:
        return reverse("contracts:promise-set-edit", args=[self.draft.code])

    def crumbs(self) -> list[dict[str, str]]:
        published = self.draft.base_id is not None
        way = crumbs(self.draft.code if published else "")
        return [*way, {"label": _("Draft"), "url": self.url}]


def at_desk(request: HttpRequest, code: str) -> Desk:
    """The draft of a set, for those who may change it."""
    desk = Desk(request, code)
    require(request.user, "contracts.edit_promise_set", desk.draft)
    return desk


# --- The matrix -------------------------------------------------------------------------------------------------------


@require_POST
def promise_set_start(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft, or go on with the one that there is."""
    promise_set = get_object_or_404(promise_sets_for(request.user), code=code)
    require(request.user, "contracts.edit_promise_set", promise_set)
    promise_set_draft.start(promise_set=promise_set, actor=request.user, now=clock.now())
    return redirect("contracts:promise-set-edit", code)


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_edit_page(request: HttpRequest, code: str) -> HttpResponse:
    """The matrix with its times and calendars to type over; 422 with the reason in the cell, 409 if somebody else saved
    meanwhile.
    """
    if request.method == "POST":
        desk = at_desk(request, code)
        return _save_cells(request, desk)
    desk = Desk(request, code)
    require(request.user, "contracts.read_promise_set", desk.draft)
    return draw_matrix(request, desk, desk.content)


def _save_cells(request: HttpRequest, desk: Desk) -> HttpResponse:
    typed = cells_of(request.POST, len(desk.rows))
    content = Content(promise_set_edit.change_cells(desk.content.document, typed), desk.content.own)
    try:
        promise_set_draft.save(
            draft=desk.draft,
            content=content,
            version=_version(request),
            actor=request.user,
            now=clock.now(),
        )
    except StaleError:
        desk = Desk(request, desk.draft.code)
        return draw_matrix(request, desk, desk.content, typed=typed, stale=True, status=409)
    except FaultyError as error:
        return draw_matrix(request, desk, desk.content, typed=typed, problems=error.problems, status=422)
    messages.success(request, _("Draft saved."))
    return redirect(desk.url)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def cells_of(values: Mapping[str, Any], rows: int) -> dict[int, dict[str, str]]:
    """The times and calendars that were typed, by row."""
    typed: dict[int, dict[str, str]] = {}
    for name in values:
        match = _CELL.fullmatch(name)
        if match and int(match[2]) < rows:
            typed.setdefault(int(match[2]), {})[match[1]] = str(values[name]).strip()[:20]
    return typed


def draw_matrix(
    request: HttpRequest,
    desk: Desk,
    content: Content,
    *,
    typed: Mapping[int, Mapping[str, str]] | None = None,
    problems: tuple[Problem, ...] = (),
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The editor's page."""
    checked = promise_set_draft.check(desk.draft.code, content)
    context: dict[str, Any] = {
        "draft": desk.draft,
        "name": set_word(content.document),
        "scope": content.document["scope"],
        "crumbs": desk.crumbs()[:-1],
        "stale": stale,
        "problems": [_placed(problem) for problem in problems or checked.problems],
        "budgets": BUDGETS,
        "may_edit": can(request.user, "contracts.edit_promise_set"),
        "own_words": _own_words(content.own),
    }
    if checked.promise_set is not None:
        matrix = matrix_of(checked.promise_set, desk.own)
        context |= {
            "matrix": editable(matrix, desk, typed or {}, problems) if context["may_edit"] else matrix,
            "calendars": [(code, one.name) for code, one in desk.calendars.items()],
            "terms": terms_in_words(checked.promise_set),
            "ladder": ladder_words(checked.promise_set),
            **preview_of(request, checked.promise_set, desk.own, clock.now()),
        }
    return render(request, "contracts/promise_set_edit.html", context, status=status)


def _own_words(own: OwnWords) -> list[dict[str, str]]:
    targets = [
        {"code": code, "name": one["zh"], "en": one["en"], "met_by": event_word(one["met_by"], own)}
        for code, one in own.targets.items()
    ]
    return targets + [{"code": code, "name": one["zh"], "en": one["en"]} for code, one in own.events.items()]


def _placed(problem: Problem) -> dict[str, Any]:
    """A fault with the row that it is about, counted as people count."""
    match = re.match(r"rows\[([0-9]+)\]", problem.path)
    return {"message": problem.message, "path": problem.path, "row": int(match[1]) + 1 if match else None}


@dataclass(frozen=True)
class EditCell:
    """A cell of the editor: what its inputs hold, and what is wrong with them."""

    index: int
    budget: str
    calendar: str
    errors: list[str]
    label: str


def editable(
    matrix: Matrix, desk: Desk, typed: Mapping[int, Mapping[str, str]], problems: tuple[Problem, ...]
) -> dict[str, Any]:
    """The matrix with inputs: `inputs` by row of the document."""
    return {"heads": matrix.heads, "lines": [_line(line, desk, typed, problems) for line in matrix.lines]}


def _line(line: Any, desk: Desk, typed: Mapping[int, Mapping[str, str]], problems: tuple[Problem, ...]) -> Any:
    line.cells = [
        {"cell": cell, "input": _input(cell, line, desk, typed, problems) if cell.row and cell.first else None}
        for cell in line.cells
    ]
    return line


def _input(
    cell: Any, line: Any, desk: Desk, typed: Mapping[int, Mapping[str, str]], problems: tuple[Problem, ...]
) -> EditCell:
    index = cell.row.index
    held = {**desk.rows[index], **typed.get(index, {})}
    errors = [one.message for one in problems if one.path.startswith(f"rows[{index}]")]
    parts = [str(index + 1), line.target, line.conditions]
    label = " ".join(part for part in parts if part)
    return EditCell(index, held["budget"], held["calendar"], errors, label)


@require_safe
def promise_set_try(request: HttpRequest, code: str) -> HttpResponse:
    """What would be due under the draft, with the cells as they are typed at the moment; saves nothing."""
    desk = Desk(request, code)
    require(request.user, "contracts.read_promise_set", desk.draft)
    typed = cells_of(request.GET, len(desk.rows))
    content = Content(promise_set_edit.change_cells(desk.content.document, typed), desk.content.own)
    checked: Checked = promise_set_draft.check(code, content)
    if checked.promise_set is None:
        return render(request, "contracts/promise_set_due.html", {"problems": checked.problems})
    context = preview_of(request, checked.promise_set, desk.own, clock.now())
    return render(request, "contracts/promise_set_due.html", context)


# --- Single things of a draft -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One form about the draft: `change` makes the new wording of what was typed."""

    title: str | Promise
    submit: str | Promise
    form: Any
    change: Change
    template: str = "core/form.html"


def step(request: HttpRequest, desk: Desk, one: Step) -> HttpResponse:
    """Draw the form or save it into the draft."""

    def save(values: dict[str, Any], now: datetime) -> PromiseDraft:
        content = one.change(one.form, desk.content)
        return told(one.form, lambda: _stored(request, desk.draft, content, now))

    editing = Editing(
        title=one.title,
        submit=one.submit,
        done=_("Draft saved."),
        form=one.form,
        save=save,
        goes_to=lambda draft: desk.url,
        back_url=desk.url,
        crumbs=desk.crumbs(),
        row=desk.draft,
        version=lambda: str(desk.draft.version),
        template=one.template,
    )
    return edit(request, editing)


def _stored(request: HttpRequest, draft: PromiseDraft, content: Content, now: datetime) -> PromiseDraft:
    version = _version(request)
    return promise_set_draft.save(draft=draft, content=content, version=version, actor=request.user, now=now)


def told(form: DraftForm, act: Callable[[], Any]) -> Any:
    """Do it; all faults go to the form's fields, the first one by way of the error."""
    try:
        return act()
    except FaultyError as error:
        form.tell(error.problems[1:])
        first = error.problems[0]
        raise InputError(first.code, first.message, form.at_path(first.path) or "") from None


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_row_create(request: HttpRequest, code: str) -> HttpResponse:
    """A new row; `?copy=` begins with a row of the draft, `&severity=` for another level."""
    desk = at_desk(request, code)
    form = _row_form(request, desk, _beginning(request, desk))

    def change(form: RowForm, content: Content) -> Content:
        return Content(promise_set_edit.add_row(content.document, form.row()), content.own)

    one = Step(_("New promise"), _("Add to the draft"), form, change, "contracts/promise_set_row.html")
    return step(request, desk, one)


def _beginning(request: HttpRequest, desk: Desk) -> Mapping[str, Any]:
    index, severity = request.GET.get("copy", ""), request.GET.get("severity", "")
    usual: dict[str, Any] = {"calendar": next(iter(desk.calendars), ""), "budget": ""}
    row = dict(desk.row(int(index))) if index.isascii() and index.isdecimal() and len(index) < 4 else usual
    if severity.isascii() and severity.isdecimal() and len(severity) == 1:
        row["when"] = {**row.get("when", {}), "severity": int(severity)}
    return row


def _row_form(request: HttpRequest, desk: Desk, row: Mapping[str, Any]) -> RowForm:
    return RowForm(sent(request), row=row, vocabulary=desk.vocabulary, own=desk.own, calendars=desk.calendars)


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_row(request: HttpRequest, code: str, index: int) -> HttpResponse:
    """One row with all its fields."""
    desk = at_desk(request, code)
    form = _row_form(request, desk, desk.row(index))
    form.remove_url = reverse("contracts:promise-set-row-remove", args=[code, index])

    def change(form: RowForm, content: Content) -> Content:
        return Content(promise_set_edit.change_row(content.document, index, form.row()), content.own)

    title = _("Promise %(number)s") % {"number": index + 1}
    return step(request, desk, Step(title, _("Keep in the draft"), form, change, "contracts/promise_set_row.html"))


@require_POST
def promise_set_row_remove(request: HttpRequest, code: str, index: int) -> HttpResponse:
    """Take a row out of the draft."""
    desk = at_desk(request, code)
    desk.row(index)
    content = Content(promise_set_edit.remove_row(desk.content.document, index), desk.content.own)
    _stored(request, desk.draft, content, clock.now())
    messages.success(request, _("Promise removed from the draft."))
    return redirect(desk.url)


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_terms(request: HttpRequest, code: str) -> HttpResponse:
    desk = at_desk(request, code)
    form = TermsForm(sent(request), document=desk.content.document)

    def change(form: TermsForm, content: Content) -> Content:
        return Content(promise_set_edit.change_terms(content.document, form.terms()), content.own)

    one = Step(_("Terms of the set"), _("Keep in the draft"), form, change, "contracts/promise_set_terms.html")
    return step(request, desk, one)


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_ladder(request: HttpRequest, code: str) -> HttpResponse:
    desk = at_desk(request, code)
    usual = [{"at": one.step, "tell": one.tell} for one in desk.vocabulary.ladder]
    form = LadderForm(sent(request), ladder=desk.content.document.get("ladder", usual))

    def change(form: LadderForm, content: Content) -> Content:
        steps = form.steps()
        same = [(one["at"], tuple(one["tell"])) for one in steps] == [(one["at"], one["tell"]) for one in usual]
        return Content(promise_set_edit.change_terms(content.document, {"ladder": [] if same else steps}), content.own)

    one = Step(_("Who is told when"), _("Keep in the draft"), form, change, "contracts/promise_set_ladder.html")
    return step(request, desk, one)


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_target(request: HttpRequest, code: str) -> HttpResponse:
    desk = at_desk(request, code)

    def change(form: TargetForm, content: Content) -> Content:
        new = form.cleaned_data["code"].strip()
        _refuse_known(new, desk.vocabulary.targets)
        return content.with_words(OwnWords(targets={new: target_of(form)}))

    form = TargetForm(sent(request), vocabulary=desk.vocabulary, own=desk.own)
    return step(request, desk, Step(_("New target"), _("Keep in the draft"), form, change))


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_event(request: HttpRequest, code: str) -> HttpResponse:
    desk = at_desk(request, code)

    def change(form: EventForm, content: Content) -> Content:
        values = form.cleaned_data
        _refuse_known(values["code"].strip(), desk.vocabulary.events)
        names = {"zh": values["zh"].strip(), "en": values["en"].strip()}
        return content.with_words(OwnWords(events={values["code"].strip(): names}))

    one = Step(_("New event"), _("Keep in the draft"), EventForm(sent(request)), change)
    return step(request, desk, one)


def _refuse_known(code: str, known: Any) -> None:
    if code in known:
        raise InputError("code_used", _("There is a word with this code already."), "code")


@require_POST
def promise_set_word_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Take an own target or event out of the draft; refused while a row uses it."""
    desk = at_desk(request, code)
    content = desk.content.without_word(request.POST.get("word", ""))
    _stored(request, desk.draft, content, clock.now())
    messages.success(request, _("Draft saved."))
    return redirect(desk.url)


# --- The whole draft --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_copy(request: HttpRequest) -> HttpResponse:
    """A set under a new code; `?from=` is the one whose promises it begins with."""
    require(request.user, "contracts.edit_promise_set")
    versions = {version.promise_set.code: version for version in newest_versions()}
    named = {code: set_word(promise_set_draft.content_of_version(one).document) for code, one in versions.items()}
    source = request.GET.get("from", "")
    initial = {"source": source if source in versions else ""}
    if source in versions:
        initial["scope"] = versions[source].promise_set.scope
    form = CopyForm(sent(request), sources=[(c, f"{c} · {name}") for c, name in named.items()], initial=initial)

    def save(values: dict[str, Any], now: datetime) -> PromiseDraft:
        given = {key: values[key].strip() for key in ("code", "name", "name_en")}
        base = versions.get(values["source"])
        return told(
            form,
            lambda: promise_set_draft.copy(source=base, scope=values["scope"], actor=request.user, now=now, **given),
        )

    editing = Editing(
        title=gettext_lazy("New promise set"),
        submit=gettext_lazy("Begin the draft"),
        done=gettext_lazy("The draft is ready to be edited."),
        form=form,  # type: ignore[arg-type]
        save=save,
        goes_to=lambda draft: reverse("contracts:promise-set-edit", args=[draft.code]),
        back_url=reverse("contracts:promise-set-list"),
        crumbs=crumbs(),
    )
    return edit(request, editing)


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_publish(request: HttpRequest, code: str) -> HttpResponse:
    """From when the draft counts and why; beside it what it changes and which running clocks would move."""
    desk = at_desk(request, code)
    require(request.user, "contracts.publish_promise_version", desk.draft)
    form = PublishForm(sent(request), changes=_changes(desk))

    def save(values: dict[str, Any], now: datetime) -> Any:
        return told(
            form,
            lambda: promise_set_draft.publish(
                draft=desk.draft, version=_version(request), actor=request.user, now=now, **values
            ),
        )

    editing = Editing(
        title=_("Publish %(code)s") % {"code": code},
        submit=_("Publish as version %(number)s") % {"number": _next_number(code)},
        done=_("Published. Open tickets keep the promises they were given."),
        form=form,  # type: ignore[arg-type]
        save=save,
        goes_to=lambda made: reverse("contracts:promise-set-detail", args=[code]) + f"?version={made.number}",
        back_url=desk.url,
        crumbs=desk.crumbs(),
        row=desk.draft,
        version=lambda: str(desk.draft.version),
        template="contracts/promise_set_publish.html",
    )
    return edit(request, editing)


def _changes(desk: Desk) -> Any:
    """What the draft says differently from the version that it began from; None for a new set."""
    base = desk.draft.base
    checked = promise_set_draft.check(desk.draft.code, desk.content)
    if base is None or checked.promise_set is None:
        return None
    return differences(compiled(base.pk, newest_calendars().values()), checked.promise_set, desk.own)


def _next_number(code: str) -> int:
    last = last_version(code)
    return last.number + 1 if last else 1


@require_POST
def promise_set_discard(request: HttpRequest, code: str) -> HttpResponse:
    """Throw the draft away."""
    desk = at_desk(request, code)
    published = promise_sets_for(request.user).filter(code=code).exists()
    promise_set_draft.discard(draft=desk.draft, version=_version(request), actor=request.user, now=clock.now())
    messages.success(request, _("The draft was discarded; what is published stays as it is."))
    if published:
        return redirect("contracts:promise-set-detail", code)
    return redirect("contracts:promise-set-list")
