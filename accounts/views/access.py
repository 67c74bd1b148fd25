"""Whether a person gets in: invited, with a temporary password, disabled and enabled again; the tokens of a program."""

from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.domain import access, api_token
from accounts.domain import user as users
from accounts.forms.account import ChoiceOfPasswordForm
from accounts.forms.user import TokenForm
from accounts.models import User
from accounts.queries.person import tokens_of
from accounts.queries.team import headed_by, led_by
from accounts.views import browser
from accounts.views.link import dead
from accounts.views.user import crumb, person_or_404, show_password, url_of
from core import clock
from core.errors import InputError
from core.permissions import require
from core.views.edit import Editing, edit, sent


@require_POST
def user_invite(request: HttpRequest, pk: int) -> HttpResponse:
    user = person_or_404(request, pk)
    require(request.user, "accounts.admit_user", user)
    access.invite(user=user, actor=request.user, now=clock.now())
    messages.success(request, _("The invitation is on its way. The link in it is good for 7 days."))
    return redirect(url_of(user))


@sensitive_variables("password")
@require_POST
def user_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new temporary password, shown in the answer."""
    user = person_or_404(request, pk)
    require(request.user, "accounts.admit_user", user)
    password = access.hand_password(user=user, actor=request.user, now=clock.now())
    return show_password(request, user, password)


@require_http_methods(["GET", "HEAD", "POST"])
def user_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person still holds, and the button that locks them out."""
    user = person_or_404(request, pk)
    require(request.user, "accounts.disable_user", user)
    if request.method != "POST":
        context = {"person": user, "teams": led_by(user), "departments": headed_by(user)}
        return render(request, "accounts/user_disable.html", context | {"url": url_of(user), "crumbs": [crumb()]})
    users.disable_user(user=user, actor=cast(User, request.user), now=clock.now())
    messages.success(request, _("%(name)s is disabled and logged out everywhere.") % {"name": user.name})
    return _to(request, url_of(user))


@require_POST
def user_enable(request: HttpRequest, pk: int) -> HttpResponse:
    user = person_or_404(request, pk)
    require(request.user, "accounts.enable_user", user)
    users.enable_user(user=user, actor=cast(User, request.user), now=clock.now())
    messages.success(request, _("%(name)s is enabled again. Old sessions and tokens stay dead.") % {"name": user.name})
    return redirect(url_of(user))


# --- Tokens -----------------------------------------------------------------------------------------------------------


@sensitive_variables("issued")
@require_http_methods(["GET", "HEAD", "POST"])
def api_token_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new token of the person `pk`; its text is in the answer to the form and nowhere else."""
    user = person_or_404(request, pk)
    require(request.user, "accounts.issue_token", user)
    issued: list[str] = []

    def save(values: dict[str, Any], now: datetime) -> User:
        life: timedelta = values.pop("life")
        actor = cast(User, request.user)
        issued.append(api_token.issue(user=user, actor=actor, now=now, expires_at=now + life, **values)[1])
        return user

    response = edit(request, _issuing(user, TokenForm(sent(request)), save))
    if not issued:
        return response
    context = {"person": user, "secret": issued[0], "heading": _("New token")}
    return render(request, "accounts/user_secret.html", context)


def _issuing(user: User, form: TokenForm, save: Any) -> Editing:
    return Editing(
        title=_("New token"),
        submit=_("Make the token"),
        done=_("The token is made."),
        form=form,
        save=save,
        goes_to=url_of,
        back_url=url_of(user),
        crumbs=[crumb(), {"label": user.name, "url": url_of(user)}],
    )


@require_POST
def api_token_revoke(request: HttpRequest, pk: int, token: int) -> HttpResponse:
    user = person_or_404(request, pk)
    found = get_object_or_404(tokens_of(user), pk=token)
    require(request.user, "accounts.revoke_token", found)
    api_token.revoke(token=found, actor=cast(User, request.user), now=clock.now())
    messages.success(request, _("The token %(name)s opens nothing any more.") % {"name": found.name})
    return redirect(url_of(user))


# --- Behind the invitation --------------------------------------------------------------------------------------------


@sensitive_post_parameters("new", "again")
@sensitive_variables("token", "form")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """S47: an invited colleague sets a password. Looking at the link changes nothing."""
    user = access.invited(token, clock.now())
    if user is None:
        return dead(request)
    form = ChoiceOfPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            joined = access.accept(token=token, password=form.cleaned_data["new"], now=clock.now())
        except InputError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return browser.let_in(request, joined, "/") if joined else dead(request)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/invitation_accept.html", {"form": form, "person": user}, status=status)


def _to(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]
