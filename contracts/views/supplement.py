"""Supplements of a signed contract: written, approved, signed, dropped."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contracts.domain import supplement as supplements
from contracts.domain.contract_cover import thing
from contracts.domain.supplement import Added, Wanted
from contracts.forms.contract import SignForm, SupplementForm
from contracts.models import Contract, ContractLine, Supplement
from contracts.queries.contract import contracts_for
from contracts.views.contract_act import act_form, version_sent
from contracts.views.contract_line import chosen_thing, contract_sets, with_typed_thing
from contracts.views.contract_link import contract_or_404, url_of_contract
from contracts.views.words import today
from core import clock
from core.permissions import require
from core.views.edit import sent

TEMPLATE = "contracts/supplement_form.html"


@require_http_methods(["GET", "HEAD", "POST"])
def supplement_create(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.create_supplement", contract)

    def save(values: dict[str, Any], now: datetime) -> Supplement:
        return supplements.draft(contract=contract, wanted=_wanted(contract, values), actor=request.user, now=now)

    return act_form(
        request,
        contract,
        _form(request, contract),
        save,
        title=_("New supplement"),
        submit=_("Save supplement"),
        done=_("Supplement saved. It takes effect once it is approved and signed."),
        template=TEMPLATE,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def supplement_change(request: HttpRequest, pk: int) -> HttpResponse:
    supplement = _supplement_or_404(request, pk)
    contract = supplement.contract
    require(request.user, "contracts.change_supplement", contract)

    def save(values: dict[str, Any], now: datetime) -> Supplement:
        wanted, version = _wanted(contract, values), supplement.version
        supplements.change(supplement=supplement, wanted=wanted, version=version, actor=request.user, now=now)
        return supplement

    return act_form(
        request,
        contract,
        _form(request, contract, supplement),
        save,
        title=_("Change supplement %(number)s") % {"number": supplement.number},
        submit=_("Save supplement"),
        done=_("Supplement saved. It takes effect once it is approved and signed."),
        template=TEMPLATE,
    )


@require_POST
def supplement_approve(request: HttpRequest, pk: int) -> HttpResponse:
    supplement = _supplement_or_404(request, pk)
    require(request.user, "contracts.approve_supplement", supplement.contract)
    supplements.approve(supplement=supplement, version=version_sent(request), actor=request.user, now=clock.now())
    return _back(request, supplement, _("Supplement approved. It can be signed now."))


@require_POST
def supplement_drop(request: HttpRequest, pk: int) -> HttpResponse:
    supplement = _supplement_or_404(request, pk)
    require(request.user, "contracts.drop_supplement", supplement.contract)
    supplements.drop(supplement=supplement, version=version_sent(request), actor=request.user, now=clock.now())
    return _back(request, supplement, _("Supplement dropped."))


@require_http_methods(["GET", "HEAD", "POST"])
def supplement_sign(request: HttpRequest, pk: int) -> HttpResponse:
    supplement = _supplement_or_404(request, pk)
    require(request.user, "contracts.sign_supplement", supplement.contract)

    def save(values: dict[str, Any], now: datetime) -> None:
        supplements.sign(supplement=supplement, today=today(), actor=request.user, now=now, **values)

    return act_form(
        request,
        supplement.contract,
        SignForm(sent(request), initial={"signed_on": today()}),
        save,
        title=_("Supplement %(number)s signed by both sides") % {"number": supplement.number},
        submit=_("Note the signature"),
        done=_("Supplement signed. The contract has changed."),
    )


def _form(request: HttpRequest, contract: Contract, supplement: Supplement | None = None) -> SupplementForm:
    lines = _running_lines(contract)
    form = SupplementForm(
        with_typed_thing(request, contract), contract=contract, lines=lines, sets=contract_sets(), row=supplement
    )
    field: Any = form.fields["ends"]
    field.label_from_instance = lambda line: f"{thing(line)} · {line.promise_set.code}"
    added = supplement.lines.filter(ends=None).first() if supplement else None
    if added:
        key = f"asset:{added.asset_id}" if added.asset_id else f"site:{added.site_id}" if added.site_id else "whole"
        given = {"thing": key, "promise_set": added.promise_set_id, "tell_customer": added.tell_customer}
        form.initial = {**form.initial, **given}
    return form


def _running_lines(contract: Contract) -> QuerySet[ContractLine]:
    lines = ContractLine.objects.filter(contract=contract, ends_on=contract.ends_on)
    return lines.select_related("site", "asset", "promise_set").order_by("pk")


def _wanted(contract: Contract, values: dict[str, Any]) -> Wanted:
    adds = []
    if values["promise_set"]:
        site, asset = chosen_thing(contract, values["thing"])
        adds.append(Added(values["promise_set"], site, asset, values["tell_customer"]))
    return Wanted(
        effective_on=values["effective_on"],
        reason=values["reason"],
        ends_on=values["ends_on"],
        amount=values["amount"],
        ends=list(values["ends"]),
        adds=adds,
    )


def _supplement_or_404(request: HttpRequest, pk: int) -> Supplement:
    rows = Supplement.objects.filter(contract__in=contracts_for(request.user)).select_related("contract__customer")
    return get_object_or_404(rows, pk=pk)


def _back(request: HttpRequest, supplement: Supplement, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect(url_of_contract(supplement.contract))
