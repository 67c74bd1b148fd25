"""The coverage verdict on the page of a device, and the warranties in its life."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from contracts.domain.coverage import basis_of, verdict_of, verdicts
from contracts.domain.coverage_card import card
from contracts.domain.coverage_words import basis_words
from contracts.models import Warranty
from contracts.queries.contract import contracts_for
from contracts.queries.entitlement import Entitlement, entitled
from contracts.views.contract_link import url_of_contract
from contracts.views.words import today
from customers.models import Asset
from customers.queries.life_line import LifeEvent


def asset_panel(request: HttpRequest, asset: Asset) -> str:
    """Who pays for what of the device today, what it stands on, which replaced parts have a warranty; four
    statements.
    """
    known = entitled(customer=asset.site.customer, asset=asset, on_day=today())
    shown = card(verdict_of(known), verdicts(known, distance_km=asset.site.distance_km))
    context = {"verdict": shown, "contracts": _contracts(request.user, known), "parts": _parts(known)}
    return render_to_string("contracts/asset_verdict.html", context, request)


def _contracts(user: Any, known: Entitlement) -> list[dict[str, str]]:
    """The contracts that fit today, the one that counts first, with the way to each that the person sees."""
    fitting = [line.contract for line in (known.line, *known.others) if line]
    contracts = {one.pk: one for one in fitting}
    seen = set(contracts_for(user).filter(pk__in=contracts).values_list("pk", flat=True)) if contracts else set()
    return [{"number": one.number, "url": url_of_contract(one) if pk in seen else ""} for pk, one in contracts.items()]


def _parts(known: Entitlement) -> list[dict[str, Any]]:
    """The replaced parts whose warranty runs."""
    product = known.asset.product if known.asset else None
    return [
        {"name": term.part, "until": term.ends_on, "text": basis_words(basis_of(term, product))}
        for term in known.parts
        if term.holds(known.day)
    ]


def warranty_life(user: Any, asset: Asset) -> list[LifeEvent]:
    """When the warranties of the device and of its replaced parts begin and end; one statement."""
    day, events = today(), []
    for warranty in Warranty.objects.filter(asset=asset).select_related("line__contract").order_by("starts_on", "pk"):
        facts = {"number": warranty.line.contract.number, "part": warranty.part}
        ended = warranty.ends_on < day
        events.append(LifeEvent(warranty.starts_on, "shield-check", _begun(warranty) % facts))
        events.append(LifeEvent(warranty.ends_on, "shield-half", _over(warranty, ended=ended) % facts))
    return events


def _begun(warranty: Warranty) -> str:
    return _("Part replaced: %(part)s, its warranty begins") if warranty.part else _("Warranty begins (%(number)s)")


def _over(warranty: Warranty, *, ended: bool) -> str:
    if warranty.part:
        return _("Warranty of %(part)s ended") if ended else _("Warranty of %(part)s ends")
    return _("Warranty ended (%(number)s)") if ended else _("Warranty ends (%(number)s)")
