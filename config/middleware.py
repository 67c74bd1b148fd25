"""What holds for every request: nothing is cached, the user's language and zone, who may open the route, how refusals
look.
"""

import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.models import User
from config import access, refusals
from config.client_ip import client_ip
from config.refusals import is_htmx

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class PrivacyMiddleware:
    """Keeps every answer that is not a static file out of every cache. Stands outside of all that makes answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Cookie"])
        return response


class PreferenceMiddleware:
    """The language and time zone of the user; a stranger's browser gets what it was told by the language switch."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language, zone = self._preferences(request)
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def _preferences(self, request: HttpRequest) -> tuple[str, str]:
        if isinstance(request.user, User):
            return request.user.language, request.user.timezone
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = asked in dict(settings.LANGUAGES)
        return asked if known else settings.LANGUAGE_CODE, settings.TIME_ZONE


class RequestSizeMiddleware:
    """Refuses a request that is too large before anything reads its body; the check of the CSRF token would.

    The API answers for itself, in its own shape.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = announced_size(request)
        if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and not refusals.is_api(request):
            limit = largest_request(request.path_info)
            if size > limit:
                return refusals.too_large(request, limit)
        return self.get_response(request)


class AccessMiddleware:
    """Lets nobody into a view whom `config.access` does not name, and turns refusals of the domain into pages.

    API routes: a request with an Authorization header is judged by the API's own authentication, with the same rule,
    which is left in `request.access_rule`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.client_ip = client_ip(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        rule = access.ACCESS.get(match.view_name) if match else None
        if match is None or rule is None:
            logger.error("route %s is not declared in config/access.py", match and match.view_name)
            raise Http404
        request.access_rule = rule  # type: ignore[attr-defined]
        if rule.public:
            return None
        return self._api(request, rule) if is_api(match) else self._page(request, rule, match)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusals.answer(request, exception)

    def _page(self, request: HttpRequest, rule: access.Rule, match: ResolverMatch) -> HttpResponse | None:
        if not isinstance(request.user, User):
            return ask_to_log_in(request)
        if not rule.allows(request.user):
            raise PermissionDenied
        if request.user.must_change_password and match.view_name not in access.BEFORE_PASSWORD_CHANGE:
            return go(request, reverse("accounts:password-change"))
        return None

    def _api(self, request: HttpRequest, rule: access.Rule) -> HttpResponse | None:
        if isinstance(request.user, User):
            if rule.allows(request.user) and not request.user.must_change_password:
                return None
            return refusals.error_json(403, "denied", _("Your account may not do this."))
        if "Authorization" in request.headers:
            return None
        response = refusals.error_json(401, "not_authenticated", _("Please log in or send a token."))
        response["WWW-Authenticate"] = "Bearer"
        return response


def announced_size(request: HttpRequest) -> int:
    """The bytes of the body by the request's own word; the web server reads no more."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def largest_request(path: str) -> int:
    """How many bytes the route behind a path takes."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        name = ""
    return settings.UPLOAD_MAX_REQUEST_SIZE if name in access.UPLOADS else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def is_api(match: ResolverMatch) -> bool:
    return match.namespaces[:1] == ["api"]


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """To the login page and back here; a part of a page is answered 401, that the page may ask and stay as it is."""
    if is_htmx(request):
        return HttpResponse(_("Please log in again."), status=401, content_type="text/plain; charset=utf-8")
    if request.method not in ("GET", "HEAD"):
        return redirect("accounts:login")
    query = QueryDict(mutable=True)
    query["next"] = request.get_full_path()
    return redirect(f"{reverse('accounts:login')}?{query.urlencode(safe='/')}")


def go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect of the whole page, also where only a part of it was asked for."""
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if is_htmx(request) else redirect(url)
