"""S41: promise sets to read: the list, one set as a matrix, two versions beside each other, what would be due now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contracts.domain import promise_set_draft
from contracts.domain.clock_state import ClockState
from contracts.domain.due import run_of
from contracts.domain.forecast import forecast
from contracts.domain.promise_set import PromiseSet as CompiledSet
from contracts.domain.promise_set import Row
from contracts.domain.promise_set_compare import differences
from contracts.domain.promise_set_draft import content_of, content_of_version
from contracts.domain.promise_set_matrix import matrix_of
from contracts.domain.promise_set_terms import ladder_words, terms_in_words
from contracts.domain.promise_set_words import OwnWords, conditions_words, event_word, set_word
from contracts.domain.promise_version import compiled
from contracts.domain.promise_words import goal_of, set_name, target_name
from contracts.domain.replay import unannounced_years
from contracts.enums import SetScope
from contracts.forms.promise_set import FactsForm
from contracts.models import PromiseDraft, PromiseSet, PromiseVersion
from contracts.queries.promise_set import contracts_using, promise_drafts_for, promise_sets_for, versions_of_set
from contracts.queries.promise_version import newest_calendars, versions_of
from contracts.views.words import today
from core import clock
from core.permissions import can, require

DRAFT = "draft"


# --- The list ---------------------------------------------------------------------------------------------------------


@require_safe
def promise_set_list(request: HttpRequest) -> HttpResponse:
    """Contract sets, house sets, and drafts of sets that were never published. Seven statements."""
    require(request.user, "contracts.read_promise_set")
    now = clock.now()
    sets = list(promise_sets_for(request.user).order_by("code"))
    drafts = {draft.code: draft for draft in promise_drafts_for(request.user).select_related("edited_by")}
    rows = _rows(sets, drafts, now)
    published = {one.code for one in sets}
    context = {
        "groups": [
            (_("For contracts"), [row for row in rows if row["set"].scope == SetScope.CONTRACT]),
            (_("For every ticket (house sets)"), [row for row in rows if row["set"].scope == SetScope.HOUSE]),
        ],
        "new_drafts": [
            (set_word(content_of(draft).document), draft)
            for code, draft in sorted(drafts.items())
            if code not in published
        ],
        "may_edit": can(request.user, "contracts.edit_promise_set"),
    }
    return render(request, "contracts/promise_set_list.html", context)


def _rows(sets: list[PromiseSet], drafts: Mapping[str, PromiseDraft], now: datetime) -> list[dict[str, Any]]:
    used = contracts_using([one.pk for one in sets], today())
    counting, calendars = versions_of([one.pk for one in sets], now), newest_calendars().values()
    listed: dict[int, list[PromiseVersion]] = {}
    versions = PromiseVersion.objects.filter(promise_set__in=sets).order_by("-number")
    for version in versions.only("promise_set_id", "number", "effective_from"):
        listed.setdefault(version.promise_set_id, []).append(version)
    return [
        {
            "set": one,
            "compiled": compiled(counting[one.pk], calendars) if one.pk in counting else None,
            "version": next((v for v in listed.get(one.pk, []) if v.pk == counting.get(one.pk)), None),
            "coming": [v for v in listed.get(one.pk, []) if v.effective_from > now],
            "contracts": used.get(one.pk, 0),
            "draft": drafts.get(one.code),
        }
        for one in sets
    ]


@require_POST
def promise_set_default(request: HttpRequest, code: str) -> HttpResponse:
    """Make the set count for tickets without a contract."""
    promise_set = get_object_or_404(promise_sets_for(request.user), code=code)
    require(request.user, "contracts.edit_promise_set", promise_set)
    promise_set_draft.make_default(promise_set=promise_set, actor=request.user, now=clock.now())
    messages.success(request, _("%(code)s now counts for tickets without a contract.") % {"code": code})
    return redirect("contracts:promise-set-list")


# --- One set ----------------------------------------------------------------------------------------------------------


@require_safe
def promise_set_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One version (`?version=`, else the one that counts now) as a matrix, with its terms and its history."""
    promise_set = get_object_or_404(promise_sets_for(request.user), code=code)
    require(request.user, "contracts.read_promise_set", promise_set)
    now = clock.now()
    versions = list(versions_of_set(promise_set))
    shown = _asked_version(request.GET.get("version"), versions) or _counting(versions, now)
    if shown is None:
        raise Http404
    asked = compiled(shown.pk, newest_calendars().values())
    own = content_of_version(shown).own
    context = {
        "promise_set": promise_set,
        "name": set_name(asked),
        "version": shown,
        "versions": _with_previous(versions),
        "counting": _counting(versions, now),
        "matrix": matrix_of(asked, own),
        "terms": terms_in_words(asked),
        "ladder": ladder_words(asked),
        "contracts": contracts_using([promise_set.pk], today()).get(promise_set.pk, 0),
        "draft": promise_drafts_for(request.user).select_related("edited_by").filter(code=code).first(),
        "may_edit": can(request.user, "contracts.edit_promise_set"),
        **preview_of(request, asked, own, now),
    }
    return render(request, "contracts/promise_set_detail.html", context)


def _asked_version(number: str | None, versions: list[PromiseVersion]) -> PromiseVersion | None:
    if not number:
        return None
    found = next((version for version in versions if str(version.number) == number), None)
    if found is None:
        raise Http404
    return found


def _counting(versions: list[PromiseVersion], now: datetime) -> PromiseVersion | None:
    """The version that counts for what is reported now, else the first one to come."""
    begun = [version for version in versions if version.effective_from <= now]
    counting = max(begun, key=lambda version: (version.effective_from, version.number), default=None)
    return counting or min(versions, key=lambda version: version.effective_from, default=None)


def _with_previous(versions: list[PromiseVersion]) -> list[dict[str, Any]]:
    older = {version.number: version for version in versions}
    return [{"version": version, "previous": older.get(version.number - 1)} for version in versions]


@require_safe
def promise_set_compare(request: HttpRequest, code: str) -> HttpResponse:
    """What two wordings (`?old=1&new=2`, or `new=draft`) say differently."""
    promise_set = get_object_or_404(promise_sets_for(request.user), code=code)
    require(request.user, "contracts.read_promise_set", promise_set)
    versions = list(versions_of_set(promise_set))
    draft = promise_drafts_for(request.user).filter(code=code).first()
    numbers = [str(version.number) for version in versions]
    old = _chosen(request.GET, "old", numbers, numbers[1] if len(numbers) > 1 and draft is None else numbers[0])
    new = _chosen(request.GET, "new", [DRAFT, *numbers] if draft else numbers, DRAFT if draft else numbers[0])
    sets = {str(version.number): version for version in versions}
    calendars = newest_calendars().values()
    before = compiled(sets[old].pk, calendars)
    if new == DRAFT:
        assert draft is not None
        after, own = promise_set_draft.compiled_draft(draft), _words_of(draft)
    else:
        after, own = compiled(sets[new].pk, calendars), content_of_version(sets[new]).own
    context = {
        "promise_set": promise_set,
        "name": set_name(after),
        "versions": versions,
        "draft": draft,
        "old": old,
        "new": new,
        "differences": differences(before, after, own),
        "crumbs": crumbs(code),
    }
    return render(request, "contracts/promise_set_compare.html", context)


def _chosen(query: QueryDict, name: str, known: list[str], usual: str) -> str:
    asked = query.get(name, "")
    if asked and asked not in known:
        raise Http404
    return asked or usual


def _words_of(draft: PromiseDraft) -> OwnWords:
    return promise_set_draft.all_words(content_of(draft))


def crumbs(code: str = "") -> list[dict[str, str]]:
    """The way back from a page of a set."""
    way = [
        {"label": _("Settings"), "url": reverse("core:settings")},
        {"label": _("Promise sets"), "url": reverse("contracts:promise-set-list")},
    ]
    if code:
        way.append({"label": code, "url": reverse("contracts:promise-set-detail", args=[code])})
    return way


# --- What would be due ------------------------------------------------------------------------------------------------


@require_safe
def promise_set_preview(request: HttpRequest, code: str) -> HttpResponse:
    """The answer alone, while facts are being chosen; of the version that counts now."""
    promise_set = get_object_or_404(promise_sets_for(request.user), code=code)
    require(request.user, "contracts.read_promise_set", promise_set)
    now = clock.now()
    versions = list(versions_of_set(promise_set))
    shown = _asked_version(request.GET.get("version"), versions) or _counting(versions, now)
    if shown is None:
        raise Http404
    asked = compiled(shown.pk, newest_calendars().values())
    context = preview_of(request, asked, content_of_version(shown).own, now)
    return render(request, "contracts/promise_set_due.html", context)


def preview_of(request: HttpRequest, asked: CompiledSet, own: OwnWords, now: datetime) -> dict[str, Any]:
    """The form of facts and what a ticket with them would be promised, if it were reported now."""
    form = FactsForm(request.GET, vocabulary=asked.vocabulary)
    facts = form.facts()
    if facts is None:
        return {"facts": form, "due": [], "waiting": [], "years": (), "now": now}
    answer = forecast(asked, facts, now)
    return {
        "facts": form,
        "due": [_due(state) for state in sorted(answer.clocks, key=lambda state: state.due_at)],
        "waiting": [
            {**_promise(one.row), "at": run_of(one.row, now).due(()), "event": event_word(one.starts_at, own)}
            for one in answer.waiting
        ],
        "years": unannounced_years(asked, answer.clocks),
        "now": now,
    }


def _due(state: ClockState) -> dict[str, Any]:
    return {**_promise(state.fits[0].row), "at": state.due_at}


def _promise(row: Row) -> dict[str, Any]:
    return {
        "target": target_name(row.target),
        "goal": goal_of(row),
        "calendar": row.calendar.name,
        "number": row.index + 1,
        "why": conditions_words(row),
    }
