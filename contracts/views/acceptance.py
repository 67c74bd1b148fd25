"""Acceptance in stages: the list, one certificate with its preview, drafting, signing, the PDF."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.domain import acceptance as acceptances
from contracts.domain.acceptance_paper import draw_pdf, file_name, paper
from contracts.enums import COVERING_STATES
from contracts.filters import AcceptanceFilter
from contracts.forms.acceptance import AcceptanceForm, AcceptanceListForm, ContractChoiceForm, VersionForm
from contracts.models import Acceptance, Contract
from contracts.queries.acceptance import (
    acceptable_contracts_for,
    acceptances_for,
    acceptances_of_asset,
    acceptances_of_contract,
    listed_acceptances_for,
)
from core import clock
from core.errors import InputError, RuleError
from core.permissions import can, require
from core.queries.attachment import attachment_for
from core.views.attachment import file_response
from core.views.edit import Editing, edit, sent
from customers.models import Asset
from customers.queries.customer import customers_for
from customers.queries.life_line import LifeEvent

A_PAGE = 50
MOST_CONTRACTS = 300


@require_safe
def acceptance_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "contracts.list_acceptances")
    form = AcceptanceListForm(request.GET, customers=customers_for(request.user))
    query = form.wanted()
    found: Any = AcceptanceFilter(query, queryset=listed_acceptances_for(request.user)).qs
    if query.get("customer_text") and "customer" not in query:
        found = found.filter(customer__name__icontains=query["customer_text"])
    chosen = form.cleaned_data.get("customer")
    context = {
        "page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "filters": form,
        "customer_text": chosen.name if chosen else str(form.cleaned_data.get("customer_text") or ""),
        "reset_url": reverse("contracts:acceptance-list") if query else "",
        "may_create": can(request.user, "contracts.create_acceptance"),
    }
    return render(request, "contracts/acceptance_list.html", context)


@require_safe
def acceptance_detail(request: HttpRequest, number: str) -> HttpResponse:
    acceptance = visible(request, number)
    context = {
        **paper(acceptance),
        "may_change": acceptance.is_draft and can(request.user, "contracts.change_acceptance", acceptance),
        "may_sign": acceptance.is_draft and can(request.user, "contracts.sign_acceptance", acceptance),
    }
    return render(request, "contracts/acceptance_detail.html", context)


@require_safe
def acceptance_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    """The signed file as it was stored; of a draft, the paper to sign."""
    acceptance = visible(request, number)
    if acceptance.pdf:
        file = attachment_for(request.user, acceptance.pdf)
        if file is None:
            raise Http404
        return file_response(file)
    response = HttpResponse(draw_pdf(acceptance, clock.now()), content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name(acceptance)) or "attachment"
    return response


# --- Drafting ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def acceptance_create(request: HttpRequest) -> HttpResponse:
    """A new certificate under `?contract=`; without one the contract is chosen first."""
    require(request.user, "contracts.create_acceptance")
    contracts = acceptable_contracts_for(request.user)
    chosen = ContractChoiceForm(request.GET or None, contracts=contracts)
    if not chosen.is_valid():
        if request.GET.get("contract", "").isdecimal():
            raise Http404
        chosen.fields["contract"].queryset = contracts[:MOST_CONTRACTS]  # type: ignore[attr-defined]
        return render(request, "contracts/acceptance_contract.html", {"form": chosen, "crumbs": _crumbs()})
    contract = chosen.cleaned_data["contract"]

    def save(values: dict[str, Any], now: datetime) -> Acceptance:
        return acceptances.create(contract=contract, actor=request.user, now=now, **values)

    user: Any = request.user
    form = AcceptanceForm(sent(request), contract=contract, ours=user.get_full_name())
    drawn = {"title": _("New certificate of acceptance"), "back_url": reverse("contracts:acceptance-list")}
    return edit(request, _editing(form, save, contract, **drawn))


@require_http_methods(["GET", "HEAD", "POST"])
def acceptance_change(request: HttpRequest, number: str) -> HttpResponse:
    acceptance = visible(request, number)
    require(request.user, "contracts.change_acceptance", acceptance)

    def save(values: dict[str, Any], now: datetime) -> Acceptance:
        return acceptances.change(acceptance, version=_version(request), actor=request.user, now=now, **values)

    form = AcceptanceForm(sent(request), contract=acceptance.contract, row=acceptance)
    drawn = {"title": _("Change the draft"), "back_url": url_of(acceptance), "row": acceptance}
    return edit(request, _editing(form, save, acceptance.contract, version=lambda: str(acceptance.version), **drawn))


def _editing(form: AcceptanceForm, save: Callable[..., Acceptance], contract: Contract, **drawn: Any) -> Editing:
    return Editing(
        submit=_("Save draft"),
        done=_("Draft saved. Look at it once more, then sign."),
        form=form,
        save=save,
        goes_to=url_of,
        crumbs=[*_crumbs(), {"label": f"{contract.customer.short_name} · {contract.number}", "url": ""}],
        template="contracts/acceptance_form.html",
        **drawn,
    )


# --- Acts -------------------------------------------------------------------------------------------------------------


@require_POST
def acceptance_sign(request: HttpRequest, number: str) -> HttpResponse:
    done = _("Signed. The certificate does not change any more, and the warranties it starts have begun.")
    return _act(request, number, "sign", acceptances.sign, done)


@require_POST
def acceptance_discard(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, "discard", acceptances.discard, _("The draft was discarded."))


def _act(request: HttpRequest, number: str, name: str, act: Callable[..., Any], done: str) -> HttpResponse:
    acceptance = visible(request, number)
    require(request.user, f"contracts.{name}_acceptance", acceptance)
    try:
        act(acceptance, version=_version(request), actor=request.user, now=clock.now())
    except RuleError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect(url_of(acceptance))


def _version(request: HttpRequest) -> int:
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise InputError("version", _("Please load the page again, then repeat the step."), "version")
    return int(form.cleaned_data["version"])


def visible(request: HttpRequest, number: str) -> Acceptance:
    return get_object_or_404(acceptances_for(request.user), number=number)


def url_of(acceptance: Acceptance) -> str:
    return reverse("contracts:acceptance-detail", args=[acceptance.number])


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Certificates of acceptance"), "url": reverse("contracts:acceptance-list")}]


# --- Parts of other pages ---------------------------------------------------------------------------------------------


def contract_panel(request: HttpRequest, contract: Contract) -> str:
    """The certificates of a contract, on its page; one statement."""
    may_create = contract.state in COVERING_STATES and can(request.user, "contracts.create_acceptance")
    listed = acceptances_of_contract(request.user, contract)
    if not listed and not may_create:
        return ""
    context = {"acceptances": listed, "contract": contract, "may_create": may_create}
    return render_to_string("contracts/acceptance_panel.html", context, request)


def asset_life(user: Any, asset: Asset) -> list[LifeEvent]:
    """Which stages of acceptance a device passed."""
    return [
        LifeEvent(
            one.accepted_on,
            "circle-check",
            _("%(stage)s (%(number)s)") % {"stage": one.get_stage_display(), "number": one.number},
            url_of(one),
        )
        for one in acceptances_of_asset(user, asset)
    ]
