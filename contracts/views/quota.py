"""What customers may use at most: one quota with its uses, and the forms."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from contracts.domain import quota as quotas
from contracts.domain.amount import plain
from contracts.enums import DrawState
from contracts.forms.money import NoForm, ReasonForm
from contracts.forms.obligation import DrawForm, QuotaForm, UseForm
from contracts.models import Contract, Quota, QuotaDraw
from contracts.queries.quota import draws_for, quotas_for
from contracts.views.contract_link import contract_or_404, crumbs_of, url_of_contract
from contracts.views.obligation import key_by_hand
from contracts.views.words import today
from core.domain.record import version_of
from core.forms import MasterForm
from core.permissions import can, require
from core.views.edit import Editing, Keeping, Place, edit, sent

A_PAGE = 50
METHODS = ["GET", "HEAD", "POST"]


def shown(quota: Quota) -> dict[str, Any]:
    """A quota as the templates draw it: its bar in percent."""
    return {
        "quota": quota,
        "left": quotas.left(quota),
        "used_percent": _percent(quota.used, quota.granted),
        "reserved_percent": _percent(quota.reserved, quota.granted),
        "is_spent": quotas.left(quota) <= 0,
    }


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{100 * part / whole:.1f}"


@require_safe
def quota_detail(request: HttpRequest, pk: int) -> HttpResponse:
    quota = quota_or_404(request, pk)
    draws = draws_for(request.user).filter(quota=quota).select_related("recorded_by").order_by("-used_on", "-pk")
    context = {
        "row": shown(quota),
        "contract_url": url_of_contract(quota.contract),
        "page_obj": Paginator(draws, A_PAGE).get_page(request.GET.get("page")),
        "may_work": can(request.user, "contracts.draw_quota", quota),
        "may_keep": can(request.user, "contracts.change_quota", quota),
    }
    return render(request, "contracts/quota_detail.html", context)


def quota_or_404(request: HttpRequest, pk: int) -> Quota:
    require(request.user, "contracts.list_contracts")
    return get_object_or_404(quotas_for(request.user).select_related("contract__customer"), pk=pk)


def url_of(quota: Quota) -> str:
    return reverse("contracts:quota-detail", args=[quota.pk])


QUOTA = Keeping(
    app="contracts",
    noun="quota",
    new=gettext_lazy("New quota"),
    changed=gettext_lazy("Change quota"),
    submit=gettext_lazy("Save quota"),
    done=gettext_lazy("Quota saved."),
    create=quotas.grant,
    change=quotas.change,
    version=lambda row: version_of(row, quotas.FIELDS),
)


@require_http_methods(METHODS)
def quota_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new quota of the contract `pk`."""
    contract = contract_or_404(request, pk)
    place = Place(url_of_contract(contract), crumbs_of(contract), goes_to=url_of)
    return QUOTA.creating(request, QuotaForm(sent(request)), place, contract=contract)


@require_http_methods(METHODS)
def quota_change(request: HttpRequest, pk: int) -> HttpResponse:
    quota = quota_or_404(request, pk)
    place = Place(url_of(quota), _crumbs(quota))
    return QUOTA.changing(request, QuotaForm(sent(request), row=quota), place, quota)


@require_http_methods(METHODS)
def quota_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a use of the quota `pk`, of now or reserved for later."""
    quota = quota_or_404(request, pk)
    require(request.user, "contracts.draw_quota", quota)

    def save(values: dict[str, Any], now: datetime) -> QuotaDraw:
        act = quotas.reserve if values.pop("mode") == "reserve" else quotas.draw
        return act(quota=quota, key=key_by_hand(request), actor=request.user, now=now, **values)

    form = UseForm(sent(request), initial={"used_on": today(), "mode": "draw"})
    return _edit(request, quota, form, save, (_("Enter a use"), _("Save entry"), _("Entry saved.")))


@require_http_methods(METHODS)
def quota_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """What was reserved (entry `pk`) has been used."""
    draw = draw_or_404(request, pk)
    require(request.user, "contracts.draw_quota", draw)
    quota = draw.quota

    def save(values: dict[str, Any], now: datetime) -> QuotaDraw:
        return quotas.draw(quota=quota, key=draw.key, actor=request.user, now=now, **values)

    planned = {"amount": draw.amount, "used_on": min(draw.used_on, today()), "what": draw.what}
    words = (_("Enter the reserved use"), _("Save entry"), _("Entry saved."))
    return _edit(request, quota, DrawForm(sent(request), initial=planned), save, words)


@require_http_methods(METHODS)
def quota_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back what the entry `pk` reserved, or with a reason what it used."""
    draw = draw_or_404(request, pk)
    require(request.user, "contracts.release_quota", draw)
    quota = draw.quota

    def save(values: dict[str, Any], now: datetime) -> QuotaDraw:
        return quotas.release(quota=quota, key=draw.key, actor=request.user, now=now, **values)

    form = NoForm(sent(request)) if draw.state == DrawState.RESERVED else ReasonForm(sent(request))
    words = (_("Give %(amount)s back") % {"amount": plain(draw.amount)}, _("Give back"), _("Given back."))
    return _edit(request, quota, form, save, words)


def draw_or_404(request: HttpRequest, pk: int) -> QuotaDraw:
    return get_object_or_404(draws_for(request.user).select_related("quota__contract__customer"), pk=pk)


def _edit(request: HttpRequest, quota: Quota, form: MasterForm, save: Any, words: Any) -> HttpResponse:
    title, submit, done = words
    url = url_of(quota)
    editing = Editing(
        title=title,
        submit=submit,
        done=done,
        form=form,
        save=save,
        goes_to=lambda row: url,
        back_url=url,
        crumbs=_crumbs(quota),
    )
    return edit(request, editing)


def _crumbs(quota: Quota) -> list[dict[str, str]]:
    return crumbs_of(quota.contract, str(quota.get_kind_display()), url_of(quota))


def panel_rows(contract: Contract) -> list[dict[str, Any]]:
    """The quotas of a contract; one statement."""
    return [shown(one) for one in Quota.objects.filter(contract=contract).order_by("kind", "pk")]
