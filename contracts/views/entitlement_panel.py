"""Obligations and quotas on the contract's page, and what a customer sees of them in the portal."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from contracts.domain.pace import Standing, standings
from contracts.enums import COVERING_STATES, Pace, Per
from contracts.models import Contract
from contracts.queries.obligation import counting, obligations_for
from contracts.queries.quota import quotas_for
from contracts.views import obligation as obligations
from contracts.views.quota import panel_rows
from contracts.views.quota import shown as quota_shown
from contracts.views.words import today
from core.permissions import can

# What a customer sees of the pace: not how late we are by ourselves.
PLAIN_PACES = frozenset({Pace.COMING, Pace.ENDED})


def entitlement_panel(request: HttpRequest, contract: Contract) -> str:
    """What we owe and what the customer may use; four statements."""
    day = today()
    listed = obligations_for(request.user).filter(contract=contract, is_active=True).select_related("contract")
    context = {
        "contract": contract,
        "owed": [obligations.shown(one, day) for one in standings(list(listed.order_by("kind", "pk")), day)],
        "quotas": panel_rows(contract),
        "may_keep": can(request.user, "contracts.create_obligation", contract),
        "may_record": can(request.user, "contracts.record_done_obligation", contract),
    }
    return render_to_string("contracts/entitlement_panel.html", context, request)


def portal_panel(request: HttpRequest, user: Any) -> str:
    """What the customer's contracts in force include and how much of it was used; four statements, nothing for none."""
    day = today()
    term = {"contract__starts_on__lte": day, "contract__ends_on__gte": day}
    owed = counting().filter(pk__in=obligations_for(user).values("pk"), **term).order_by("contract", "kind", "pk")
    granted = quotas_for(user).filter(contract__state__in=COVERING_STATES, **term).select_related("contract")
    listed = [one for one in standings(list(owed), day) if one.pace not in PLAIN_PACES and one.owed]
    quotas = [quota_shown(one) for one in granted.order_by("contract", "kind", "pk")]
    if not listed and not quotas:
        return ""
    context = {"owed": [{"standing": one, "words": _words(one)} for one in listed], "quotas": quotas}
    return render_to_string("contracts/portal_entitlement.html", context, request)


def _words(one: Standing) -> str:
    """How often something is owed, such as: at least 5 times a year."""
    times, per = one.obligation.times, Per(one.obligation.per)
    said = ngettext("at least %(n)s time %(per)s", "at least %(n)s times %(per)s", times)
    return said % {"n": times, "per": per.label}
