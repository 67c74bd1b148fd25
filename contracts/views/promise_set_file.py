"""S41: promise sets as files: out for keeping and carrying, in as drafts."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from contracts.domain import promise_set_draft
from contracts.domain.promise_set_draft import Content, FaultyError
from contracts.domain.promise_set_import import import_sets
from contracts.domain.promise_set_words import full_vocabulary, joined
from contracts.domain.promise_set_yaml import LARGEST_BYTES, write_file
from contracts.forms.promise_set import ImportForm
from contracts.queries.promise_set import promise_drafts_for, promise_sets_for, versions_of_set
from contracts.queries.promise_version import newest_calendar_rows
from contracts.views.promise_set import DRAFT, _asked_version, _counting, crumbs
from core import clock
from core.permissions import require
from core.views.edit import sent


@require_safe
def promise_set_export(request: HttpRequest, code: str) -> HttpResponse:
    """One set with its words and calendars; `?version=` a number or `draft`, else what counts now."""
    require(request.user, "contracts.read_promise_set")
    content = _asked(request, code)
    own = content.own.with_more(promise_set_draft.all_words(content).used_by(content.document))
    used = {row["calendar"] for row in content.document["rows"]}
    calendars = {
        row.calendar.code: json.loads(row.document)["calendar"]
        for row in newest_calendar_rows()
        if row.calendar.code in used
    }
    text = write_file({code: content.document}, full_vocabulary(own), calendars)
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{code}.yaml"'
    return answer


def _asked(request: HttpRequest, code: str) -> Content:
    number = request.GET.get("version", "")
    if number == DRAFT:
        draft = get_object_or_404(promise_drafts_for(request.user), code=code)
        return promise_set_draft.content_of(draft)
    promise_set = get_object_or_404(promise_sets_for(request.user), code=code)
    versions = list(versions_of_set(promise_set))
    version = _asked_version(number, versions) or _counting(versions, clock.now())
    assert version is not None
    return promise_set_draft.content_of_version(version)


@require_http_methods(["GET", "HEAD", "POST"])
def promise_set_import(request: HttpRequest) -> HttpResponse:
    """Take sets in as drafts; 422 with every fault of the file, and then nothing was taken in."""
    require(request.user, "contracts.edit_promise_set")
    form = ImportForm(sent(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _take(request, form)
        except FaultyError as error:
            return _draw(request, form, problems=error.problems, status=422)
    return _draw(request, form, status=422 if form.is_bound else 200)


def _draw(request: HttpRequest, form: ImportForm, *, problems: Any = (), status: int = 200) -> HttpResponse:
    context = {"form": form, "problems": problems, "crumbs": crumbs()}
    return render(request, "contracts/promise_set_import.html", context, status=status)


def _take(request: HttpRequest, form: ImportForm) -> HttpResponse:
    values = form.cleaned_data
    file = values.get("file")
    content = file.read(LARGEST_BYTES + 1) if file else values["text"].encode()
    done = import_sets(content=content, replace=values["replace"], actor=request.user, now=clock.now())
    if done.unchanged:
        codes = joined(done.unchanged)
        messages.info(request, _("Nothing new for %(codes)s: the last version says the same.") % {"codes": codes})
    if done.drafts:
        count = len(done.drafts)
        words = ngettext("%(n)s set is ready as a draft.", "%(n)s sets are ready as drafts.", count)
        messages.success(request, words % {"n": count})
    if len(done.drafts) == 1:
        return redirect("contracts:promise-set-edit", done.drafts[0].code)
    return redirect("contracts:promise-set-list")
