"""The home page's redirect and Django's error handlers."""

import sys
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.enums import Role
from accounts.permissions import is_staff
from accounts.queries.user import staff
from config.context import home_route
from config.refusals import AWAY, broken, error_json, is_api, too_large


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To where the user's work begins."""
    return redirect(home_route(request.user))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig) and not is_api(request):
        return too_large(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    message = _("The request could not be understood.")
    if isinstance(exception, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        message = _("Please send at most %(most)s files at a time.") % {"most": most}
    elif isinstance(exception, TooManyFieldsSent):
        message = _("This form has more entries than can be read. Please choose fewer at a time.")
    if is_api(request):
        return error_json(400, "bad_request", message)
    return render(request, "core/bad_input.html", {"message": message}, status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return error_json(403, "denied", _("Your account may not do this."))
    admin = staff().filter(roles__role=Role.ADMIN).first() if is_staff(getattr(request, "user", None)) else None
    return render(request, "403.html", {"admin_name": admin and admin.name}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return error_json(404, "not_found", _("There is nothing here."))
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    away = isinstance(sys.exc_info()[1], AWAY)
    return broken(request, HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.INTERNAL_SERVER_ERROR)


def _forbidden(request: HttpRequest, message: str) -> HttpResponse:
    return render(request, "403.html", {"message": message}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the right token: from another site, or older than the present session."""
    message = _("This page is older than your session. Please load it again, then repeat the step.")
    response = error_json(403, "csrf", message) if is_api(request) else _forbidden(request, message)
    response["WB-Reason"] = "csrf"
    return response
