from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.domain import throttle
from accounts.domain.user import change_password, choose_password, lacks_password
from accounts.forms.account import ChoiceOfPasswordForm, PasswordForm
from accounts.models import User
from accounts.views.link import BY_LINK
from core import clock
from core.errors import InputError


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Change one's own password. Every other session of the user ends, this one gets a new id.

    The present one is asked for; not of somebody who came by a mailed link and has none, or a temporary one.
    """
    user = cast(User, request.user)
    chooses = bool(request.session.get(BY_LINK)) and lacks_password(user)
    form = (ChoiceOfPasswordForm if chooses else PasswordForm)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (_chosen if chooses else _changed)(user, form):
        request.session.pop(BY_LINK, None)
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. You are logged out everywhere else."))
        return redirect("accounts:profile" if user.is_staff_member else "home")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/password_change.html", {"form": form}, status=status)


def _changed(user: User, form: ChoiceOfPasswordForm) -> bool:
    tries = f"password:{user.pk}"
    if not throttle.take(tries):
        form.add_error("current", _("Too many tries. Please wait a minute."))
        return False
    data = form.cleaned_data
    try:
        change_password(user=user, current=data["current"], new=data["new"], now=clock.now())
    except InputError as error:
        form.add_error(error.field, error.message)
        return False
    throttle.give_back(tries)
    return True


def _chosen(user: User, form: ChoiceOfPasswordForm) -> bool:
    try:
        choose_password(user=user, new=form.cleaned_data["new"], now=clock.now())
    except InputError as error:
        form.add_error(error.field, error.message)
        return False
    return True
