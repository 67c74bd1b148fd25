"""Access data of customers' systems: what there is, shown by POST with a reason only, and who has looked."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.errors import InputError
from core.permissions import can, require
from customers.domain import secret as secrets
from customers.domain.record import version_of
from customers.forms.secret import LookForm, SecretForm
from customers.models import Asset, Customer, Secret
from customers.queries.secret import all_looks, listed, looks_of, secrets_for
from customers.views.customer import crumbs_of, customer_or_404
from customers.views.customer import url_of as customer_url
from customers.views.edit import Editing, edit, sent

A_PAGE = 50
LABELS = {
    "address": gettext_lazy("Address"),
    "username": gettext_lazy("User name"),
    "password": gettext_lazy("Password"),
    "parameters": gettext_lazy("Parameters"),
}


def secret_or_404(request: HttpRequest, pk: int) -> Secret:
    return get_object_or_404(secrets_for(request.user).select_related("customer", "asset", "sealed_by"), pk=pk)


def url_of(secret: Secret) -> str:
    return reverse("customers:secret-detail", args=[secret.pk])


def customer_panel(request: HttpRequest, customer: Customer) -> str:
    """The card on the customer's page; nothing for those whom it does not concern."""
    if not can(request.user, "customers.list_secrets", customer):
        return ""
    new_url = reverse("customers:secret-create", args=[customer.pk])
    return _panel(request, listed(request.user, customer=customer.pk), new_url)


def asset_panel(request: HttpRequest, asset: Asset) -> str:
    """The card on the device's page."""
    if not can(request.user, "customers.list_secrets", asset):
        return ""
    new_url = f"{reverse('customers:secret-create', args=[asset.customer_id])}?asset={asset.pk}"
    return _panel(request, listed(request.user, asset=asset.pk), new_url)


def _panel(request: HttpRequest, rows: list[Secret], new_url: str) -> str:
    may_create = can(request.user, "customers.create_secret")
    if not rows and not may_create:
        return ""
    context = {"secrets": rows, "new_url": new_url if may_create else ""}
    return render_to_string("customers/secret_panel.html", context, request)


@require_safe
def secret_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What it is, and who has looked at it; what it says is not on this page."""
    secret = secret_or_404(request, pk)
    require(request.user, "customers.show_secret", secret)
    return _draw(request, secret, LookForm())


@sensitive_post_parameters()
@require_POST
def secret_show(request: HttpRequest, pk: int) -> HttpResponse:
    """The one answer that holds the access data: made after the look is on record, kept nowhere."""
    secret = secret_or_404(request, pk)
    require(request.user, "customers.show_secret", secret)
    form = LookForm(request.POST)
    if not form.is_valid():
        return _draw(request, secret, form, status=422)
    try:
        shown = secrets.show(secret=secret, reason=form.cleaned_data["reason"], actor=request.user, now=clock.now())
    except InputError as error:
        form.add_error("reason", error.message)
        return _draw(request, secret, form, status=422)
    return _draw(request, secret, LookForm(), shown=shown)


def _draw(
    request: HttpRequest, secret: Secret, form: LookForm, *, shown: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    page = Paginator(looks_of(secret), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "secret": secret,
        "customer": secret.customer,
        "form": form,
        "shown": [(name, LABELS[name], shown[name]) for name in LABELS if name in shown] if shown else [],
        "page_obj": page,
        "looks": list(page),
        "may_change": can(request.user, "customers.change_secret", secret),
        "reads_looks": can(request.user, "customers.list_secret_looks"),
        "crumbs": crumbs_of(secret.customer),
    }
    return render(request, "customers/secret_detail.html", context, status=status)


@require_POST
def secret_remove(request: HttpRequest, pk: int) -> HttpResponse:
    secret = secret_or_404(request, pk)
    require(request.user, "customers.remove_secret", secret)
    secrets.remove(secret=secret, actor=request.user, now=clock.now())
    messages.success(request, _("The access data is removed. The list of looks at it stays."))
    return redirect(customer_url(secret.customer))


@require_safe
def secret_look_list(request: HttpRequest) -> HttpResponse:
    """Every look at any access data, the newest first."""
    require(request.user, "customers.list_secret_looks")
    page = Paginator(all_looks(), A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "looks": list(page), "opens": can(request.user, "customers.list_secrets")}
    return render(request, "customers/secret_look_list.html", context)


# --- Forms ------------------------------------------------------------------------------------------------------------


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def secret_create(request: HttpRequest, pk: int) -> HttpResponse:
    """New access data of the customer `pk`. A name is unique at its customer, so that a doubled click saves once."""
    customer = customer_or_404(request, pk)
    require(request.user, "customers.create_secret", customer)

    def save(values: dict[str, Any], now: datetime) -> Secret:
        return secrets.create(customer=customer, actor=request.user, now=now, **values)

    return edit(
        request,
        Editing(
            title=_("New access data"),
            submit=_("Save access data"),
            done=_("The access data is saved and sealed."),
            form=SecretForm(sent(request), customer=customer, initial={"asset": request.GET.get("asset", "")}),
            save=save,
            goes_to=url_of,
            back_url=customer_url(customer),
            crumbs=crumbs_of(customer),
            template="customers/secret_form.html",
        ),
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def secret_change(request: HttpRequest, pk: int) -> HttpResponse:
    secret = secret_or_404(request, pk)
    require(request.user, "customers.change_secret", secret)

    def save(values: dict[str, Any], now: datetime) -> Secret:
        version = request.POST.get("version", "")
        secrets.change(secret=secret, version=version, actor=request.user, now=now, **values)
        return secret

    return edit(
        request,
        Editing(
            title=_("Change access data"),
            submit=_("Save access data"),
            done=_("The access data is saved and sealed."),
            form=SecretForm(sent(request), customer=secret.customer, row=secret),
            save=save,
            goes_to=url_of,
            back_url=url_of(secret),
            crumbs=[*crumbs_of(secret.customer), {"label": secret.name, "url": url_of(secret)}],
            row=secret,
            version=lambda: version_of(secret, secrets.FIELDS),
            template="customers/secret_form.html",
        ),
    )
