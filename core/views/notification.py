"""S39: a person's own notifications."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import clock, formats
from core.domain.notification import mark_all_read, mark_read, mute, unmute
from core.models import Notification
from core.queries.notification import (
    Subject,
    muted_urls,
    notifications_for,
    subject_of,
    subjects,
    unread_by_kind,
    unread_count,
)

A_PAGE = 50


@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    """By day, newest first; `kind` names a subject. What is not known counts as not asked."""
    lines, subject = notifications_for(request.user), subject_of(request.GET.get("kind", ""))
    if subject:
        lines = lines.filter(kind__in=sorted(subject.kinds))
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    unread = unread_by_kind(request.user)
    context = {
        "page_obj": page,
        "days": _by_day(page, clock.now()),
        "unread": sum(unread.values()),
        "views": _views(unread, subject),
        "muted": muted_urls(request.user),
    }
    return render(request, "core/notification_list.html", context)


@require_safe
def notification_count(request: HttpRequest) -> HttpResponse:
    """The number at the bell, 204 if it is still the one that is shown (`since`)."""
    count = unread_count(request.user)
    if str(count) == request.GET.get("since"):
        return HttpResponse(status=204)
    return render(request, "wb/inbox_count.html", {"count": count})


@require_POST
def notification_read_all(request: HttpRequest) -> HttpResponse:
    mark_all_read(request.user, clock.now())
    return redirect("core:notification-list")


@require_POST
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    line = _own(request, pk)
    mark_read(line, clock.now())
    return redirect(line.url if _is_ours(line.url) else reverse("core:notification-list"))


@require_POST
def notification_mute(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear no more of the place that a notification is about, or (`muted` is not 1) hear of it again."""
    line = _own(request, pk)
    if line.url and request.POST.get("muted") == "1":
        mute(request.user, line.url, clock.now())
    else:
        unmute(request.user, line.url)
    return redirect("core:notification-list")


def _own(request: HttpRequest, pk: int) -> Notification:
    return get_object_or_404(notifications_for(request.user), pk=min(pk, 2**63 - 1))


def _is_ours(url: str) -> bool:
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def _by_day(lines: Iterable[Notification], now: datetime) -> list[tuple[str, list[Notification]]]:
    zone = timezone.get_current_timezone()
    today = now.astimezone(zone).date()
    days = groupby(lines, lambda line: line.created_at.astimezone(zone).date())
    return [(_day_name(day, today), list(listed)) for day, listed in days]


def _day_name(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    return _("Yesterday") if day == today - timedelta(days=1) else formats.day(day)


def _views(unread: dict[str, int], asked: Subject | None) -> list[dict[str, Any]]:
    """A tab for everything and one for each subject, with the number of unread ones."""
    tabs: list[dict[str, Any]] = [
        {"label": _("All"), "url": "?", "count": sum(unread.values()) or None, "active": asked is None}
    ]
    for one in subjects():
        count = sum(unread.get(kind, 0) for kind in one.kinds)
        tabs.append({"label": one.label, "url": f"?kind={one.key}", "count": count or None, "active": one is asked})
    return tabs
