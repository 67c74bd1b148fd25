"""S47: an invited contact sets name and password. Looking at the link changes nothing."""

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core import clock
from core.errors import InputError
from customers.domain import invitation
from customers.forms.portal_contact import AcceptForm


@sensitive_post_parameters("password", "again")
@sensitive_variables("token", "form")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    contact = invitation.invited(token, clock.now())
    if contact is None:
        return _dead(request)
    form = AcceptForm(request.POST if request.method == "POST" else None, initial={"name": contact.name})
    if form.is_valid():
        try:
            user = _accept(token, form)
        except InputError as error:
            _show(form, error)
        else:
            return _let_in(request, user) if user else _dead(request)
    status = 422 if request.method == "POST" else 200
    return render(request, "customers/invitation_accept.html", {"form": form, "contact": contact}, status=status)


@sensitive_variables("form")
def _accept(token: str, form: AcceptForm) -> User | None:
    data = form.cleaned_data
    return invitation.accept(token=token, name=data["name"], password=data["password"], now=clock.now())


def _show(form: AcceptForm, error: InputError) -> None:
    """Only whoever reads the mail of the address learns that it has a login already."""
    taken = _("Your e-mail address has an account already. Please log in with it, or call our service hotline.")
    if error.field in form.fields:
        form.add_error(error.field, error.message)
    else:
        form.add_error(None, taken if error.code == "email_taken" else error.message)


def _let_in(request: HttpRequest, user: User) -> HttpResponse:
    auth.login(request, user)
    return redirect("home")


def _dead(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_dead.html", status=404)
