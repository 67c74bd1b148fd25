"""Where the customers' equipment stands."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.permissions import can, require
from customers.domain import site as sites
from customers.domain.record import version_of
from customers.forms.site import SiteForm
from customers.models import Customer, Site
from customers.queries.column import ASSETS, cells_of, columns_of
from customers.queries.customer import assets_for, sites_for
from customers.views.customer import crumbs_of, customer_or_404, url_of
from customers.views.edit import Editing, edit, sent

TAB = "sites"
MOST_SHOWN = 200


def site_tab(request: HttpRequest, customer: Customer) -> str:
    """The sites with their devices; two statements and one for each source of columns."""
    listed = sites_for(request.user).filter(customer=customer).order_by("name", "pk")
    found = assets_for(request.user).filter(customer=customer).order_by("name", "pk")
    assets = list(found[: MOST_SHOWN + 1])
    cells = cells_of(ASSETS, request.user, [one.pk for one in assets])
    rows: dict[int, list[dict[str, Any]]] = {}
    for asset in assets[:MOST_SHOWN]:
        rows.setdefault(asset.site_id, []).append({"asset": asset, "cells": cells[asset.pk]})
    context = {
        "customer": customer,
        "columns": columns_of(ASSETS),
        "places": [{"site": site, "rows": rows.get(site.pk, [])} for site in listed],
        "has_more": len(assets) > MOST_SHOWN,
        "may": {act: can(request.user, f"customers.{act}") for act in ("create_site", "change_site", "create_asset")},
    }
    return render_to_string("customers/site_tab.html", context, request)


@require_http_methods(["GET", "HEAD", "POST"])
def site_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new site of the customer `pk`."""
    customer = customer_or_404(request, pk)
    require(request.user, "customers.create_site", customer)

    def save(values: dict[str, Any], now: datetime) -> Site:
        return sites.create(customer=customer, actor=request.user, now=now, **values)

    return edit(
        request,
        Editing(
            title=_("New site"),
            submit=_("Save site"),
            done=_("Site saved."),
            form=SiteForm(sent(request)),
            save=save,
            goes_to=lambda row: url_of(customer, TAB),
            back_url=url_of(customer, TAB),
            crumbs=crumbs_of(customer, TAB),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def site_change(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_object_or_404(sites_for(request.user).select_related("customer"), pk=pk)
    require(request.user, "customers.change_site", site)

    def save(values: dict[str, Any], now: datetime) -> Site:
        version = request.POST.get("version", "")
        sites.change(site=site, version=version, actor=request.user, now=now, **values)
        return site

    return edit(
        request,
        Editing(
            title=_("Change site"),
            submit=_("Save site"),
            done=_("Site saved."),
            form=SiteForm(sent(request), row=site),
            save=save,
            goes_to=lambda row: url_of(site.customer, TAB),
            back_url=url_of(site.customer, TAB),
            crumbs=crumbs_of(site.customer, TAB),
            row=site,
            version=lambda: version_of(site, sites.FIELDS),
        ),
    )
