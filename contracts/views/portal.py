"""S46: contracts and warranties as the customer reads them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contracts.domain.coverage import basis_of, findings, verdict
from contracts.domain.coverage_card import card
from contracts.domain.coverage_rules import Situation
from contracts.domain.promise_words import Promised, included, promised, set_name, sets_in_force
from contracts.domain.terms_words import class_words
from contracts.enums import COVERING_STATES
from contracts.models import Contract, ContractLine, DocumentFile
from contracts.queries.contract import contracts_for, lines_for
from contracts.queries.document_file import documents_for
from contracts.queries.entitlement import Term, terms_of_assets
from contracts.queries.terms import terms_of
from contracts.views.fragments import about
from contracts.views.words import LOOKS, today
from core import clock, formats
from core.language import language_code
from core.permissions import require
from customers.models import Asset, Site
from customers.queries.customer import assets_for, sites_for

A_PAGE = 30
SOON_SHOWN = 3


@require_safe
def contract_list(request: HttpRequest) -> HttpResponse:
    """The contracts that the contact may see, with what they promise, and the devices with their warranties."""
    require(request.user, "contracts.list_contracts")
    day = today()
    page = Paginator(_assets(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "contracts": _contracts(request.user, day),
        "devices": _devices(page, day),
        "page_obj": page,
    }
    return render(request, "contracts/portal_contract_list.html", context)


def _assets(user: Any) -> Any:
    return assets_for(user).select_related("product", "site").order_by("site__name", "name", "pk")


def _devices(page: Page, day: date) -> list[dict[str, Any]]:
    shown: list[Asset] = list(page)
    terms = terms_of_assets(shown) if shown else {}
    return [_device(asset, terms[asset.pk], day) for asset in shown]


def _device(asset: Asset, terms: Sequence[Term], day: date) -> dict[str, Any]:
    """The verdict in plain words: covered until when, what is included and what costs, or that we check or quote
    first.
    """
    found = verdict(tuple(terms), day, asset_known=True)
    whole = [term for term in terms if not term.part]
    judged = findings(whole, asset.product, Situation(day, distance_km=asset.site.distance_km))
    parts = [one for one in (basis_of(term, asset.product) for term in terms if term.part) if one.ends_on >= day]
    label = _("until %(day)s") % {"day": written(found.until)} if found.until and found.level != "paid" else ""
    return {
        "asset": asset,
        "look": LOOKS[found.level],
        "label": label,
        "card": card(found, judged),
        "parts": [{"name": one.part, "until": written(one.ends_on)} for one in parts],
    }


def written(day: date) -> str:
    """A day as documents write it: 2027年3月31日."""
    return formats.document_date(day, language_code())


def _contracts(user: Any, day: date) -> list[dict[str, Any]]:
    """Contracts in force and to come; those that are over are told by their devices. Seven statements."""
    running = contracts_for(user).filter(ends_on__gte=day, state__in=COVERING_STATES)
    contracts = list(running.select_related("service_manager").order_by("ends_on", "pk"))
    lines = lines_for(user).filter(contract__in=contracts).select_related("promise_set", "site", "asset__site")
    lines = lines.prefetch_related("terms")
    by_contract: dict[int, list[ContractLine]] = {}
    for line in lines.order_by("pk"):
        by_contract.setdefault(line.contract_id, []).append(line)
    sets = sets_in_force({line.promise_set_id for listed in by_contract.values() for line in listed}, clock.now())
    sites = list(sites_for(user).order_by("name", "pk"))
    files = _documents(user, contracts)
    return [
        {
            "documents": files.get(one.pk, []),
            "contract": one,
            "term": _term(one, day),
            "lines": _lines(by_contract.get(one.pk, []), sets, sites),
        }
        for one in contracts
    ]


def _documents(user: Any, contracts: list[Contract]) -> dict[int, list[DocumentFile]]:
    """The papers of each contract that the customer may fetch, the newest version of each."""
    found: dict[int, dict[str, DocumentFile]] = {}
    for one in documents_for(user, contracts):
        found.setdefault(one.contract_id, {}).setdefault(one.title, one)
    return {pk: list(files.values()) for pk, files in found.items()}


def _term(contract: Contract, day: date) -> str:
    if contract.starts_on > day:
        words = _("from %(start)s to %(end)s")
        return words % {"start": written(contract.starts_on), "end": written(contract.ends_on)}
    return _("until %(day)s") % {"day": written(contract.ends_on)}


def _lines(lines: list[ContractLine], sets: dict[int, Any], sites: list[Site]) -> list[dict[str, Any]]:
    shown = []
    for line in lines:
        promise_set = sets.get(line.promise_set_id)
        if promise_set is None:
            continue
        own = line.asset.site if line.asset else line.site
        tables = _tables(promise_set, [own] if own else sites)
        shown.append(
            {
                "about": about(line),
                "set_name": set_name(promise_set),
                "tables": tables,
                **_said(promise_set, line),
            }
        )
    return shown


def _said(promise_set: Any, line: ContractLine) -> dict[str, Any]:
    """What a line includes: what is owed, and what each of its warranty classes says."""
    classes = [terms_of(vars(one)) for one in line.terms.all()]
    return {
        "includes": included(promise_set, []),
        "classes": [{"name": one.name, "words": class_words(one)} for one in classes],
    }


def _tables(promise_set: Any, sites: list[Site]) -> list[dict[str, Any]]:
    """What is promised at the sites, those with the same promise together."""
    now, known = clock.now(), {}
    for site in sites:
        place = (site.locality, site.distance_km)
        if place not in known:
            known[place] = promised(promise_set, locality=place[0], distance_km=place[1], now=now)
    tables: list[tuple[list[str], list[Promised]]] = []
    for site in sites:
        rows = known[site.locality, site.distance_km]
        same = next((names for names, listed in tables if listed == rows), None)
        if same is None:
            tables.append(([site.name], rows))
        else:
            same.append(site.name)
    several = len(tables) > 1
    return [{"sites": names if several else [], "rows": rows} for names, rows in tables if rows]


def home_card(request: HttpRequest, user: Any) -> str:
    """The card on the portal's home: the contracts in force and until when; one statement."""
    day = today()
    held = contracts_for(user).filter(starts_on__lte=day, ends_on__gte=day).filter(state__in=COVERING_STATES)
    shown = [{"title": one.title, "until": written(one.ends_on)} for one in held.order_by("ends_on")[:SOON_SHOWN]]
    return render_to_string("contracts/portal_home.html", {"contracts": shown}, request)
