"""S47: log in and out."""

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain import device, login, throttle
from accounts.forms import LoginForm
from accounts.models import User
from accounts.views.paths import next_path

DEVICE_AGE = 180 * 24 * 60 * 60


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _try(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_path(request))
    return _page(request, LoginForm())


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("accounts:login")


@sensitive_variables("form")
def _try(request: HttpRequest) -> HttpResponse:
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    here = device.read(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))
    address: str = request.client_ip  # type: ignore[attr-defined]  # set by the access middleware
    try:
        user = login.check(**form.cleaned_data, device=here, address=address)
    except login.Throttled:
        return _throttled(request)
    if user is None:
        form.add_error(None, _("The name and the password do not match."))
        return _page(request, form, status=422)
    auth.login(request, user)
    return _welcome(request, user, here)


def _welcome(request: HttpRequest, user: User, here: device.Device) -> HttpResponse:
    """On to where they wanted to go, in a browser that knows them from now on."""
    response = HttpResponseRedirect(next_path(request))
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        here.with_account(user.pk).text(),
        max_age=DEVICE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _page(request: HttpRequest, form: LoginForm, status: int = 200) -> HttpResponse:
    wanted = next_path(request)
    return render(request, "accounts/login.html", {"form": form, "next": wanted}, status=status)


def _throttled(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", {"seconds": throttle.WINDOW_SECONDS}, status=429)
    response["Retry-After"] = str(throttle.WINDOW_SECONDS)
    return response
