"""S13 and S14: the list of contracts, and all about one of them."""

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.domain import contract as contracts
from contracts.domain.contract_cover import overlap_words, overlaps
from contracts.enums import COVERING_STATES, OPEN_STATES, ContractState, ReviewState
from contracts.forms.contract import ContractForm, ContractListForm
from contracts.models import Contract, ContractCopy, ContractLine, Supplement
from contracts.queries.contract import contract_customers as customers_to_serve
from contracts.queries.contract_list import counts, listed_contracts, quotas_of
from contracts.queries.contract_review import reviews_of
from contracts.queries.document_file import documents_for
from contracts.views.contract_act import version_sent
from contracts.views.contract_link import contract_or_404, crumbs_of, url_of_contract
from contracts.views.contract_look import fraction_used, history, left_words, set_names, shown_lines, state_look, track
from contracts.views.words import EXPIRING_DAYS, today
from core.permissions import can, require
from core.views.edit import Editing, edit, sent
from customers.models import Customer
from customers.queries.customer import customers_for, sees_every_customer

A_PAGE = 50


@require_safe
def contract_list(request: HttpRequest) -> HttpResponse:
    require(request.user, "contracts.list_contracts")
    form = ContractListForm(request.GET, customers=customers_to_serve(request.user))
    wanted, day, sort = form.wanted(), today(), request.GET.get("sort", "")
    page = Paginator(listed_contracts(request.user, wanted, sort, day), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": _rows(list(page), day),
        "page_obj": page,
        "filters": form,
        "sort": sort,
        "customer_text": _name_of(wanted.get("customer")),
        "tabs": _tabs(request, day),
        "reset_url": reverse("contracts:contract-list") if wanted else "",
        "query": request.GET.urlencode(),
        "may_create": can(request.user, "contracts.create_contract"),
        "may_export": can(request.user, "contracts.export_contracts"),
        "sees_money": can(request.user, "contracts.list_money"),
    }
    return render(request, "contracts/contract_list.html", context)


def _rows(page: list[Contract], day: date) -> list[dict[str, Any]]:
    """The rows of a page with what is used of their quotas; one statement for all of these."""
    used = quotas_of([one.pk for one in page])
    return [
        {
            "contract": one,
            "state": state_look(one, day),
            "left": left_words(one, day),
            "quotas": used.get(one.pk, []),
        }
        for one in page
    ]


def _tabs(request: HttpRequest, day: date) -> list[dict[str, Any]]:
    """The states that people look at most, with how many there are; one statement."""
    found, url = counts(request.user, day), reverse("contracts:contract-list")
    shown = [
        ("all", _("All"), ""),
        ("active", _("In force"), "state=active"),
        ("expiring", _("Ends within 90 days"), "expiring=90"),
        ("review", _("In review"), "state=review"),
        ("draft", _("Drafts"), "state=draft"),
    ]
    chosen = request.GET.urlencode()
    return [
        {"label": label, "url": f"{url}?{query}" if query else url, "count": found[key], "active": chosen == query}
        for key, label, query in shown
    ]


def _name_of(customer: Customer | None) -> str:
    return customer.name if customer else ""


@require_safe
def contract_customers(request: HttpRequest) -> HttpResponse:
    """The customers that a combobox offers to who makes contracts."""
    require(request.user, "contracts.list_contracts")
    found = customers_to_serve(request.user).filter(is_active=True).order_by("name")
    for word in request.GET.get("q", "")[:100].split():
        found = found.filter(name__icontains=word) | found.filter(code__icontains=word)
    options = [{"value": one.pk, "label": one.name, "hint": one.code} for one in found[:20]]
    return render(request, "wb/options.html", {"options": options})


@require_safe
def contract_detail(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, "contracts.list_contracts")
    contract = contract_or_404(request, pk)
    day = today()
    context = {
        "contract": contract,
        "customer_url": _customer_url(request, contract),
        "state": state_look(contract, day),
        "left": left_words(contract, day),
        "is_ending": contract.state == ContractState.ACTIVE and (contract.ends_on - day).days <= EXPIRING_DAYS,
        "fraction": fraction_used(contract, day),
        "track": track(contract),
        "lines": shown_lines(_lines(contract)),
        "is_open": contract.state in OPEN_STATES,
        "is_signed": contract.state in COVERING_STATES,
        "followers": _followers(contract),
        "supplements": _supplements(contract),
        "files": _files(request, contract),
        "history": history(contract),
        **_reviews(request, contract),
        **_copies(request, contract),
        **_rights(request, contract),
        **_problems(contract),
    }
    return render(request, "contracts/contract_detail.html", context)


def _customer_url(request: HttpRequest, contract: Contract) -> str:
    """Reviewers and finance read the contract, not always the customer."""
    user = request.user
    seen = sees_every_customer(user) or customers_for(user).filter(pk=contract.customer_id).exists()
    return reverse("customers:customer-detail", args=[contract.customer_id]) if seen else ""


def _lines(contract: Contract) -> Any:
    lines = ContractLine.objects.filter(contract=contract)
    return lines.select_related("promise_set", "site", "asset__site").order_by("starts_on", "pk")


def _followers(contract: Contract) -> list[Contract]:
    return [] if contract.state in OPEN_STATES else list(Contract.objects.filter(renews=contract))


def _supplements(contract: Contract) -> list[Supplement]:
    if contract.state in OPEN_STATES:
        return []
    found = Supplement.objects.filter(contract=contract).select_related("approved_by")
    joined = ("lines__ends__site", "lines__ends__asset", "lines__site", "lines__asset", "lines__promise_set")
    drawn = list(found.prefetch_related(*joined).order_by("-number"))
    lines = [(line, line.promise_set_id) for one in drawn for line in one.lines.all() if line.promise_set_id]
    names = set_names({pk for _line, pk in lines}) if lines else {}
    for line, pk in lines:
        line.set_name = names.get(pk, "")  # type: ignore[attr-defined]
    return drawn


def _files(request: HttpRequest, contract: Contract) -> list[dict[str, Any]]:
    """The newest version of each document with the older ones behind it."""
    shown: dict[str, dict[str, Any]] = {}
    for file in documents_for(request.user, [contract]):
        if file.title in shown:
            shown[file.title]["older"].append(file)
        else:
            shown[file.title] = {"newest": file, "older": []}
    return list(shown.values())


def _reviews(request: HttpRequest, contract: Contract) -> dict[str, Any]:
    """The reviews by round, and which of them this person decides."""
    found = reviews_of(contract) if contract.round else []
    current = [one for one in found if one.round == contract.round]
    waiting = [one for one in current if one.state == ReviewState.ASKED]
    in_review = contract.state == ContractState.REVIEW
    mine = {one.pk for one in waiting if in_review and can(request.user, "contracts.review_contract", one)}
    return {
        "reviews": [{"review": one, "mine": one.pk in mine} for one in current],
        "earlier_reviews": [one for one in found if one.round != contract.round],
        "all_agree": in_review and not waiting,
    }


def _copies(request: HttpRequest, contract: Contract) -> dict[str, Any]:
    if contract.state in OPEN_STATES:
        return {"copies": []}
    found = ContractCopy.objects.filter(contract=contract).select_related("department", "supplement", "acknowledged_by")
    return {
        "copies": [
            {"copy": one, "mine": not one.acknowledged_at and can(request.user, "contracts.acknowledge_copy", one)}
            for one in found.order_by("supplement__number", "department__name")
        ]
    }


def _rights(request: HttpRequest, contract: Contract) -> dict[str, bool]:
    acts = ("change", "submit", "approve", "sign", "terminate", "renew", "add_file", "send_copy")
    rights = {f"may_{act}": can(request.user, f"contracts.{act}_contract", contract) for act in acts}
    rights["sees_money"] = can(request.user, "contracts.list_money", contract)
    rights["may_add_line"] = contracts.takes_lines(contract) and can(
        request.user, "contracts.add_line_contract", contract
    )
    rights["may_remove_line"] = contract.state in OPEN_STATES and rights["may_add_line"]
    rights["may_supplement"] = contract.state in (
        ContractState.SIGNED,
        ContractState.ACTIVE,
        ContractState.EXPIRED,
    ) and can(request.user, "contracts.create_supplement", contract)
    rights["may_approve_supplement"] = can(request.user, "contracts.approve_supplement", contract)
    rights["may_sign_supplement"] = can(request.user, "contracts.sign_supplement", contract)
    return rights


def _problems(contract: Contract) -> dict[str, Any]:
    """What stands in the way of the signature."""
    found = overlaps(contract) if contract.state in OPEN_STATES else []
    return {"problems": [overlap_words(line, other) for line, other in found]}


# --- Forms ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def contract_create(request: HttpRequest) -> HttpResponse:
    """Begin a draft, or register a contract that is signed already; `?customer=` chooses the customer beforehand."""
    require(request.user, "contracts.create_contract")
    form = ContractForm(
        _with_typed_customer(request),
        customers=customers_to_serve(request.user),
        registers=can(request.user, "contracts.register_contract"),
        initial={"customer": request.GET.get("customer", ""), "owner": request.user.pk},
    )

    def save(values: dict[str, Any], now: datetime) -> Contract:
        make = contracts.create if values.pop("is_signed", False) else contracts.draft
        return make(actor=request.user, now=now, **values)

    listed = reverse("contracts:contract-list")
    editing = Editing(
        title=_("New contract"),
        submit=_("Save contract"),
        done=_("Contract saved. Say next what it covers."),
        form=form,
        save=save,
        goes_to=url_of_contract,
        back_url=listed,
        crumbs=[{"label": _("Contracts"), "url": listed}],
        template="contracts/contract_form.html",
    )
    return edit(request, editing)


def _with_typed_customer(request: HttpRequest) -> QueryDict | None:
    """Without script only the typed name arrives; one that is exactly a customer's stands for it."""
    posted = sent(request)
    typed = posted.get("customer_text", "").strip() if posted else ""
    if posted is None or posted.get("customer") or not typed:
        return posted
    found = list(customers_to_serve(request.user).filter(name=typed)[:2])
    filled = posted.copy()
    filled["customer"] = str(found[0].pk) if len(found) == 1 else ""
    return filled


@require_http_methods(["GET", "HEAD", "POST"])
def contract_change(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.change_contract", contract)

    def save(values: dict[str, Any], now: datetime) -> Contract:
        version = version_sent(request)
        contracts.change(contract=contract, version=version, actor=request.user, now=now, **values)
        return contract

    editing = Editing(
        title=_("Change contract"),
        submit=_("Save contract"),
        done=_("Contract saved."),
        form=ContractForm(sent(request), row=contract, fields=contracts.changeable(contract)),
        save=save,
        goes_to=url_of_contract,
        back_url=url_of_contract(contract),
        crumbs=crumbs_of(contract),
        row=contract,
        version=lambda: str(contract.version),
        template="contracts/contract_form.html",
    )
    return edit(request, editing)
