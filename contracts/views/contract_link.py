"""Where a contract is shown, and the contract in an address, for the pages that stand on it."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from contracts.models import Contract
from contracts.queries.contract import contracts_for


def contract_or_404(request: HttpRequest, pk: int) -> Contract:
    return get_object_or_404(
        contracts_for(request.user).select_related("customer", "owner", "service_manager", "renews"), pk=pk
    )


def url_of_contract(contract: Contract) -> str:
    return reverse("contracts:contract-detail", args=[contract.pk])


def crumbs_of(contract: Contract, label: str = "", url: str = "") -> list[dict[str, str]]:
    """The way to a contract and, with a label, to a page of it."""
    way = [{"label": _("Contracts"), "url": reverse("contracts:contract-list")}]
    way.append({"label": _("Contract %(number)s") % {"number": contract.number}, "url": url_of_contract(contract)})
    return [*way, {"label": label, "url": url}] if label else way
