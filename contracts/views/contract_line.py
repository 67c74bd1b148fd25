"""The lines of a contract: what is covered, under which promises."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.domain import contract as contracts
from contracts.enums import SetScope
from contracts.forms.contract import WHOLE, WHOLE_LABEL, LineForm
from contracts.models import Contract, ContractLine, PromiseSet
from contracts.queries.contract import coverable_assets, coverable_sites
from contracts.views.contract_act import act_form, version_sent
from contracts.views.contract_link import contract_or_404, url_of_contract
from contracts.views.contract_look import set_names
from core import clock
from core.errors import InputError
from core.permissions import require
from core.views.edit import sent
from customers.models import Asset, Site

OFFERED = 12


@require_http_methods(["GET", "HEAD", "POST"])
def line_create(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.add_line_contract", contract)

    def save(values: dict[str, Any], now: datetime) -> ContractLine:
        site, asset = chosen_thing(contract, values.pop("thing"))
        version = version_sent(request)
        return contracts.add_line(
            contract=contract, site=site, asset=asset, version=version, actor=request.user, now=now, **values
        )

    return act_form(
        request,
        contract,
        LineForm(
            with_typed_thing(request, contract), contract=contract, sets=contract_sets(), initial={"thing": WHOLE}
        ),
        save,
        title=_("Add what is covered"),
        submit=_("Add line"),
        done=_("Line added."),
        template="contracts/contract_line_form.html",
    )


@require_POST
def line_remove(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.remove_line_contract", contract)
    mine = get_object_or_404(contract.lines.select_related("contract", "promise_set"), pk=line)
    contracts.remove_line(line=mine, version=version_sent(request), actor=request.user, now=clock.now())
    messages.success(request, _("Line removed."))
    return redirect(url_of_contract(contract))


@require_safe
def thing_options(request: HttpRequest, pk: int) -> HttpResponse:
    """What a combobox offers: all of the customer, its sites, its devices."""
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.list_contracts")
    words = request.GET.get("q", "")[:100].split()
    sites, assets = coverable_sites(contract), coverable_assets(contract)
    for word in words:
        sites = sites.filter(name__icontains=word)
        assets = assets.filter(name__icontains=word) | assets.filter(serial__icontains=word)
    whole = {"value": WHOLE, "label": str(WHOLE_LABEL), "hint": contract.customer.short_name}
    options = [whole] if not words or any(word in str(WHOLE_LABEL) for word in words) else []
    options += [{"value": f"site:{one.pk}", "label": one.name, "hint": _("Site")} for one in sites[:OFFERED]]
    options += [
        {"value": f"asset:{one.pk}", "label": one.name, "hint": f"{one.site.name} {one.serial}".strip()}
        for one in assets[:OFFERED]
    ]
    return render(request, "wb/options.html", {"options": options})


def chosen_thing(contract: Contract, key: str) -> tuple[Site | None, Asset | None]:
    """The site or device behind a key of the combobox. InputError at `thing` for none of the customer's."""
    kind, _colon, number = key.partition(":")
    if key == WHOLE:
        return None, None
    if number.isascii() and number.isdecimal() and len(number) < 18:
        if kind == "site" and (site := coverable_sites(contract).filter(pk=number).first()):
            return site, None
        if kind == "asset" and (asset := coverable_assets(contract).filter(pk=number).first()):
            return None, asset
    raise InputError("unknown", _("Please choose a site or a device of this customer from the list."), "thing")


def with_typed_thing(request: HttpRequest, contract: Contract) -> QueryDict | None:
    """Without script only the typed name arrives; a name that is one site's or one device's stands for it."""
    posted = sent(request)
    typed = posted.get("thing_text", "").strip() if posted else ""
    if posted is None or posted.get("thing") or not typed:
        return posted
    filled = posted.copy()
    sites, assets = coverable_sites(contract).filter(name=typed)[:2], coverable_assets(contract).filter(name=typed)[:2]
    found = [f"site:{one.pk}" for one in sites] + [f"asset:{one.pk}" for one in assets]
    filled["thing"] = WHOLE if typed == str(WHOLE_LABEL) else found[0] if len(found) == 1 else typed
    return filled


def contract_sets() -> dict[PromiseSet, str]:
    """The sets that a contract can promise, with their names; three statements."""
    sets = list(PromiseSet.objects.filter(scope=SetScope.CONTRACT).order_by("code"))
    names = set_names([one.pk for one in sets])
    return {one: names[one.pk] for one in sets if one.pk in names}
