"""S42: public holidays and make-up workdays by year: read, changed by hand, taken from a file, published."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.domain import calendar_version, holiday_import
from contracts.domain.calendar_draft import document_of_version
from contracts.domain.holiday import set_holiday
from contracts.domain.holiday_import import BadLinesError
from contracts.domain.holidays import festival_of
from contracts.enums import DayKind
from contracts.forms.calendar import HolidayForm, HolidayImportForm
from contracts.models import Holiday
from contracts.queries.calendar import behind_holidays, holidays_for, known_years
from contracts.views.calendar import crumbs, warnings
from contracts.views.words import today
from core import clock
from core.errors import InputError
from core.permissions import require
from core.views.edit import Editing, edit, sent


@require_safe
def holiday_list(request: HttpRequest) -> HttpResponse:
    """The special days of a year (`?year=`, else this one)."""
    require(request.user, "contracts.read_calendar")
    year = _year(request.GET.get("year", ""))
    days = list(holidays_for(request.user).filter(day__year=year).order_by("day"))
    years = sorted({*known_years(), today().year, today().year + 1, year}, reverse=True)
    context = {
        "year": year,
        "years": years[:8],
        "older": [one for one in years[8:] if one != year],
        "days": [{"row": row, "name": row.name or festival_of(row.day)} for row in days],
        "off_count": sum(row.kind == DayKind.OFF for row in days),
        "work_count": sum(row.kind == DayKind.WORK for row in days),
        "is_announced": any(row.kind == DayKind.OFF and row.day == date(year, 1, 1) for row in days),
        "crumbs": crumbs(),
        **warnings(request),
    }
    return render(request, "contracts/holiday_list.html", context)


def _year(text: str) -> int:
    if not text:
        return today().year
    if not (text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2100):
        raise Http404
    return int(text)


def url_of(year: int) -> str:
    return f"{reverse('contracts:holiday-list')}?year={year}"


@require_http_methods(["GET", "HEAD", "POST"])
def holiday_set(request: HttpRequest) -> HttpResponse:
    """A special day, new or (`?day=`) changed."""
    require(request.user, "contracts.set_holiday")
    row = _row(request)
    begin = {"kind": DayKind.OFF, "day": request.GET.get("new", "")}
    form = HolidayForm(sent(request), row=row, initial=begin)

    def save(values: dict[str, Any], now: datetime) -> Holiday:
        given = {"kind": DayKind(values["kind"]), "name": values["name"], "actor": request.user, "now": now}
        set_holiday(day=values["day"], **given)
        if row and row.day != values["day"]:
            set_holiday(day=row.day, kind=None, actor=request.user, now=now)
        return Holiday.objects.get(day=values["day"])

    title = _("Change special day") if row else _("New special day")
    return edit(
        request,
        Editing(
            title=title,
            submit=_("Save day"),
            done=_("Saved. Calendars follow when the special days are published."),
            form=form,
            save=save,
            goes_to=lambda saved: url_of(saved.day.year),
            back_url=reverse("contracts:holiday-list"),
            crumbs=crumbs(),
        ),
    )


def _row(request: HttpRequest) -> Holiday | None:
    text = request.GET.get("day", "")
    if not text:
        return None
    try:
        return get_object_or_404(holidays_for(request.user), day=date.fromisoformat(text))
    except ValueError:
        raise Http404 from None


@require_POST
def holiday_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """A special day becomes a plain one again."""
    row = get_object_or_404(holidays_for(request.user), pk=pk)
    require(request.user, "contracts.set_holiday", row)
    set_holiday(day=row.day, kind=None, actor=request.user, now=clock.now())
    messages.success(request, _("%(day)s is a plain day again.") % {"day": row.day})
    return redirect(url_of(row.day.year))


@require_http_methods(["GET", "HEAD", "POST"])
def holiday_import_page(request: HttpRequest) -> HttpResponse:
    """Days from a CSV file; every line that cannot be used is named, and nothing is saved then."""
    require(request.user, "contracts.set_holiday")
    if request.method != "POST":
        return _draw_import(request, HolidayImportForm())
    form = HolidayImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _draw_import(request, form, status=422)
    try:
        days = holiday_import.read_days(form.cleaned_data["file"].read(holiday_import.LARGEST + 1))
        done = holiday_import.import_days(
            days=days, replaces=form.cleaned_data["replaces"], actor=request.user, now=clock.now()
        )
    except BadLinesError as error:
        form.add_error("file", error.message)
        return _draw_import(request, form, error.lines, status=422)
    except InputError as error:
        form.add_error("file", error.message)
        return _draw_import(request, form, status=422)
    facts = {"added": done.added, "changed": done.changed, "removed": done.removed}
    messages.success(request, _("%(added)s days added, %(changed)s changed, %(removed)s removed.") % facts)
    return redirect(url_of(max(one.day.year for one in days)))


def _draw_import(request: HttpRequest, form: HolidayImportForm, lines: Any = (), status: int = 200) -> HttpResponse:
    way = [*crumbs(), {"label": _("Public holidays"), "url": reverse("contracts:holiday-list")}]
    context = {"form": form, "lines": lines[:100], "more": max(0, len(lines) - 100), "crumbs": way}
    return render(request, "contracts/holiday_import.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def holiday_publish(request: HttpRequest) -> HttpResponse:
    """Put the special days of today into every calendar that follows them, with the clocks that would move."""
    require(request.user, "contracts.publish_calendar_version")
    behind = behind_holidays()
    if request.method == "POST":
        made = calendar_version.publish_special_days(actor=request.user, now=clock.now())
        messages.success(request, _("%(count)s calendars published anew.") % {"count": len(made)})
        return redirect("contracts:calendar-list")
    way = [*crumbs(), {"label": _("Public holidays"), "url": reverse("contracts:holiday-list")}]
    context = {
        "behind": behind,
        "documents": {row.calendar.code: document_of_version(row) for row in behind},
        "names": {row.calendar.code: document_of_version(row)["name"] for row in behind},
        "crumbs": way,
    }
    return render(request, "contracts/holiday_publish.html", context)
