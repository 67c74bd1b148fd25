"""S47: log in and out."""

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain import login
from accounts.forms.account import LoginForm
from accounts.views import browser
from accounts.views.paths import next_path


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
    try:
        user = login.check(**form.cleaned_data, device=browser.here(request), address=browser.address(request))
    except login.Throttled:
        return browser.throttled(request)
    if user is None:
        form.add_error(None, _("The name and the password do not match."))
        return _page(request, form, status=422)
    return browser.let_in(request, user, next_path(request))


def _page(request: HttpRequest, form: LoginForm, status: int = 200) -> HttpResponse:
    wanted = next_path(request)
    return render(request, "accounts/login.html", {"form": form, "next": wanted}, status=status)
