"""What contracts and warranties add to the pages of customers and devices."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.domain.promise_words import included, promised, set_name, sets_in_force
from contracts.enums import OPEN_STATES
from contracts.models import ContractLine, Warranty
from contracts.queries.column import contract_end, contract_terms, contracts_of_assets, warranties_of
from contracts.queries.contract import contracts_for, lines_for
from contracts.views.words import EXPIRING_DAYS, today, until_words
from core import clock
from core.permissions import can
from customers.enums import Locality
from customers.models import Customer
from customers.queries.column import Cell, Cells

# --- Columns ----------------------------------------------------------------------------------------------------------


def customer_cells(user: Any, ids: Sequence[int]) -> dict[int, Cells]:
    """Whether each customer has a contract in force, and until when."""
    day = today()
    terms = contract_terms(user, ids, day)
    return {pk: {"contract": _contract_cell(terms.get(pk), day)} for pk in ids}


def _contract_cell(term: Any, day: date) -> Cell:
    if term is None or (term.until is None and term.ended is None and term.next_from is None):
        return Cell(_("none"))
    if term.until:
        soon = (term.until - day).days <= EXPIRING_DAYS and term.next_from is None
        note = _left(term.until, day) if soon else ""
        return Cell(until_words(term.until), look="expiring" if soon else "covered", note=note)
    if term.next_from:
        return Cell(_("from %(day)s") % {"day": term.next_from.isoformat()}, look="unknown")
    return Cell(_("ended %(day)s") % {"day": term.ended.isoformat()}, look="expired")


def order_by_contract(user: Any) -> Any:
    return contract_end(user, today())


def asset_warranty_cells(user: Any, ids: Sequence[int]) -> dict[int, Cells]:
    day = today()
    return {pk: {"warranty": _warranty_cell(listed, day)} for pk, listed in warranties_of(ids).items()}


def _warranty_cell(listed: list[Warranty], day: date) -> Cell:
    """The one in force, else the one to come, else the last that ended."""
    held = next((one for one in listed if one.starts_on <= day <= one.ends_on), None)
    if held:
        left, whole = (held.ends_on - day).days, (held.ends_on - held.starts_on).days + 1
        look = "expiring" if left <= EXPIRING_DAYS else "covered"
        return Cell(until_words(held.ends_on), look=look, note=_left(held.ends_on, day), fraction=(left + 1) / whole)
    coming = next((one for one in listed if one.starts_on > day), None)
    if coming:
        return Cell(_("from %(day)s") % {"day": coming.starts_on.isoformat()}, look="unknown")
    return Cell(_("ended %(day)s") % {"day": listed[0].ends_on.isoformat()}, look="expired")


def asset_contract_cells(user: Any, ids: Sequence[int]) -> dict[int, Cells]:
    found = contracts_of_assets(ids, today())
    return {pk: {"contract": Cell(number, note=until_words(until))} for pk, (number, until) in found.items()}


def _left(until: date, day: date) -> str:
    days = (until - day).days
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days} if days else _("last day today")


# --- Parts of pages ---------------------------------------------------------------------------------------------------


def contract_tab(request: HttpRequest, customer: Customer) -> str:
    """The customer's contracts: what each covers and what is promised; four statements."""
    day, lines = today(), lines_for(request.user).select_related("promise_set", "site", "asset__site").order_by("pk")
    by_contract: dict[int, list[ContractLine]] = {}
    for line in lines.filter(customer=customer):
        by_contract.setdefault(line.contract_id, []).append(line)
    sets = sets_in_force({line.promise_set_id for listed in by_contract.values() for line in listed}, clock.now())
    contracts = contracts_for(request.user).filter(customer=customer).order_by("-ends_on", "-pk")
    shown = [
        {
            "contract": one,
            "state": _state(one, day),
            "lines": [_line(line, sets) for line in by_contract.get(one.pk, [])],
        }
        for one in contracts
    ]
    new_url = f"{reverse('contracts:contract-create')}?customer={customer.pk}"
    context = {"contracts": shown, "new_url": new_url if can(request.user, "contracts.create_contract") else ""}
    return render_to_string("contracts/contract_tab.html", context, request)


def _state(contract: Any, day: date) -> dict[str, str]:
    if contract.state in OPEN_STATES:
        return {"look": "unknown", "text": str(contract.get_state_display())}
    if contract.ends_on < day:
        return {"look": "expired", "text": _("ended %(day)s") % {"day": contract.ends_on.isoformat()}}
    if contract.starts_on > day:
        return {"look": "unknown", "text": _("from %(day)s") % {"day": contract.starts_on.isoformat()}}
    soon = (contract.ends_on - day).days <= EXPIRING_DAYS
    return {"look": "expiring" if soon else "covered", "text": until_words(contract.ends_on)}


def _line(line: ContractLine, sets: dict[int, Any]) -> dict[str, Any]:
    """What a line covers and promises; a line for the whole customer by locality, where that makes a difference."""
    promise_set, site = sets.get(line.promise_set_id), line.asset.site if line.asset else line.site
    shown: dict[str, Any] = {"about": about(line), "code": line.promise_set.code}
    if promise_set is None:
        return shown
    now = clock.now()
    if site:
        tables = [("", promised(promise_set, locality=site.locality, distance_km=site.distance_km, now=now))]
    else:
        tables = [
            (str(one.label), promised(promise_set, locality=one.value, distance_km=None, now=now)) for one in Locality
        ]
        tables = tables if tables[0][1] != tables[1][1] else [("", tables[0][1])]
    return shown | {"set_name": set_name(promise_set), "tables": tables, "includes": included(promise_set)}


def about(line: ContractLine) -> str:
    if line.asset:
        return _("Device: %(name)s") % {"name": line.asset.name}
    if line.site:
        return _("Site: %(name)s") % {"name": line.site.name}
    return _("All sites and devices")
