"""S42: working calendars to read: the list, a month of one, two versions beside each other."""

import json
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contracts.domain import calendar_version
from contracts.domain.calendar_compare import differences, facts_of, hours_words
from contracts.domain.calendar_draft import content_of, document_of_version
from contracts.domain.calendar_month import month_of
from contracts.domain.calendar_plan import plan_of
from contracts.domain.holidays import festival_of
from contracts.models import CalendarDraft, CalendarVersion, ServiceCalendar
from contracts.queries.calendar import (
    behind_holidays,
    calendar_drafts_for,
    calendars_for,
    missing_years,
    names_of,
    versions_of_calendar,
)
from contracts.queries.promise_version import newest_calendar_rows
from contracts.views.words import today
from core.permissions import can, require

DRAFT = "draft"


@require_safe
def calendar_list(request: HttpRequest) -> HttpResponse:
    """Every calendar as it counts now, drafts beside it, and what is missing in the years to come."""
    require(request.user, "contracts.read_calendar")
    drafts = {draft.code: draft for draft in calendar_drafts_for(request.user)}
    codes = set(calendars_for(request.user).values_list("code", flat=True))
    newest = [row for row in newest_calendar_rows() if row.calendar.code in codes]
    context = {
        "rows": [_row(version, drafts.get(version.calendar.code)) for version in newest],
        "new_drafts": [draft for code, draft in drafts.items() if code not in codes],
        **warnings(request),
    }
    return render(request, "contracts/calendar_list.html", context)


def _row(version: CalendarVersion, draft: CalendarDraft | None) -> dict[str, Any]:
    document = document_of_version(version)
    plan = plan_of(document)
    return {"version": version, "draft": draft, "plan": plan, "hours": hours_words(document)}


def warnings(request: HttpRequest) -> dict[str, Any]:
    """What the pages of calendars say above all else: years without holidays, calendars that do not know them yet."""
    return {
        "missing_years": missing_years(today()),
        "behind": [row.calendar.code for row in behind_holidays()],
        "may_edit": can(request.user, "contracts.edit_calendar"),
    }


@require_safe
def calendar_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One version (`?version=`, else the newest) with a month (`?month=2026-12`, else this one) and the history."""
    calendar = calendar_or_404(request, code)
    require(request.user, "contracts.read_calendar", calendar)
    versions = versions_of_calendar(calendar)
    shown = _asked(request.GET.get("version", ""), versions) or versions[0]
    document = document_of_version(shown)
    context = {
        "calendar": calendar,
        "version": shown,
        "versions": _with_previous(versions),
        "newest": versions[0],
        "name": document["name"],
        "facts": facts_of(plan_of(document)),
        "draft": calendar_drafts_for(request.user).filter(code=code).first(),
        "crumbs": crumbs(),
        **month_context(request.GET, code, shown.document),
        **warnings(request),
    }
    return render(request, "contracts/calendar_detail.html", context)


def month_context(query: QueryDict, code: str, text: str) -> dict[str, Any]:
    """A month of a stored text, with the ways to the months before and after."""
    first = _month(query.get("month", ""))
    calendar = calendar_version.compile_text(code, text)
    weeks = month_of(calendar, first.year, first.month, _Names(first))
    before, after = _shifted(first, -1), _shifted(first, 1)
    announced = calendar.work.announced
    return {
        "weeks": weeks,
        "month": first,
        "month_before": f"{before:%Y-%m}",
        "month_after": f"{after:%Y-%m}",
        "today": today(),
        "month_is_known": announced is None or first.year in announced,
    }


class _Names(dict[date, str]):
    """Names that staff gave to special days, else those of the festivals."""

    def __init__(self, first: date) -> None:
        super().__init__(names_of(first.year, first.month))

    def get(self, day: date, default: Any = "") -> Any:
        return super().get(day) or festival_of(day) or default


def _month(text: str) -> date:
    try:
        found = date.fromisoformat(f"{text}-01") if text else today().replace(day=1)
    except ValueError:
        raise Http404 from None
    if not 2000 <= found.year <= 2100:
        raise Http404
    return found


def _shifted(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _asked(number: str, versions: list[CalendarVersion]) -> CalendarVersion | None:
    if not number:
        return None
    found = next((version for version in versions if str(version.number) == number), None)
    if found is None:
        raise Http404
    return found


def _with_previous(versions: list[CalendarVersion]) -> list[dict[str, Any]]:
    older = {version.number: version for version in versions}
    return [{"version": version, "previous": older.get(version.number - 1)} for version in versions]


def calendar_or_404(request: HttpRequest, code: str) -> ServiceCalendar:
    return get_object_or_404(calendars_for(request.user), code=code)


@require_safe
def calendar_compare(request: HttpRequest, code: str) -> HttpResponse:
    """What two versions (`?old=1&new=2`, or `new=draft`) say differently."""
    calendar = calendar_or_404(request, code)
    require(request.user, "contracts.read_calendar", calendar)
    texts = {str(version.number): version.document for version in versions_of_calendar(calendar)}
    draft = calendar_drafts_for(request.user).filter(code=code).first()
    numbers = list(texts)
    if draft:
        texts[DRAFT] = calendar_version.stored_text(content_of(draft))
    new = _chosen(request.GET, "new", list(texts), DRAFT if draft else numbers[0])
    old = _chosen(request.GET, "old", numbers, numbers[0] if draft or len(numbers) == 1 else numbers[1])
    context = {
        "calendar": calendar,
        "name": json.loads(texts[new])["calendar"]["name"],
        "numbers": numbers,
        "has_draft": draft is not None,
        "old": old,
        "new": new,
        "differences": differences(texts[old], texts[new]),
        "crumbs": crumbs(code),
    }
    return render(request, "contracts/calendar_compare.html", context)


def _chosen(query: QueryDict, name: str, known: list[str], usual: str) -> str:
    asked = query.get(name, "")
    if asked and asked not in known:
        raise Http404
    return asked or usual


def crumbs(code: str = "") -> list[dict[str, str]]:
    """The way back from a page of a calendar."""
    way = [
        {"label": _("Settings"), "url": reverse("core:settings")},
        {"label": _("Working calendars"), "url": reverse("contracts:calendar-list")},
    ]
    if code:
        way.append({"label": code, "url": reverse("contracts:calendar-detail", args=[code])})
    return way
