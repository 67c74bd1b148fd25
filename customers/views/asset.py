"""S11 and S12: the devices of all sites, and the life of one of them."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.permissions import can, require
from customers.domain import asset as assets
from customers.domain.record import version_of
from customers.domain.version import is_older
from customers.filters import AssetFilter
from customers.forms.asset import AssetForm, AssetNoteForm
from customers.forms.listing import AssetListForm
from customers.models import Asset, Site
from customers.queries.asset_tree import parts_of
from customers.queries.column import ASSETS, cells_of, columns_of
from customers.queries.customer import assets_for, customers_for, sites_for
from customers.queries.life_line import life_line
from customers.queries.release import newest_of
from customers.views.customer import crumbs_of, customer_or_404
from customers.views.edit import Editing, Keeping, Place, edit, sent
from customers.views.label import label_of

A_PAGE = 40
ASSET = Keeping(
    app="customers",
    noun="asset",
    new=gettext_lazy("Register device"),
    changed=gettext_lazy("Change device"),
    submit=gettext_lazy("Save device"),
    done=gettext_lazy("Device saved."),
    create=lambda customer, **values: assets.create(**values),
    change=assets.change,
    version=lambda row: version_of(row, assets.FIELDS),
)


@require_safe
def asset_list(request: HttpRequest) -> HttpResponse:
    """A tree: the devices under their sites, the sites under their customers."""
    require(request.user, "customers.list_assets")
    form = AssetListForm(request.GET, customers=customers_for(request.user))
    query = form.query()
    page = Paginator(_listed(request.user, query), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "groups": _groups(request.user, page),
        "columns": columns_of(ASSETS),
        "page_obj": page,
        "filters": form,
        "customer_text": _customer_text(form),
        "site": _site(request.user, form),
        "reset_url": reverse("customers:asset-list") if query else "",
        "may_create": can(request.user, "customers.create_asset"),
        "keeps_catalogue": can(request.user, "customers.change_product"),
    }
    return render(request, "customers/asset_list.html", context)


def _listed(user: Any, query: Any) -> QuerySet[Asset]:
    """By customer and site; a typed customer name that was not picked from the list counts as words."""
    listed = assets_for(user).select_related("product", "parent", "site__customer")
    if query.get("customer_text") and "customer" not in query:
        listed = listed.filter(customer__name__icontains=query["customer_text"])
    found: QuerySet[Asset] = AssetFilter(query, queryset=listed).qs
    return found.order_by("customer__name", "customer", "site__name", "site", "name", "pk")


def _groups(user: Any, page: Page) -> list[dict[str, Any]]:
    shown: list[Asset] = list(page)
    cells = cells_of(ASSETS, user, [one.pk for one in shown])
    return [
        {"site": site, "rows": [{"asset": asset, "cells": cells[asset.pk]} for asset in standing]}
        for site, standing in groupby(shown, key=lambda asset: asset.site)
    ]


def _customer_text(form: AssetListForm) -> str:
    chosen = form.cleaned_data.get("customer")
    return chosen.name if chosen else str(form.cleaned_data.get("customer_text") or "")


def _site(user: Any, form: AssetListForm) -> Site | None:
    """The site filtered by, if the user sees it."""
    wanted = form.cleaned_data.get("site")
    return sites_for(user).select_related("customer").filter(pk=wanted).first() if wanted else None


def asset_or_404(request: HttpRequest, pk: int) -> Asset:
    return get_object_or_404(assets_for(request.user).select_related("product", "parent", "site__customer"), pk=pk)


def url_of(asset: Asset) -> str:
    return reverse("customers:asset-detail", args=[asset.pk])


@require_safe
def asset_detail(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, "customers.list_assets")
    asset = asset_or_404(request, pk)
    newest = newest_of(asset.product)
    context = {
        "asset": asset,
        "site": asset.site,
        "customer": asset.site.customer,
        "parts": parts_of(request.user, asset),
        "newer": newest if newest and is_older(asset.software_version, newest.number) else None,
        "life": life_line(request.user, asset),
        "label": label_of(request, asset),
        "may_change": can(request.user, "customers.change_asset"),
        "may_create": can(request.user, "customers.create_asset"),
        "may_note": can(request.user, "customers.record_asset"),
    }
    return render(request, "customers/asset_detail.html", context)


# --- Forms ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def asset_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new device of the customer `pk`; `?site=` and `?parent=` choose its place beforehand."""
    customer = customer_or_404(request, pk)
    chosen = {name: request.GET.get(name, "") for name in ("site", "parent")}
    back = reverse("customers:customer-detail", args=[customer.pk]) + "?tab=sites"
    place = Place(back_url=back, crumbs=crumbs_of(customer, "sites"), goes_to=url_of)
    form = AssetForm(sent(request), customer=customer, initial=chosen)
    return ASSET.creating(request, form, place, customer=customer)


@require_http_methods(["GET", "HEAD", "POST"])
def asset_change(request: HttpRequest, pk: int) -> HttpResponse:
    asset = asset_or_404(request, pk)
    form = AssetForm(sent(request), customer=asset.site.customer, row=asset)
    return ASSET.changing(request, form, _place(asset), asset)


@require_http_methods(["GET", "HEAD", "POST"])
def asset_note(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody found or did at the device, for those who may not change what it is."""
    asset = asset_or_404(request, pk)
    require(request.user, "customers.record_asset", asset)

    def save(values: dict[str, Any], now: datetime) -> Asset:
        version = request.POST.get("version", "")
        assets.record_state(asset=asset, version=version, actor=request.user, now=now, **values)
        return asset

    place = _place(asset)
    return edit(
        request,
        Editing(
            title=_("Record a change"),
            submit=_("Save"),
            done=_("Noted in the life of the device."),
            form=AssetNoteForm(sent(request), row=asset),
            save=save,
            goes_to=url_of,
            back_url=place.back_url,
            crumbs=place.crumbs,
            row=asset,
            version=lambda: version_of(asset, assets.NOTED),
        ),
    )


def _place(asset: Asset) -> Place:
    crumbs = [*crumbs_of(asset.site.customer, "sites"), {"label": asset.name, "url": url_of(asset)}]
    return Place(back_url=url_of(asset), crumbs=crumbs)
