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
from django.views.decorators.http import require_http_methods, require_safe

from core.permissions import can, require
from customers.domain import asset as assets
from customers.domain.record import version_of
from customers.filters import AssetFilter
from customers.forms.asset import AssetForm
from customers.forms.listing import AssetListForm
from customers.models import Asset, Site
from customers.queries.column import ASSETS, cells_of, columns_of
from customers.queries.customer import assets_for, customers_for, sites_for
from customers.queries.life_line import life_line
from customers.views.customer import crumbs_of, customer_or_404
from customers.views.edit import Editing, edit, sent
from customers.views.label import label_of

A_PAGE = 40


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
    listed = assets_for(user).select_related("product", "site__customer")
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
    return get_object_or_404(assets_for(request.user).select_related("product", "site__customer"), pk=pk)


def url_of(asset: Asset) -> str:
    return reverse("customers:asset-detail", args=[asset.pk])


@require_safe
def asset_detail(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, "customers.list_assets")
    asset = asset_or_404(request, pk)
    context = {
        "asset": asset,
        "site": asset.site,
        "customer": asset.site.customer,
        "life": life_line(request.user, asset),
        "label": label_of(request, asset),
        "may_change": can(request.user, "customers.change_asset"),
    }
    return render(request, "customers/asset_detail.html", context)


# --- Forms ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def asset_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new device of the customer `pk`; `?site=` chooses one of its sites beforehand."""
    customer = customer_or_404(request, pk)
    require(request.user, "customers.create_asset", customer)
    back = reverse("customers:customer-detail", args=[customer.pk]) + "?tab=sites"

    def save(values: dict[str, Any], now: datetime) -> Asset:
        return assets.create(actor=request.user, now=now, **values)

    return edit(
        request,
        Editing(
            title=_("Register device"),
            submit=_("Save device"),
            done=_("Device saved. Its label can be printed now."),
            form=AssetForm(sent(request), customer=customer, initial={"site": request.GET.get("site", "")}),
            save=save,
            goes_to=url_of,
            back_url=back,
            crumbs=crumbs_of(customer, "sites"),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def asset_change(request: HttpRequest, pk: int) -> HttpResponse:
    asset = asset_or_404(request, pk)
    require(request.user, "customers.change_asset", asset)
    customer = asset.site.customer

    def save(values: dict[str, Any], now: datetime) -> Asset:
        version = request.POST.get("version", "")
        values["name"] = values["name"] or values["product"].name
        assets.change(asset=asset, version=version, actor=request.user, now=now, **values)
        return asset

    return edit(
        request,
        Editing(
            title=_("Change device"),
            submit=_("Save device"),
            done=_("Device saved."),
            form=AssetForm(sent(request), customer=customer, row=asset),
            save=save,
            goes_to=url_of,
            back_url=url_of(asset),
            crumbs=[*crumbs_of(customer, "sites"), {"label": asset.name, "url": url_of(asset)}],
            row=asset,
            version=lambda: version_of(asset, assets.FIELDS),
        ),
    )
