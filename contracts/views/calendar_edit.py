"""S42: drafts of calendars: written, shown with the clocks that would move, published or thrown away."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contracts.domain import calendar_draft, calendar_version
from contracts.domain.calendar_compare import differences, facts_of
from contracts.domain.calendar_plan import plan_of
from contracts.forms.calendar import CalendarForm, NewCalendarForm, values_of
from contracts.models import CalendarDraft
from contracts.queries.calendar import calendar_drafts_for, calendars_for
from contracts.queries.promise_version import newest_calendar
from contracts.views.calendar import crumbs, month_context
from core import clock
from core.errors import RuleError, StaleError
from core.permissions import require
from core.views.edit import Editing, edit, sent


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_create(request: HttpRequest) -> HttpResponse:
    require(request.user, "contracts.edit_calendar")
    form = NewCalendarForm(sent(request), initial={"follows_holidays": True, "make_up_workdays": True})

    def save(values: dict[str, Any], now: datetime) -> CalendarDraft:
        return calendar_draft.begin(code=values["code"], plan=form.plan(), actor=request.user, now=now)

    return edit(request, _editing(form, save, _("New calendar"), reverse("contracts:calendar-list"), crumbs()))


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The draft of a calendar; saved the first time it begins from the newest version."""
    require(request.user, "contracts.edit_calendar")
    draft = calendar_drafts_for(request.user).filter(code=code).first()
    newest = newest_calendar(code)
    if draft is None and newest is None:
        raise Http404
    initial = {} if draft or not newest else values_of(plan_of(calendar_draft.document_of_version(newest)))
    form = CalendarForm(sent(request), row=draft, initial=initial)

    def save(values: dict[str, Any], now: datetime) -> CalendarDraft:
        seen = _version(request)
        return calendar_draft.save(code=code, plan=form.plan(), version=seen, actor=request.user, now=now)

    back = reverse("contracts:calendar-detail", args=[code]) if newest else reverse("contracts:calendar-list")
    title = _("Change calendar %(code)s") % {"code": code}
    return edit(request, _editing(form, save, title, back, crumbs(code if newest else ""), draft))


def _editing(
    form: CalendarForm, save: Any, title: str, back: str, way: list[dict[str, str]], draft: CalendarDraft | None = None
) -> Editing:
    return Editing(
        title=title,
        submit=_("Save draft"),
        done=_("Draft saved. It counts once it is published."),
        form=form,
        save=save,
        goes_to=lambda row: reverse("contracts:calendar-publish", args=[row.code]),
        back_url=back,
        crumbs=way,
        row=draft,
        version=lambda: str(draft.version if draft else 0),
        template="contracts/calendar_form.html",
    )


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_publish(request: HttpRequest, code: str) -> HttpResponse:
    """The draft beside the newest version, a month of it, and which running clocks would move; then published."""
    draft = get_object_or_404(calendar_drafts_for(request.user), code=code)
    require(request.user, "contracts.publish_calendar_version", draft)
    if request.method != "POST":
        return _draw(request, draft)
    try:
        made = calendar_draft.publish(draft=draft, version=_version(request), actor=request.user, now=clock.now())
    except StaleError as error:
        draft.refresh_from_db()
        return _draw(request, draft, error.message, 409)
    except RuleError as error:
        return _draw(request, draft, error.message, 409)
    messages.success(request, _("Version %(number)s published. New tickets count by it.") % {"number": made.number})
    return redirect("contracts:calendar-detail", code=code)


def _draw(request: HttpRequest, draft: CalendarDraft, problem: str = "", status: int = 200) -> HttpResponse:
    document = calendar_draft.content_of(draft)
    text = calendar_version.stored_text(document)
    newest = newest_calendar(draft.code)
    context = {
        "draft": draft,
        "name": document["name"],
        "newest": newest,
        "differences": differences(newest.document, text) if newest else [],
        "facts": facts_of(plan_of(document)),
        "documents": {draft.code: document},
        "problem": problem,
        "is_published": calendars_for(request.user).filter(code=draft.code).exists(),
        "crumbs": crumbs(draft.code if newest else ""),
        **month_context(request.GET, draft.code, text),
    }
    return render(request, "contracts/calendar_publish.html", context, status=status)


@require_POST
def calendar_discard(request: HttpRequest, code: str) -> HttpResponse:
    draft = get_object_or_404(calendar_drafts_for(request.user), code=code)
    require(request.user, "contracts.edit_calendar", draft)
    try:
        calendar_draft.discard(draft=draft, version=_version(request), actor=request.user, now=clock.now())
    except StaleError as error:
        draft.refresh_from_db()
        return _draw(request, draft, error.message, 409)
    messages.success(request, _("Draft thrown away."))
    return redirect("contracts:calendar-list")
