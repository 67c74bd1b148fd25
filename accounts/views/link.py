"""S47: log in by a link that is mailed. Looking at the link changes nothing; the button on its page uses it up."""

from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.domain import link, login, throttle
from accounts.domain.letter import ask_for_login_link
from accounts.enums import Purpose
from accounts.forms.account import LinkForm
from accounts.models import OneUseLink, User
from accounts.views import browser
from accounts.views.paths import next_path
from core import clock

BY_LINK = "logged_in_by_link"


@require_http_methods(["GET", "HEAD", "POST"])
def link_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whoever the address belongs to (C6)."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _form(request, form)
    if not form.is_valid():
        return _form(request, form, 422)
    device = browser.here(request)
    email = form.cleaned_data["email"]
    if not throttle.take(*(f"link-{name}" for name in login.counted(email, device, browser.address(request)))):
        return browser.throttled(request)
    ask_for_login_link(email=email, device=device, next_path=next_path(request), now=clock.now())
    response = HttpResponseRedirect(f"{reverse('accounts:link-ask')}?sent=1")
    browser.keep(response, device)
    return response


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def link_use(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mailed link, and its button."""
    asking = link.browser_hash(browser.here(request).key)
    if request.method == "POST":
        return _use(request, token, asking)
    found = link.look_at(token, Purpose.LOGIN, clock.now(), asking)
    if found is None:
        return dead(request)
    return render(request, "accounts/link_use.html", {"name": cast(User, found.user).name})


def _use(request: HttpRequest, token: str, asking: str) -> HttpResponse:
    with transaction.atomic():
        used: OneUseLink | None = link.consume(token, Purpose.LOGIN, clock.now(), asking)
    if used is None:
        return dead(request)
    response = browser.let_in(request, cast(User, used.user), used.facts["next"])
    request.session[BY_LINK] = True
    return response


def dead(request: HttpRequest) -> HttpResponse:
    """One answer for a link that is unknown, used, over, another browser's or for something else (C2, C3)."""
    return render(request, "accounts/link_dead.html", status=404)


def _form(request: HttpRequest, form: LinkForm, status: int = 200) -> HttpResponse:
    sent = request.method != "POST" and "sent" in request.GET
    return render(
        request, "accounts/link_ask.html", {"form": form, "sent": sent, "next": next_path(request)}, status=status
    )
