"""S39: a person's own notifications."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.domain.notification import mark_all_read
from core.queries.notification import notifications_for, unread_count

A_PAGE = 50


@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(notifications_for(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "unread": unread_count(request.user)}
    return render(request, "core/notification_list.html", context)


@require_POST
def notification_read_all(request: HttpRequest) -> HttpResponse:
    mark_all_read(request.user, clock.now())
    return redirect("core:notification-list")
