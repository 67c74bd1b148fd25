"""What we know of the browser: the signed cookie of known devices, and letting its person in."""

from typing import cast

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.domain import device, throttle
from accounts.models import User

DEVICE_AGE = 180 * 24 * 60 * 60


def here(request: HttpRequest) -> device.Device:
    return device.read(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))


def address(request: HttpRequest) -> str:
    return cast(str, request.client_ip)  # type: ignore[attr-defined]  # set by the access middleware


def keep(response: HttpResponse, browser: device.Device) -> None:
    """Let the browser be known again."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        browser.text(),
        max_age=DEVICE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def let_in(request: HttpRequest, user: User, path: str) -> HttpResponse:
    """A session with a new id, on to where they wanted to go, in a browser that knows them from now on."""
    auth.login(request, user)
    response = HttpResponseRedirect(path)
    keep(response, here(request).with_account(user.pk))
    return response


def throttled(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", {"seconds": throttle.WINDOW_SECONDS}, status=429)
    response["Retry-After"] = str(throttle.WINDOW_SECONDS)
    return response
