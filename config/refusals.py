"""How a refusal looks, in one place: the status code, and a page, a part of a page or JSON (decisions 22).

Denied 403 · InputError 422 · StaleError 409 with both versions · RuleError 409 · the database or a part is away 503
"""

import logging
from http import HTTPStatus
from secrets import token_hex
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.errors import Denied, InputError, RuleError, StaleError, Unavailable

logger = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError, Unavailable)
INTO_DIALOG = {"HX-Retarget": "#wb-dialog-body", "HX-Reswap": "innerHTML"}


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def error_json(status: int, code: str, message: str, fields: dict[str, Any] | None = None) -> JsonResponse:
    """The one error shape of the API."""
    return JsonResponse({"code": code, "message": message, "fields": fields or {}}, status=status)


def answer(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The answer to an exception that left a view; None for those that are no refusal."""
    if isinstance(exception, Denied):
        raise PermissionDenied(exception.permission) from exception
    if isinstance(exception, AWAY):
        return broken(request, HTTPStatus.SERVICE_UNAVAILABLE)
    if not isinstance(exception, RuleError):
        return None
    if is_api(request):
        return _json_of(exception)
    if isinstance(exception, StaleError):
        return _conflict(request, exception)
    return _bad_input(request, exception) if isinstance(exception, InputError) else _not_now(request, exception)


def broken(request: HttpRequest, status: int = 500) -> HttpResponse:
    """A page with a number that is also in the log, drawn without the database. Says nothing of the cause."""
    reference = token_hex(3).upper()
    logger.error("answered %s with reference %s: %s", status, reference, request.path, exc_info=True)
    if is_api(request):
        response: HttpResponse = error_json(status, "error", _("Something went wrong (number %s).") % reference)
    else:
        response = HttpResponse(render_to_string("500.html", {"reference": reference}), status=status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "5"
    return response


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """413 for a request of more than `limit` bytes, of which nothing was read."""
    message = _("This is too large to send at once. Please send at most %(size)s MB.") % {"size": limit // 2**20}
    return render(request, "core/bad_input.html", {"message": message}, status=413)


def _json_of(error: RuleError) -> JsonResponse:
    status = 400 if isinstance(error, InputError) else 409
    fields = error.current if isinstance(error, StaleError) else {error.field: [error.message]} if error.field else {}
    return error_json(status, error.code, error.message, fields)


def _not_now(request: HttpRequest, error: RuleError) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(error.message, status=409, content_type="text/plain; charset=utf-8")
    return render(request, "409.html", {"message": error.message}, status=409)


def _bad_input(request: HttpRequest, error: InputError) -> HttpResponse:
    response = render(request, "core/bad_input.html", {"message": error.message}, status=422)
    for name, value in INTO_DIALOG.items():
        response[name] = value
    return response


def _conflict(request: HttpRequest, error: StaleError) -> HttpResponse:
    """What the object is now beside what was sent, that nothing typed is lost."""
    theirs = [{"label": _label(key), "text": value} for key, value in error.current.items()]
    mine = [{"label": _label(key), "text": request.POST[key]} for key in error.current if key in request.POST]
    context = {"message": error.message, "theirs": theirs, "mine": mine}
    template = "wb/conflict.html" if is_htmx(request) else "core/conflict.html"
    return render(request, template, context, status=409)


def _label(field: str) -> str:
    return capfirst(_(field.replace("_", " ")))
