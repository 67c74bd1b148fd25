"""How the API refuses: one shape for everything, {"code", "message", "fields": {field: [messages]}} (decisions 22).

A stale edit has `current` beside them, what the object is now.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.translation import gettext, gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response

from core.errors import Denied, InputError, RuleError, StaleError

Fields = dict[str, list[str]]


class TooLarge(exceptions.APIException):
    """A request body beyond what is read."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The request is too large.")
    default_code = "too_large"


# What a refusal of the framework itself is called, and said in the user's language.
_NAMES = {
    exceptions.ParseError: ("parse_error", gettext_lazy("The request body could not be read.")),
    exceptions.NotAuthenticated: ("not_authenticated", gettext_lazy("Please log in or send a token.")),
    exceptions.AuthenticationFailed: ("not_authenticated", gettext_lazy("This token is not valid.")),
    exceptions.PermissionDenied: ("denied", gettext_lazy("Your account may not do this.")),
    exceptions.NotFound: ("not_found", gettext_lazy("There is nothing here.")),
    exceptions.MethodNotAllowed: ("method_not_allowed", gettext_lazy("This address does not know this method.")),
    exceptions.UnsupportedMediaType: ("unsupported_media_type", gettext_lazy("This content type is not read here.")),
    exceptions.Throttled: ("throttled", gettext_lazy("Too many requests. Please wait a moment.")),
}


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception; None for what is no refusal, which goes on to the project's own error pages."""
    if isinstance(error, StaleError):
        return _stale(error, context["request"])
    if isinstance(error, RuleError):
        fields = {error.field: [error.message]} if error.field else {}
        return _answer(400 if isinstance(error, InputError) else 409, error.code, error.message, fields)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge()
    elif isinstance(error, Denied | PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    return _of_framework(error) if isinstance(error, exceptions.APIException) else None


def shape(code: str, message: str, fields: Fields | None = None) -> dict[str, Any]:
    """The body of a refusal. Characters that have no bytes, which a client may have sent, are replaced."""
    said = {_writable(name): [_writable(text) for text in texts] for name, texts in (fields or {}).items()}
    return {"code": code, "message": _writable(message), "fields": said}


def _answer(status_code: int, code: str, message: str, fields: Fields | None = None, **headers: str) -> Response:
    return Response(shape(code, message, fields), status=status_code, headers=headers)


def _stale(error: StaleError, request: Any) -> Response:
    versions = {"sent": request.data.get("version"), "present": error.current.get("version")}
    said = gettext("You sent version %(sent)s, the present one is %(present)s.") % versions
    body = shape(error.code, error.message, {"version": [said]}) | {"current": error.current}
    return Response(body, status=409)


def _invalid(error: exceptions.ValidationError) -> Response:
    found = list(_flat("", error.detail))
    fields: Fields = {}
    for name, detail in found:
        fields.setdefault(name, []).append(str(detail))
    general = fields.pop("", [])
    codes = {detail.code for _name, detail in found}
    code = str(codes.pop()) if len(codes) == 1 else "invalid"
    message = " ".join(general) or gettext("Please check the fields that are named.")
    return _answer(400, code, message, fields)


def _flat(path: str, detail: Any) -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    """Nested errors as ("field.inner", detail); errors of the whole have the path ""."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _flat(f"{path}.{own}" if path and own else path or own, inner)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(path, inner)
    else:
        yield path, detail


def _of_framework(error: Any) -> Response:
    named = next((entry for kind, entry in _NAMES.items() if type(error) is kind), None)
    code, message = named or (error.default_code, str(error.detail))
    own = getattr(error.detail, "code", None)
    if isinstance(error, exceptions.PermissionDenied) and own not in (None, error.default_code):
        code, message = str(own), str(error.detail)
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    return Response(shape(str(code), str(message)), status=error.status_code, headers=headers)


def _writable(text: str) -> str:
    return str(text).encode("utf-8", "replace").decode()
