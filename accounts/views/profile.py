from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain.user import set_preferences
from accounts.enums import Role
from accounts.forms.account import PreferencesForm
from accounts.models import User
from accounts.views.paths import next_path
from core.errors import InputError

FIELDS = ("theme", "density", "language", "timezone", "shortcuts")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, roles and preferences."""
    user = cast(User, request.user)
    present = {field: getattr(user, field) for field in FIELDS}
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=present)
    if request.method == "POST" and form.is_valid():
        set_preferences(user=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    context = {"form": form, "roles": [role.label for role in Role if role in user.role_codes]}
    return render(request, "accounts/profile.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def preference(request: HttpRequest) -> HttpResponse:
    """The menu's small switches: any of theme, density and shortcuts (on or off)."""
    wanted: dict[str, Any] = {name: request.POST[name] for name in ("theme", "density") if name in request.POST}
    if "shortcuts" in request.POST:
        wanted["shortcuts"] = {"on": True, "off": False}.get(request.POST["shortcuts"])
    if not wanted:
        raise InputError("choice", _("Please choose one of the listed values."), "theme")
    set_preferences(user=cast(User, request.user), **wanted)
    return _done(request)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: of the user, or of the browser for somebody who has not logged in."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        raise InputError("choice", _("Please choose one of the listed values."), "language")
    response = HttpResponseRedirect(next_path(request))
    if isinstance(request.user, User):
        set_preferences(user=request.user, language=code)
    else:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return response


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """What somebody sees who has logged in but does not work at the desk. Shows no data."""
    return render(request, "accounts/welcome.html")


def _done(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return HttpResponseRedirect(next_path(request))
